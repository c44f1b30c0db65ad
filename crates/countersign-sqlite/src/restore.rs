use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign::{Clock, SystemClock};
use rusqlite::{Connection, OpenFlags};

use crate::backup::{BackupError, fill, unless_missing};
use crate::error::{OpenError, is_busy, sqlite};
use crate::file_lock::Ownership;
use crate::filesystem::{beside, private};
use crate::maintenance::empty_log;
use crate::schema;
use crate::sql::SQL;
use crate::store::SqliteStore;

impl SqliteStore {
    /// Replaces a store by a copy that [`backup_to`](Self::backup_to) has made. Returns the new name of the replaced file, if
    /// there was one: it and its log are kept.
    ///
    /// No process may have the store open. The copy is checked first, and is not changed. Fences and the numbers of events
    /// continue above those of both files, so that a process with an old lease cannot finish an event.
    ///
    /// # Errors
    ///
    /// [`BackupError`]: a process has the store open, the copy is damaged or is no store, or the system refused. The store is
    /// unchanged.
    pub fn restore(from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<Option<PathBuf>, BackupError> {
        let (from, to) = (from.as_ref(), crate::builder::place(to.as_ref()).map_err(BackupError::Open)?);
        let copy = checked(from)?;
        let had_one = fs::metadata(&to).is_ok_and(|found| found.len() > 0);
        let (ownership, pin) = Ownership::take(&to).map_err(BackupError::Open)?;
        let numbers = if had_one { numbers(&to)? } else { Numbers::default() };
        // Two restores at the same time have this name in common, and the ownership lets only one in.
        let kept = beside(&to, &format!(".replaced-{}", SystemClock.now().as_millis()));
        private(OpenOptions::new().write(true).create_new(true)).open(&kept).map_err(BackupError::Io)?;
        let replaced = fill(&copy, &kept, None)
            .and_then(|()| numbers.raise(&kept))
            .and_then(|()| replace(&to, &kept, File::sync_all).map_err(BackupError::Io));
        // A path without a file has lost it to the name of the copy.
        let has_copy = replaced.is_err() && fs::exists(&to).is_ok_and(|exists| exists);
        if has_copy || !had_one {
            // The cause is more useful.
            let _ = fs::remove_file(&kept);
        }
        let replaced = replaced.map(|()| had_one.then_some(kept));
        drop((ownership, pin));
        replaced
    }
}

/// Opens a file that is a complete store.
fn checked(path: &Path) -> Result<Connection, BackupError> {
    fs::metadata(path).map_err(BackupError::Io)?;
    let open = || {
        let connection = open(path).map_err(sqlite("open the file"))?;
        match schema::check(&connection)? {
            0 => Err(OpenError::Empty),
            _ => Ok(connection),
        }
    };
    let connection = open().map_err(BackupError::Open)?;
    let found: Result<String, _> = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0));
    match found {
        Ok(found) if found == "ok" => Ok(connection),
        Ok(found) => Err(BackupError::Damaged { path: path.to_owned(), found }),
        Err(error) => Err(BackupError::Damaged { path: path.to_owned(), found: error.to_string() }),
    }
}

/// Opens a copy as immutable. Without a log, SQLite creates no files beside it, which may be forbidden.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let has_log = fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
    match path.to_str().filter(|_| !has_log && cfg!(unix)) {
        Some(text) => {
            let text = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
            let uri = format!("file:{text}?immutable=1");
            Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)
        }
        None => Connection::open_with_flags(path, flags),
    }
}

/// The counters that never decrease.
#[derive(Default)]
struct Numbers {
    fence: i64,
    event: i64,
    owner: i64,
}

