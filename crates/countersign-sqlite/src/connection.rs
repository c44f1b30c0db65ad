//! Opens connections, with settings that are verified by reading them back.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::error_pattern;
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::FromSql;
use rusqlite::{Connection, OpenFlags};

use crate::error::{OpenError, is_full, sqlite};
use crate::file::Pin;
use crate::reserve::{PAGE, Reserve};
use crate::schema;

/// The parameters for opening connections of a store, at first and after an error.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The canonical path.
    pub(crate) path: PathBuf,
    /// The file at the path when the store was opened.
    pub(crate) pin: Option<Arc<Pin>>,
    /// The time to wait for another process that locks the file.
    pub(crate) busy_timeout: Duration,
    /// The largest size in bytes.
    pub(crate) max_size: Option<u64>,
    /// Whether commits wait for the disk.
    pub(crate) is_synced: bool,
    /// The space for deletions on a full disk.
    pub(crate) reserve: Reserve,
}

/// The role of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    /// Writes, and moves the log into the file.
    Owner,
    /// Writes occasionally, concurrently with an owner in another process.
    Operator,
    /// Reads only.
    Reader,
}

impl Source {
    /// Opens a connection. A writing one waits for other processes itself instead of letting SQLite wait.
    pub(crate) fn open(&self, role: Role) -> Result<Connection, OpenError> {
        let access = match role {
            Role::Owner | Role::Operator => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Role::Reader => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        let connection = Connection::open_with_flags(&self.path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(sqlite("open the file"))?;
        if self.pin.as_ref().is_some_and(|pin| !pin.is_at(&self.path)) {
            return Err(OpenError::Replaced { path: self.path.clone() });
        }
        if role != Role::Owner {
            leave_log(&connection, true).map_err(sqlite("leave the log as it is"))?;
        }
        connection.busy_timeout(self.busy_timeout).map_err(sqlite("set a timeout"))?;
        set(&connection, "cache_size", CACHE_KIB)?;
        add_functions(&connection).map_err(sqlite("add a function"))?;
        keep_plans(&connection).map_err(sqlite("take a setting"))?;
        if role != Role::Reader {
            self.prepare_writes(&connection, role)?;
            connection.busy_timeout(Duration::ZERO).map_err(sqlite("set a timeout"))?;
        }
        Ok(connection)
    }

    fn prepare_writes(&self, connection: &Connection, role: Role) -> Result<(), OpenError> {
        // Checked before anything is written to a file that may be foreign.
        schema::check(connection)?;
        // Has no effect if there are tables, or a log.
        set(connection, "page_size", PAGE)?;
        let mode: String = query(connection, "PRAGMA journal_mode = WAL")?;
        if mode != "wal" {
            return Err(OpenError::Setting { name: "journal_mode", wanted: "wal".to_owned(), found: mode });
        }
        set_and_check(connection, "synchronous", if self.is_synced { FULL } else { OFF })?;
        if cfg!(target_os = "macos") && self.is_synced {
            // On these systems an fsync alone leaves data in the cache of the drive.
            set_and_check(connection, "fullfsync", 1)?;
            set_and_check(connection, "checkpoint_fullfsync", 1)?;
        }
        set_and_check(connection, "foreign_keys", 1)?;
        // With an older SQLite, only one connection may checkpoint (<https://sqlite.org/wal.html#walresetbug>).
        let pages = if role == Role::Owner { self.reserve.log_pages() } else { 0 };
        set(connection, "wal_autocheckpoint", pages)?;
        set(connection, "journal_size_limit", self.reserve.log_bytes())?;
        if role == Role::Owner {
            settle(connection)?;
        }
        if self.max_size.is_some() {
            let pages = self.max_pages().saturating_add(RESERVE_PAGES);
            set(connection, "max_page_count", pages.min(i64::from(u32::MAX - 1)))?;
        }
        Ok(())
    }

    /// Returns the largest number of pages for new events. Stored events can still be finished and deleted beyond
    /// it.
    pub(crate) fn max_pages(&self) -> i64 {
        self.max_size.map_or(i64::MAX, |bytes| i64::try_from(bytes).unwrap_or(i64::MAX) / PAGE)
    }
}

/// Keeps SQLite from moving the log into the file when it closes the last connection: something else may have been written to the file.
pub(crate) fn leave_log(connection: &Connection, leaves: bool) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leaves).map(|_| ())
}

/// Checks the version of SQLite.
pub(crate) fn check_version() -> Result<(), OpenError> {
    let found = rusqlite::version_number();
    if found < STRICT_TABLES {
        return Err(OpenError::OldSqlite { found: rusqlite::version().to_owned() });
    }
    if found < RESET_FIXED {
        tracing::warn!(
            version = rusqlite::version(),
            "this SQLite can corrupt a file that several connections write (before 3.51.3): raise `libsqlite3-sys` \
             to 0.37 or newer, or do not use `attach` while the server runs"
        );
    }
    Ok(())
}

