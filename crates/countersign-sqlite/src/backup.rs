use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fmt, io, thread};

use countersign::{Clock, SystemClock};
use futures_channel::oneshot;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::connection::{Role, Source, leave_log};
use crate::error::OpenError;
use crate::filesystem::{self, beside, private};
use crate::maintenance::empty_log;
use crate::number;

/// An error of a backup, or of restoring one. An existing file at the target is unchanged.
#[derive(Debug)]
#[non_exhaustive]
pub enum BackupError {
    /// The target exists. It is not replaced, because it may be a backup that is still needed.
    Exists {
        /// The path of the file.
        path: PathBuf,
    },
    /// The file could not be read.
    Open(OpenError),
    /// The operating system reported an error.
    Io(io::Error),
    /// SQLite reported an error.
    Sqlite(Box<dyn Error + Send + Sync>),
    /// The volume of the store is almost full.
    LowDisk {
        /// The free space in bytes.
        free: u64,
    },
    /// The copy that is to be restored is damaged.
    Damaged {
        /// The copy.
        path: PathBuf,
        /// The first thing that SQLite found.
        found: String,
    },
    /// The copying thread ended.
    Interrupted,
}

/// Runs a backup in a separate thread.
pub(crate) async fn backup(source: Source, path: PathBuf) -> Result<(), BackupError> {
    let (reply, answer) = oneshot::channel();
    thread::Builder::new()
        .name("sqlite-backup".to_owned())
        .spawn(move || {
            // If the caller has stopped waiting, it finds the file.
            let _ = reply.send(copy(&source, &path));
        })
        .map_err(BackupError::Io)?;
    answer.await.unwrap_or(Err(BackupError::Interrupted))
}

/// Copies under another name, and renames the complete copy.
fn copy(source: &Source, path: &Path) -> Result<(), BackupError> {
    if path.exists() {
        return Err(BackupError::Exists { path: path.to_owned() });
    }
    let partial = create_partial(path).map_err(BackupError::Io)?;
    let from = source.open(Role::Reader).map_err(BackupError::Open)?;
    let done =
        fill(&from, &partial, Some(source)).and_then(|()| publish(&partial, path).map_err(BackupError::Io));
    if done.is_err() {
        // The cause is more informative than this error.
        let _ = fs::remove_file(&partial);
    }
    done
}

/// Creates the file for the copy, under a name that no other process can prepare: the copy goes into no file that exists, and follows no link.
fn create_partial(path: &Path) -> io::Result<PathBuf> {
    let partial = beside(path, &format!(".{:016x}.partial", number::random()));
    private(OpenOptions::new().write(true).create_new(true)).open(&partial)?;
    Ok(partial)
}

/// Copies a snapshot in steps. An open read transaction preserves the snapshot; without it, the copy would restart
/// after each commit. A reader does not block writers.
pub(crate) fn fill(from: &Connection, partial: &Path, source: Option<&Source>) -> Result<(), BackupError> {
    let to_sqlite = |error| BackupError::Sqlite(Box::new(error));
    let snapshot = from.unchecked_transaction().map_err(to_sqlite)?;
    snapshot.query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(())).map_err(to_sqlite)?;
    let mut to = Connection::open(partial).map_err(to_sqlite)?;
    // The copy is synced as a whole, and removed if it is incomplete.
    to.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF").map_err(to_sqlite)?;
    let backup = Backup::new(&snapshot, &mut to).map_err(to_sqlite)?;
    let written = File::open(partial).map_err(BackupError::Io)?;
    for step in 1_u64.. {
        match backup.step(PAGES).map_err(to_sqlite)? {
            StepResult::Done => break,
            StepResult::More => {}
            // The file was locked temporarily.
            _ => thread::sleep(Duration::from_millis(10)),
        }
        if step % SYNC == 0 {
            // Syncing everything at the end would occupy the disk for long.
            written.sync_data().map_err(BackupError::Io)?;
        }
        let folder = source.and_then(|source| source.path.parent());
        if let Some(free) = folder.and_then(filesystem::free).filter(|free| *free < MIN_FREE) {
            return Err(BackupError::LowDisk { free });
        }
    }
    drop(backup);
    // A process that has another file open notices by this number if a copy is written over it.
    to.pragma_update(None, "schema_version", number::first()).map_err(to_sqlite)?;
    // The copy may have the mode with a log, which closing would keep after an error.
    empty_log(&to).map_err(to_sqlite)?;
    to.close().map_err(|(_, error)| to_sqlite(error))
}

