use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use countersign_inbox::StoreError;
use rusqlite::ErrorCode;

/// Why a file was not opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder is not there. It is not made: what is missing may be a volume that was not mounted.
    NoFolder {
        /// Where it should be.
        folder: PathBuf,
    },
    /// Another store owns the file.
    Owned {
        /// The process that holds the lock, if it said so.
        pid: Option<u32>,
        /// The file that is locked.
        lock: PathBuf,
    },
    /// The file is on a filesystem whose locks and writes of other machines SQLite cannot rely on.
    NetworkFilesystem {
        /// Which one.
        kind: &'static str,
    },
    /// The file has another name, or is a hard link.
    Linked {
        /// The file that has more than one name.
        path: PathBuf,
    },
    /// The file itself is a mount point.
    Mounted {
        /// Where it is mounted.
        path: PathBuf,
    },
    /// Another file is at the path now, or none.
    Replaced {
        /// The path.
        path: PathBuf,
    },
    /// The file belongs to another application.
    NotOurs,
    /// There is no store in the file.
    Empty,
    /// A newer release has written it.
    Newer {
        /// The version of its tables.
        found: i64,
        /// The newest version that this release knows.
        known: i64,
    },
    /// The tables are older than this release's.
    Older {
        /// The version of its tables.
        found: i64,
        /// The version that is needed.
        needed: i64,
    },
    /// SQLite itself is too old.
    OldSqlite {
        /// The version that is linked.
        found: String,
    },
    /// A setting did not take: what is acked might not survive.
    Setting {
        /// The pragma.
        name: &'static str,
        /// What it has to be.
        wanted: String,
        /// What it is.
        found: String,
    },
    /// The operating system refused.
    Io {
        /// What was tried.
        what: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// SQLite refused.
    Sqlite {
        /// What was tried.
        what: &'static str,
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// Why a store cannot answer now; the cause of a [`StoreError::Unavailable`].
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// More is waiting than may wait.
    Overload,
    /// The file is as large as it may be.
    NoRoom,
    /// The volume is nearly full.
    LowDisk {
        /// Bytes that are left.
        free: u64,
    },
    /// The clock is off the latest time in the file by so many milliseconds.
    Clock { step: i64 },
    /// The file has a second name.
    Linked,
    /// A file of the store was replaced or deleted.
    Replaced { path: PathBuf },
    /// Another process owns the file.
    TakenOver,
    /// The writer has ended.
    Closed,
    /// The file could not be opened again after an error.
    Reopen(Arc<OpenError>),
    /// SQLite failed. Nothing of the transaction is in the file.
    Sqlite(Arc<rusqlite::Error>),
}

/// A `map_err` that says what was tried.
pub(crate) fn sqlite(what: &'static str) -> impl Fn(rusqlite::Error) -> OpenError {
    move |source| OpenError::Sqlite { what, source: Box::new(source) }
}

/// A `map_err` that says what was tried.
pub(crate) fn io(what: &'static str) -> impl Fn(io::Error) -> OpenError {
    move |source| OpenError::Io { what, source }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFolder { folder } => {
                write!(f, "{} is not there: is the volume mounted? Otherwise, create it", folder.display())
            }
            Self::Owned { pid: Some(pid), lock } => write!(
                f,
                "process {pid} owns the file ({}): stop it, or use `attach` to look at what it does",
                lock.display()
            ),
            Self::Owned { pid: None, lock } => write!(
                f,
                "another store owns the file ({}): close it, or use `attach` to look at what it does",
                lock.display()
            ),
            Self::NetworkFilesystem { kind } => write!(
                f,
                "the file is on {kind}, where SQLite loses data: use a local disk, or PostgreSQL for many machines"
            ),
            Self::Linked { path } => write!(
                f,
                "{} has a second name (a hard link), under which it would have another log: remove one of the names",
                path.display()
            ),
            Self::Mounted { path } => write!(
                f,
                "{} is a mount point, and the files beside it are not: mount the folder instead of the file",
                path.display()
            ),
            Self::Replaced { path } => {
                write!(
                    f,
                    "{} was replaced or deleted: put it back, or restart with the file that is there",
                    path.display()
                )
            }
            Self::NotOurs => f.write_str("the file belongs to another application: choose another path"),
            Self::Empty => f.write_str("there is no store in the file: is it the path that the server uses?"),
            Self::Newer { found, known } => write!(
                f,
                "the file has version {found} and this release knows {known}: update it, or restore a backup"
            ),
            Self::Older { found, needed } => write!(
                f,
                "the file has version {found} and {needed} is needed: start the server of this release once"
            ),
            Self::OldSqlite { found } => {
                write!(f, "SQLite {found} is older than 3.37: link a newer one, or use the feature `bundled`")
            }
            Self::Setting { name, wanted, found } => write!(
                f,
                "`{name}` is {found} and has to be {wanted}: what is acked would not survive a loss of power"
            ),
            Self::Io { what, .. } => write!(f, "the system did not {what}"),
            Self::Sqlite { what, .. } => write!(f, "SQLite did not {what}"),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Sqlite { source, .. } => Some(&**source),
            _ => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overload => {
                f.write_str("more is waiting to be written than may wait: the disk is too slow")
            }
            Self::NoRoom => f.write_str("the file is as large as it may be: purge, or raise `with_max_size`"),
            Self::LowDisk { free } => {
                write!(
                    f,
                    "{} KiB are left on the volume: make room, before nothing can be stored",
                    free / 1024
                )
            }
            Self::Clock { step } => write!(
                f,
                "the clock is {} s {} the latest time in the file: set it and restart, or run `countersign inbox \
                 accept-clock` if it is right",
                step.unsigned_abs() / 1000,
                if *step < 0 { "behind" } else { "ahead of" }
            ),
            Self::Linked => f.write_str("the file has a second name (a hard link): remove it"),
            Self::Replaced { path } => write!(
                f,
                "{} was replaced or deleted while the store is open: put it back, or restart",
                path.display()
            ),
            Self::TakenOver => f.write_str("another process has taken the file over: stop one of them"),
            Self::Closed => f.write_str("the store is closed"),
            Self::Reopen(_) => f.write_str("the file could not be opened again"),
            Self::Sqlite(error) if is_busy(error) => f.write_str(
                "somebody else holds the file: end the backup or the tool that does, and try again",
            ),
            Self::Sqlite(_) => f.write_str("SQLite failed: is the disk full, or broken?"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Overload
            | Self::NoRoom
            | Self::LowDisk { .. }
            | Self::Clock { .. }
            | Self::Linked
            | Self::Replaced { .. }
            | Self::TakenOver
            | Self::Closed => None,
            Self::Reopen(source) => Some(&**source),
            Self::Sqlite(source) => Some(&**source),
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        Self::Unavailable(Box::new(failure))
    }
}

/// Whether another process holds the file.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
