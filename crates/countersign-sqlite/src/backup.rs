use std::error::Error;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use countersign::{Clock, SystemClock};
use futures_channel::oneshot;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::connection::{Role, Source};
use crate::error::OpenError;
use crate::filesystem;
use crate::ops::SqliteOps;
use crate::owner::{beside, private};
use crate::store::SqliteStore;

/// Why there is no backup. What was there before is still there.
#[derive(Debug)]
#[non_exhaustive]
pub enum BackupError {
    /// There is a file already. It is not replaced: it may be the backup that is needed.
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// The file could not be read.
    Open(OpenError),
    /// The operating system refused.
    Io(io::Error),
    /// SQLite refused.
    Sqlite(Box<dyn Error + Send + Sync>),
    /// The volume of the store is nearly full.
    LowDisk {
        /// Bytes that are left.
        free: u64,
    },
    /// The thread that copies has ended.
    Interrupted,
}

impl SqliteStore {
    /// Copies everything that is stored now to a new file, while the store goes on. The copy is whole and on the disk
    /// when there is an answer. To restore it, see the [crate's documentation](crate#backup-and-restore).
    ///
    /// The log beside the file grows for as long as it takes: there has to be room for what is written meanwhile. The copy is
    /// given up while there is enough left to store events.
    ///
    /// # Errors
    ///
    /// [`BackupError`].
    pub async fn backup_to(&self, path: impl Into<PathBuf>) -> Result<(), BackupError> {
        backup(self.source().clone(), path.into()).await
    }
}

impl SqliteOps {
    /// Copies everything that is stored now to a new file, beside the process that owns the store: see
    /// [`SqliteStore::backup_to`].
    ///
    /// # Errors
    ///
    /// [`BackupError`].
    pub async fn backup_to(&self, path: impl Into<PathBuf>) -> Result<(), BackupError> {
        backup(self.source().clone(), path.into()).await
    }
}

/// In a thread of its own.
async fn backup(source: Source, path: PathBuf) -> Result<(), BackupError> {
    let (reply, answer) = oneshot::channel();
    thread::Builder::new()
        .name("sqlite-backup".to_owned())
        .spawn(move || {
            // Whoever has stopped waiting finds the file.
            let _ = reply.send(copy(&source, &path));
        })
        .map_err(BackupError::Io)?;
    answer.await.unwrap_or(Err(BackupError::Interrupted))
}

/// Under another name until it is complete.
fn copy(source: &Source, path: &Path) -> Result<(), BackupError> {
    if path.exists() {
        return Err(BackupError::Exists { path: path.to_owned() });
    }
    let partial = beside(path, ".partial");
    private(OpenOptions::new().write(true).create(true).truncate(true))
        .open(&partial)
        .map_err(BackupError::Io)?;
    let from = source.open(Role::Reader).map_err(BackupError::Open)?;
    let done =
        fill(&from, &partial, Some(source)).and_then(|()| publish(&partial, path).map_err(BackupError::Io));
    if done.is_err() {
        // The cause is more interesting.
        let _ = fs::remove_file(&partial);
    }
    done
}

/// Copies what is stored at one moment, in steps. A transaction that reads keeps it in sight: without one, the copy would
/// begin anew after each commit. Writers are not held up by a reader.
fn fill(from: &Connection, partial: &Path, source: Option<&Source>) -> Result<(), BackupError> {
    let to_sqlite = |error| BackupError::Sqlite(Box::new(error));
    let snapshot = from.unchecked_transaction().map_err(to_sqlite)?;
    snapshot.query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(())).map_err(to_sqlite)?;
    let mut to = Connection::open(partial).map_err(to_sqlite)?;
    // It is synced as a whole, and removed if it is not complete.
    to.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF").map_err(to_sqlite)?;
    let backup = Backup::new(&snapshot, &mut to).map_err(to_sqlite)?;
    let written = File::open(partial).map_err(BackupError::Io)?;
    for step in 1_u64.. {
        match backup.step(PAGES).map_err(to_sqlite)? {
            StepResult::Done => break,
            StepResult::More => {}
            // The file was locked for a moment.
            _ => thread::sleep(Duration::from_millis(10)),
        }
        if step % SYNC == 0 {
            // All at once in the end, the disk would be busy for long.
            written.sync_data().map_err(BackupError::Io)?;
        }
        let folder = source.and_then(|source| source.path.parent());
        if let Some(free) = folder.and_then(filesystem::free).filter(|free| *free < MIN_FREE) {
            return Err(BackupError::LowDisk { free });
        }
    }
    drop(backup);
    to.close().map_err(|(_, error)| to_sqlite(error))
}

/// Moves the log into the file, so that the file is whole wherever it is now, and nothing is left beside what came in its
/// place; and copies it, if it has no name any more.
pub(crate) fn save(from: &Connection, source: &Source) {
    let waits = from.busy_timeout(source.busy_timeout);
    let moved = waits
        .and_then(|()| from.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)));
    if moved != Ok(0) {
        tracing::error!(?moved, "the log was not moved into the file");
    }
    if !source.pin.as_ref().is_some_and(|pin| pin.is_deleted()) {
        return;
    }
    let path = beside(&source.path, &format!(".rescued-{}", SystemClock.now().as_millis()));
    let made = private(OpenOptions::new().write(true).create_new(true)).open(&path).map_err(BackupError::Io);
    let saved = made.and_then(|_| fill(from, &path, None));
    match saved {
        Ok(()) => tracing::error!(path = %path.display(), "the file was deleted: what it held is here"),
        Err(error) => {
            tracing::error!(error = &error as &dyn Error, "the file was deleted, and could not be copied")
        }
    }
}

fn publish(partial: &Path, path: &Path) -> io::Result<()> {
    File::open(partial)?.sync_all()?;
    // Unlike a rename, it replaces nothing.
    fs::hard_link(partial, path)?;
    fs::remove_file(partial)?;
    // On other systems, a folder is no file.
    #[cfg(unix)]
    if let Some(folder) = path.canonicalize()?.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists { path } => write!(f, "{} is there already: choose another name", path.display()),
            Self::Open(_) => f.write_str("the file of the store could not be read"),
            Self::Io(_) => f.write_str("the system did not write the copy: is there room for it?"),
            Self::Sqlite(_) => f.write_str("SQLite did not write the copy: is there room for it?"),
            Self::LowDisk { free } => write!(
                f,
                "the copy was given up because only {} MiB are left where the store is: make room, or copy when less is written",
                free >> 20
            ),
            Self::Interrupted => f.write_str("the copy was not finished"),
        }
    }
}

impl Error for BackupError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Exists { .. } | Self::LowDisk { .. } | Self::Interrupted => None,
            Self::Open(source) => Some(source),
            Self::Io(source) => Some(source),
            Self::Sqlite(source) => Some(&**source),
        }
    }
}

/// 1 MiB.
const PAGES: i32 = 256;
/// Steps.
const SYNC: u64 = 16;
/// The log of the store needs room while it cannot be emptied.
const MIN_FREE: u64 = 64 << 20;