/// Moves the log into the file, so that the file is complete wherever it is now, and no log remains next to the
/// file that replaced it. Copies the file if it has no name any more.
pub(crate) fn save(from: &Connection, source: &Source) {
    let waits = from.busy_timeout(source.busy_timeout);
    if let Err(error) = waits.and_then(|()| empty_log(from)) {
        tracing::error!(%error, "the log was not moved into the file");
    }
    if !source.pin.as_ref().is_some_and(|pin| pin.is_deleted()) {
        return;
    }
    let path = beside(&source.path, &format!(".rescued-{}", SystemClock.now().as_millis()));
    let made = private(OpenOptions::new().write(true).create_new(true)).open(&path).map_err(BackupError::Io);
    let saved = made.and_then(|_| fill(from, &path, None));
    match saved {
        Ok(()) => {
            tracing::error!(path = %path.display(), "the file was deleted: its contents were saved here")
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn Error, "the file was deleted, and could not be copied")
        }
    }
}

/// Keeps SQLite from moving the log into the file when it closes the connection.
pub(crate) fn keep_log(from: &Connection) {
    if let Err(error) = leave_log(from, true) {
        tracing::error!(%error, "the log may be moved into the file when this process ends");
    }
}

/// Leaves a file to which something else was written, such as a copy by `cp`, or to whose log it was: they do not belong together, so
/// that the log is not moved into the file, and gets another name.
pub(crate) fn leave(source: &Source) {
    let name = beside(&source.path, &format!(".replaced-{}", SystemClock.now().as_millis()));
    for suffix in ["-wal", "-shm"] {
        let renamed = fs::rename(beside(&source.path, suffix), beside(&name, suffix));
        if let Err(error) = renamed.or_else(unless_missing) {
            tracing::error!(%error, "the log that does not belong to the file stays beside it: delete it");
        }
    }
    tracing::error!(
        path = %source.path.display(),
        log = %beside(&name, "-wal").display(),
        "something else was written to the file or its log while the store was open: restart with what it is now, or restore a backup"
    );
}

/// Ignores that there is no file.
pub(crate) fn unless_missing(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

pub(crate) fn publish(partial: &Path, path: &Path) -> io::Result<()> {
    File::open(partial)?.sync_all()?;
    // Unlike a rename, a hard link does not replace a file.
    fs::hard_link(partial, path)?;
    fs::remove_file(partial)?;
    // Other systems do not open a folder as a file.
    #[cfg(unix)]
    if let Some(folder) = path.canonicalize()?.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists { path } => write!(f, "{} exists already: choose another name", path.display()),
            Self::Open(_) => f.write_str("the file could not be opened"),
            Self::Io(_) => f.write_str("the system did not write the copy: is there room for it?"),
            Self::Sqlite(_) => f.write_str("SQLite did not write the copy: is there room for it?"),
            Self::LowDisk { free } => write!(
                f,
                "the copy was stopped because only {} MiB are left on the volume of the store: make room, or copy at a quieter time",
                free >> 20
            ),
            Self::Damaged { path, found } => write!(
                f,
                "{} is damaged: {found}; restore an older copy, nothing was changed",
                path.display()
            ),
            Self::Interrupted => f.write_str("the copy was not finished"),
        }
    }
}

impl Error for BackupError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Exists { .. } | Self::LowDisk { .. } | Self::Damaged { .. } | Self::Interrupted => None,
            Self::Open(source) => Some(source),
            Self::Io(source) => Some(source),
            Self::Sqlite(source) => Some(&**source),
        }
    }
}

/// The pages per step: 1 MiB.
const PAGES: i32 = 256;
/// The number of steps between syncs.
const SYNC: u64 = 16;
/// The smallest free space: the log of the store needs room while it cannot be emptied.
const MIN_FREE: u64 = 64 << 20;