/// Checkpoints the log and syncs the file. The log of a killed process or after a disk error is readable, but may
/// never have reached the disk: a duplicate of an event in it must not be acknowledged before it has. Syncing the
/// log again is not sufficient, because after an error the system may report lost data as written.
///
/// If another process has the file open for reading, SQLite has kept uncommitted data hidden, and no waiting is
/// needed. If the file cannot grow, the log is on the disk by then, and stored events can still be handled.
pub(crate) fn settle(connection: &Connection) -> Result<(), OpenError> {
    match connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
        Err(error) if is_full(&error) => {
            tracing::warn!(%error, "the log was not moved into the file: make room");
            Ok(())
        }
        moved => moved.map_err(sqlite("move the rest of the log into the file")),
    }
}

fn set(connection: &Connection, name: &'static str, value: i64) -> Result<(), OpenError> {
    // Some pragmas return a row, some do not.
    connection.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(|error| match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        error => Err(sqlite("take a setting")(error)),
    })
}

fn set_and_check(connection: &Connection, name: &'static str, wanted: i64) -> Result<(), OpenError> {
    set(connection, name, wanted)?;
    let found: i64 = query(connection, &format!("PRAGMA {name}"))?;
    if found == wanted {
        return Ok(());
    }
    Err(OpenError::Setting { name, wanted: wanted.to_string(), found: found.to_string() })
}

fn query<T: FromSql>(connection: &Connection, sql: &str) -> Result<T, OpenError> {
    connection.query_row(sql, [], |row| row.get(0)).map_err(sqlite("answer about a setting"))
}

/// Keeps the plans of statements, whatever their values are. Otherwise SQLite, with statistics of values compiled in, plans a statement with
/// a range or a limit anew whenever it has other values (<https://sqlite.org/queryplanner-ng.html#qpstab>).
pub(crate) fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(|_| ())
}

/// Adds `countersign_error_pattern` to a connection: the pattern of an error, or null. No index of the file uses it, so that other programs
/// can read and change the file.
pub(crate) fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    // The type of the parameter differs between releases of rusqlite.
    connection.create_scalar_function("countersign_error_pattern", 1, flags, |of| {
        Ok(of.get_raw(0).as_str_or_null()?.map(error_pattern))
    })
}

const FULL: i64 = 2;
const OFF: i64 = 0;
/// 64 MiB, mostly for the index of keys, which are random.
const CACHE_KIB: i64 = -64 * 1024;
/// 1 MiB, for operations other than storing events.
const RESERVE_PAGES: i64 = 256;
const STRICT_TABLES: i32 = 3_037_000;
pub(crate) const RESET_FIXED: i32 = 3_051_003;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_waits_for_the_disk_and_only_the_owner_moves_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        drop(Connection::open(&path).unwrap());
        let busy_timeout = Duration::from_secs(1);
        let reserve = Reserve::of(&path);
        let source = Source { path, pin: None, busy_timeout, max_size: None, is_synced: true, reserve };
        for (role, pages) in [(Role::Owner, source.reserve.log_pages()), (Role::Operator, 0)] {
            let connection = source.open(role).unwrap();
            let read = |name: &str| query::<i64>(&connection, &format!("PRAGMA {name}")).unwrap();
            assert_eq!(query::<String>(&connection, "PRAGMA journal_mode").unwrap(), "wal");
            assert_eq!(read("synchronous"), FULL);
            assert_eq!(read("foreign_keys"), 1);
            assert_eq!(read("wal_autocheckpoint"), pages);
            assert_eq!(read("mmap_size"), 0);
            assert_eq!(read("busy_timeout"), 0);
        }
        let reader = source.open(Role::Reader).unwrap();
        assert!(reader.execute_batch("CREATE TABLE t(n)").is_err());
        let insecure = Source { is_synced: false, ..source }.open(Role::Owner).unwrap();
        assert_eq!(query::<i64>(&insecure, "PRAGMA synchronous").unwrap(), OFF);
    }

    #[test]
    fn a_setting_that_does_not_take_is_an_error() {
        let connection = Connection::open_in_memory().unwrap();
        let wrong = set_and_check(&connection, "page_size", 1000).unwrap_err();
        assert!(matches!(wrong, OpenError::Setting { name: "page_size", .. }), "{wrong}");
        // An in-memory database has no log.
        let source = Source {
            path: "unused".into(),
            pin: None,
            busy_timeout: Duration::ZERO,
            max_size: None,
            is_synced: true,
            reserve: Reserve::of(std::path::Path::new("unused")),
        };
        let wrong = source.prepare_writes(&connection, Role::Owner).unwrap_err();
        assert!(matches!(wrong, OpenError::Setting { name: "journal_mode", .. }), "{wrong}");
    }

    #[test]
    fn the_sqlite_that_is_compiled_in_is_new_enough() {
        check_version().unwrap();
    }
}