/// Reads the counters of a file, and moves its log into it, so that it is complete without. If it is damaged, the counters of the
/// copy and the clock are used. Fails if another process has it open: it would go on with the replaced file.
fn numbers(path: &Path) -> Result<Numbers, BackupError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(connection) = Connection::open_with_flags(path, flags) else { return Ok(Numbers::default()) };
    // An operator keeps a lock on the file, which excludes this one.
    let alone = connection.busy_timeout(Duration::ZERO).and_then(|()| connection.execute_batch(ALONE));
    if alone.is_err_and(|error| is_busy(&error)) {
        return Err(BackupError::Open(OpenError::Owned { pid: None, lock: path.to_owned() }));
    }
    let read = |name: &str| connection.query_row(SQL.meta, [name], |row| row.get(0)).unwrap_or(0);
    let numbers = Numbers { fence: read("fence"), event: read("event"), owner: read("owner") };
    // A damaged file keeps its log.
    let _ = empty_log(&connection);
    Ok(numbers)
}

impl Numbers {
    fn raise(&self, path: &Path) -> Result<(), BackupError> {
        let clock = SystemClock.now().as_millis().saturating_mul(1000);
        let raise = || {
            let connection = Connection::open(path)?;
            let raise =
                |name: &str, least: i64| connection.query_row(SQL.meta_raise, (name, least), |_| Ok(()));
            raise("fence", self.fence.max(clock))?;
            raise("event", self.event)?;
            raise("owner", self.owner)?;
            connection.close().map_err(|(_, error)| error)
        };
        raise().map_err(|error| BackupError::Sqlite(Box::new(error)))
    }
}

/// Puts the complete copy in the place of the file, which gets the name of the copy. At any time the path has the one or the other.
/// After an error, the names are as before.
fn replace(path: &Path, copy: &Path, sync: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    File::open(copy)?.sync_all()?;
    // Other systems do not open a folder as a file.
    let folder = path.canonicalize()?.parent().filter(|_| cfg!(unix)).map(File::open).transpose()?;
    // SQLite would apply a log that remains to the new file. Only a damaged file has one, or one that another process has open.
    let exchanged = rename_log(path, copy).and_then(|()| exchange(path, copy));
    if let Err(error) = exchanged {
        if fs::exists(path)? {
            rename_log(copy, path)?;
        }
        return Err(error);
    }
    if let Some(Err(error)) = folder.as_ref().map(sync) {
        // Some filesystems cannot do it, and all write it soon.
        tracing::warn!(%error, "the store was restored, but if the power fails within seconds, the path may have the old file again");
    }
    Ok(())
}

/// Gives the log of a file, and its index, the name of another file.
fn rename_log(from: &Path, to: &Path) -> io::Result<()> {
    let rename = |suffix| fs::rename(beside(from, suffix), beside(to, suffix)).or_else(unless_missing);
    rename("-shm").and_then(|()| rename("-wal"))
}

/// Exchanges the names of two files. After an error, they are as before.
fn exchange(path: &Path, copy: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, path, CWD, copy, RenameFlags::EXCHANGE) {
            // Some filesystems cannot do it.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            exchanged => return Ok(exchanged?),
        }
    }
    exchange_by(path, copy, |from, to| fs::rename(from, to))
}

