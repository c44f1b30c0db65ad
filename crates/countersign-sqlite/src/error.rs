use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::{fmt, io};

use countersign_inbox::StoreError;
use rusqlite::ErrorCode;

/// An error of opening a store, for the developer and the operator.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The folder does not exist. It is not created, because a volume may not be mounted.
    NoFolder {
        /// The expected folder.
        folder: PathBuf,
    },
    /// Another store owns the file.
    Owned {
        /// The process that holds the lock, if it recorded its id.
        pid: Option<u32>,
        /// The locked file.
        lock: PathBuf,
    },
    /// The file is on a network filesystem, on which SQLite can rely neither on locks nor on the writes of other
    /// machines.
    NetworkFilesystem {
        /// The type of the filesystem.
        kind: &'static str,
    },
    /// The file has a second name, a hard link.
    Linked {
        /// The path of the file.
        path: PathBuf,
    },
    /// The file itself is a mount point.
    Mounted {
        /// The path of the mount point.
        path: PathBuf,
    },
    /// The path now refers to another file, or to none.
    Replaced {
        /// The path.
        path: PathBuf,
    },
    /// The file belongs to another application.
    NotOurs,
    /// The file contains no store.
    Empty,
    /// The file was written by a newer release.
    TooNew {
        /// The oldest version that may use its tables, which is theirs.
        required: i64,
        /// The newest version that this release supports.
        known: i64,
    },
    /// The tables are older than this release requires.
    Outdated {
        /// The version of its tables.
        found: i64,
        /// The required version.
        needed: i64,
    },
    /// The linked SQLite is too old.
    OldSqlite {
        /// The linked version.
        found: String,
    },
    /// A setting did not take effect, so that acknowledged events might be lost.
    Setting {
        /// The pragma.
        name: &'static str,
        /// The required value.
        wanted: String,
        /// The actual value.
        found: String,
    },
    /// The operating system reported an error.
    Io {
        /// The attempted operation.
        what: &'static str,
        /// The error.
        source: io::Error,
    },
    /// SQLite reported an error.
    Sqlite {
        /// The attempted operation.
        what: &'static str,
        /// The error.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// The reason why a store cannot answer: the source of a [`StoreError::Unavailable`].
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The queue is full.
    Overload,
    /// The file has its largest size.
    NoRoom,
    /// The volume is almost full.
    LowDisk {
        /// The free space in bytes.
        free: u64,
    },
    /// The clock differs from the latest time in the file by this many milliseconds.
    Clock { step: i64 },
    /// The file has a second name.
    Linked,
    /// A file of the store was replaced or deleted.
    Replaced { path: PathBuf },
    /// Another process owns the file.
    TakenOver,
    /// The writer has ended.
    Closed,
    /// The file could not be reopened after an error.
    Reopen(Arc<OpenError>),
    /// SQLite failed. The transaction was rolled back.
    Sqlite(Arc<rusqlite::Error>),
}

/// Returns a conversion for `map_err` that adds the attempted operation.
pub(crate) fn sqlite(what: &'static str) -> impl Fn(rusqlite::Error) -> OpenError {
    move |source| OpenError::Sqlite { what, source: Box::new(source) }
}

/// Returns a conversion for `map_err` that adds the attempted operation.
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
                "process {pid} owns the file ({}): stop it, or use `attach` to inspect it",
                lock.display()
            ),
            Self::Owned { pid: None, lock } => write!(
                f,
                "another store, a console or a tool has the file open ({}): close it, or use `attach` to inspect it",
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
            Self::TooNew { required, known } => write!(
                f,
                "the file requires version {required} and this release knows {known}: update it, or restore a backup"
            ),
            Self::Outdated { found, needed } => write!(
                f,
                "the file has version {found} and {needed} is needed: start the server of this release once"
            ),
            Self::OldSqlite { found } => {
                write!(f, "SQLite {found} is older than 3.37: link a newer one, or use the feature `bundled`")
            }
            Self::Setting { name, wanted, found } => write!(
                f,
                "`{name}` is {found} and has to be {wanted}: acknowledged events would not survive a loss of power"
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
            Self::Overload => f.write_str("the queue of writes is full: the disk is too slow"),
            Self::NoRoom => {
                f.write_str("the file has reached its maximum size: purge, or raise `with_max_size`")
            }
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
            Self::Sqlite(error) if is_busy(error) => {
                f.write_str("another program has locked the file: end that backup or tool, and try again")
            }
            Self::Sqlite(error) if is_interrupted(error) => f.write_str(
                "the query took too long and was ended: ask for fewer events at once (an endpoint, a state, a smaller `limit`), or try \
                 again when the machine has less to do",
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

/// Returns whether another process locks the file.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// Returns whether a query was ended because it took too long.
pub(crate) fn is_interrupted(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted)
}

/// Returns whether the volume has no room. The index of the log, which is mapped into memory, fails in its own way.
pub(crate) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
        || error.sqlite_error().is_some_and(|error| error.extended_code == SHM_SIZE)
}

/// Returns whether a store does not open because the volume has no room.
pub(crate) fn has_no_room(error: &OpenError) -> bool {
    match error {
        OpenError::Sqlite { source, .. } => source.downcast_ref().is_some_and(is_full),
        OpenError::Io { source, .. } => source.kind() == io::ErrorKind::StorageFull,
        _ => false,
    }
}

/// Returns whether the store has failed because the volume has no room.
pub(crate) fn is_disk_full(error: &StoreError) -> bool {
    match error {
        StoreError::Unavailable(source) => {
            matches!(source.downcast_ref(), Some(Failure::Sqlite(error)) if is_full(error))
        }
        _ => false,
    }
}

/// `SQLITE_IOERR_SHMSIZE` (<https://sqlite.org/rescode.html#ioerr_shmsize>).
const SHM_SIZE: i32 = 4874;
