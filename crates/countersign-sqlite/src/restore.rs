use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use countersign::{Clock, SystemClock};
use rusqlite::{Connection, OpenFlags};

use crate::backup::{BackupError, fill, publish};
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
        let numbers = if had_one { numbers(&to) } else { Numbers::default() };
        let partial = beside(&to, ".partial");
        private(OpenOptions::new().write(true).create(true).truncate(true))
            .open(&partial)
            .map_err(BackupError::Io)?;
        let replaced = fill(&copy, &partial, None).and_then(|()| {
            numbers.raise(&partial)?;
            let kept = move_away(&to, had_one).map_err(BackupError::Io)?;
            publish(&partial, &to).map_err(BackupError::Io)?;
            Ok(kept)
        });
        if replaced.is_err() {
            // The cause is more useful.
            let _ = fs::remove_file(&partial);
        }
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

/// Renames the file with its log, because SQLite would apply a remaining log to the new file.
fn move_away(path: &Path, is_kept: bool) -> std::io::Result<Option<PathBuf>> {
    let name = beside(path, &format!(".replaced-{}", SystemClock.now().as_millis()));
    // The log first: without it, the file is still a store.
    for suffix in ["-shm", "-wal", ""] {
        match fs::rename(beside(path, suffix), beside(&name, suffix)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    if is_kept {
        return Ok(Some(name));
    }
    fs::remove_file(name)?;
    Ok(None)
}