/// Exchanges the names in three steps. Undoes the first ones if a later one fails.
fn exchange_by(
    path: &Path,
    copy: &Path,
    mut rename: impl FnMut(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    let between = &beside(path, ".partial");
    let steps = [(copy, between.as_path()), (path, copy), (between, path)];
    for (nth, (from, to)) in steps.into_iter().enumerate() {
        if let Err(error) = rename(from, to) {
            steps.iter().take(nth).rev().try_for_each(|(from, to)| rename(to, from))?;
            return Err(error);
        }
    }
    Ok(())
}

const ALONE: &str = "PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT";

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use super::*;

    /// A restore that is killed leaves the old store or the new one.
    #[test]
    fn the_path_of_a_store_is_never_without_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let [path, copy] = ["inbox.db", "copy.db"].map(|name| folder.path().join(name));
        fs::write(&path, "old").unwrap();
        fs::write(&copy, "new").unwrap();
        fs::write(beside(&path, "-wal"), "log").unwrap();
        let is_over = AtomicBool::new(false);
        let missing = thread::scope(|scope| {
            let watch = scope.spawn(|| {
                let mut missing = 0;
                while !is_over.load(Ordering::Relaxed) {
                    missing += usize::from(fs::metadata(&path).is_err());
                }
                missing
            });
            (0..301).for_each(|_| replace(&path, &copy, File::sync_all).unwrap());
            is_over.store(true, Ordering::Relaxed);
            watch.join().unwrap()
        });
        assert_eq!(missing, 0);
        let read = |path: &Path| fs::read_to_string(path).unwrap();
        assert_eq!((read(&path), read(&copy)), ("new".to_owned(), "old".to_owned()));
        assert_eq!(read(&beside(&copy, "-wal")), "log");
    }

    #[test]
    fn an_error_leaves_the_old_store_with_its_log_and_one_after_the_exchange_deletes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let [path, copy] = ["inbox.db", "copy.db"].map(|name| folder.path().join(name));
        let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        let fill = || {
            fs::write(&path, "old").unwrap();
            fs::write(&copy, "new").unwrap();
            fs::write(beside(&path, "-wal"), "log").unwrap();
        };
        fill();
        // Some filesystems do not sync folders.
        replace(&path, &copy, |_| Err(io::ErrorKind::InvalidInput.into())).unwrap();
        assert_eq!([read(&path), read(&copy), read(&beside(&copy, "-wal"))], ["new", "old", "log"]);
        fill();
        fs::remove_file(&copy).unwrap();
        assert!(exchange(&path, &copy).is_err());
        for failing in 1..=3 {
            fill();
            let mut nth = 0;
            let exchanged = exchange_by(&path, &copy, |from, to| {
                nth += 1;
                if nth == failing { Err(io::ErrorKind::Other.into()) } else { fs::rename(from, to) }
            });
            assert!(exchanged.is_err());
            assert_eq!([read(&path), read(&copy)], ["old", "new"], "{failing}");
        }
        // The last step and its undoing fail: the old store has the name of the copy.
        fill();
        let mut nth = 0;
        let exchanged = exchange_by(&path, &copy, |from, to| {
            nth += 1;
            if nth >= 3 { Err(io::ErrorKind::Other.into()) } else { fs::rename(from, to) }
        });
        assert!(exchanged.is_err());
        assert_eq!([read(&path), read(&copy)], ["", "old"]);
    }

    /// An operator would show and change the replaced file, and a restore that is killed would separate its log from it.
    #[test]
    fn a_store_that_another_process_has_open_is_not_restored() {
        let folder = tempfile::tempdir().unwrap();
        let [path, copy] = ["inbox.db", "copy.db"].map(|name| folder.path().join(name));
        for path in [&path, &copy] {
            drop(SqliteStore::open(path).unwrap());
        }
        let (writer, reader) = (Connection::open(&path).unwrap(), Connection::open(&path).unwrap());
        let write =
            || writer.execute_batch("UPDATE wh_meta SET value = value + 1 WHERE name = 'event'").unwrap();
        write();
        reader.execute_batch("BEGIN; SELECT count(*) FROM wh_meta").unwrap();
        write();
        let refused = || {
            let error = SqliteStore::restore(&copy, &path).unwrap_err();
            assert!(matches!(error, BackupError::Open(OpenError::Owned { .. })), "{error}");
        };
        refused();
        let has_log = || fs::metadata(beside(&path, "-wal")).is_ok_and(|log| log.len() > 0);
        assert!(has_log());
        reader.execute_batch("ROLLBACK").unwrap();
        refused();
        drop((writer, reader));
        let console = SqliteStore::attach(&path).unwrap();
        refused();
        drop(console);
        SqliteStore::restore(&copy, &path).unwrap();
        assert!(!has_log());
        let mode = Connection::open(&path)
            .unwrap()
            .query_row("PRAGMA journal_mode", (), |row| row.get::<_, String>(0));
        assert_eq!(mode.unwrap(), "wal");
    }
}
