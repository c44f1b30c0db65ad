use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use countersign::{Clock, SystemClock};
use rusqlite::{Connection, OpenFlags};

use crate::backup::{BackupError, fill};
use crate::error::{OpenError, sqlite};
use crate::filesystem::{beside, private};
use crate::lock::Ownership;
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
    /// [`BackupError`]: a process owns the store, the copy is damaged or is no store, or the system refused. The store is
    /// unchanged.
    pub fn restore(from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<Option<PathBuf>, BackupError> {
        let (from, to) = (from.as_ref(), crate::builder::place(to.as_ref()).map_err(BackupError::Open)?);
        let copy = checked(from)?;
        let had_one = fs::metadata(&to).is_ok_and(|found| found.len() > 0);
        let (ownership, pin) = Ownership::take(&to).map_err(BackupError::Open)?;
        // The connection that it closes moves the log into the file.
        let numbers = if had_one { numbers(&to) } else { Numbers::default() };
        // Two restores at the same time have this name in common, and the ownership lets only one in.
        let kept = beside(&to, &format!(".replaced-{}", SystemClock.now().as_millis()));
        private(OpenOptions::new().write(true).create_new(true)).open(&kept).map_err(BackupError::Io)?;
        let replaced = fill(&copy, &kept, None)
            .and_then(|()| numbers.raise(&kept))
            .and_then(|()| replace(&to, &kept).map_err(BackupError::Io));
        if replaced.is_err() || !had_one {
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

/// Reads the counters of a file. If it is damaged, the counters of the copy and the clock are used.
fn numbers(path: &Path) -> Numbers {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(connection) = Connection::open_with_flags(path, flags) else { return Numbers::default() };
    let read = |name: &str| connection.query_row(SQL.meta, [name], |row| row.get(0)).unwrap_or(0);
    Numbers { fence: read("fence"), event: read("event"), owner: read("owner") }
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
fn replace(path: &Path, copy: &Path) -> io::Result<()> {
    File::open(copy)?.sync_all()?;
    // SQLite would apply a log that remains to the new file. Only a damaged file has one, or one that another process has open.
    for suffix in ["-shm", "-wal"] {
        match fs::rename(beside(path, suffix), beside(copy, suffix)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    exchange(path, copy)?;
    // Other systems do not open a folder as a file.
    #[cfg(unix)]
    if let Some(folder) = path.canonicalize()?.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Exchanges the names of two files.
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
    let between = beside(path, ".partial");
    fs::rename(copy, &between)?;
    fs::rename(path, copy)?;
    fs::rename(&between, path)
}

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
            (0..301).for_each(|_| replace(&path, &copy).unwrap());
            is_over.store(true, Ordering::Relaxed);
            watch.join().unwrap()
        });
        assert_eq!(missing, 0);
        let read = |path: &Path| fs::read_to_string(path).unwrap();
        assert_eq!((read(&path), read(&copy)), ("new".to_owned(), "old".to_owned()));
        assert_eq!(read(&beside(&copy, "-wal")), "log");
    }
}
