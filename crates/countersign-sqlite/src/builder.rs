use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, fs};

use countersign::Clock;
use countersign_inbox::{Durability, MonotonicClock};

use crate::connection::{self, Role, Source};
use crate::error::{OpenError, io, sqlite};
use crate::file::{self, Pin};
use crate::file_lock::Ownership;
use crate::filesystem::refuse_network;
use crate::ops::SqliteOps;
use crate::reserve::Reserve;
use crate::schema;
use crate::store::{self, SqliteStore};
use crate::stored_time;
use crate::timeline::Timeline;
use crate::writer::Limits;

/// Builds a [`SqliteStore`], see [`SqliteStore::builder`].
#[must_use = "nothing happens before `open`"]
pub struct SqliteStoreBuilder {
    path: PathBuf,
    retention: Duration,
    clock: Arc<dyn Clock>,
    is_clock_of_system: bool,
    busy_timeout: Duration,
    max_size: Option<u64>,
    limits: Limits,
    inbox_retention: store::RetentionPeriods,
    is_synced: bool,
    is_local: bool,
}

impl SqliteStore {
    /// Opens a file, and creates it if it does not exist; its folder must exist. No other store may have it open.
    /// Blocks the thread.
    ///
    /// # Errors
    ///
    /// [`OpenError`] with the cure.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, OpenError> {
        Self::builder(path).open()
    }

    /// Creates a builder, for other settings.
    pub fn builder(path: impl Into<PathBuf>) -> SqliteStoreBuilder {
        SqliteStoreBuilder::new(path.into())
    }

    /// Opens the file of a store for an operator, whether or not another process has it open. Leases are kept.
    ///
    /// # Errors
    ///
    /// [`OpenError`] with the cure.
    pub fn attach(path: impl Into<PathBuf>) -> Result<SqliteOps, OpenError> {
        Self::builder(path).attach()
    }
}

impl SqliteStoreBuilder {
    fn new(path: PathBuf) -> Self {
        Self {
            path,
            retention: days(30),
            clock: Arc::new(MonotonicClock::start()),
            is_clock_of_system: true,
            busy_timeout: Duration::from_secs(5),
            max_size: None,
            limits: Limits { operations: 8192, bytes: 64 * 1024 * 1024 },
            inbox_retention: store::RetentionPeriods {
                dead: days(90),
                body: days(7),
                attempt: days(7),
                audit: days(365),
            },
            is_synced: true,
            is_local: true,
        }
    }

    /// Sets how long handled deliveries are remembered. The default is 30 days, which covers deliveries that
    /// providers resend on demand.
    pub fn with_retention(mut self, retention: Duration) -> Self {
        self.retention = retention;
        self
    }

    /// Sets how long dead letters are kept. The default is 90 days.
    pub fn with_dead_retention(mut self, retention: Duration) -> Self {
        self.inbox_retention.dead = retention;
        self
    }

    /// Sets how long the requests of finished events are kept for inspection and replay. The default is 7 days,
    /// because they may contain personal data and make up most of the file.
    pub fn with_body_retention(mut self, retention: Duration) -> Self {
        self.inbox_retention.body = retention;
        self
    }

    /// Sets how long the attempts at a done event are kept, with their times, workers and errors. The default is 7 days:
    /// each success has a row, too. The attempts at other events are kept as long as the event.
    pub fn with_attempt_retention(mut self, retention: Duration) -> Self {
        self.inbox_retention.attempt = retention;
        self
    }

    /// Sets how long entries of the audit log are kept. The default is a year: they are small, and record who
    /// changed something.
    pub fn with_audit_retention(mut self, retention: Duration) -> Self {
        self.inbox_retention.audit = retention;
        self
    }

    /// Sets the clock for leases and ages. The default is a [`MonotonicClock`], which steps of the system clock do
    /// not affect.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self.is_clock_of_system = false;
        self
    }

    /// Sets how long an operation waits for another process that locks the file. The default is 5 seconds.
    pub fn with_busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// Sets the size of the file from which no new events are stored: they are refused, with 503, until data is
    /// deleted. Stored events are still handled; another MiB is reserved for that. There is no limit by default. The
    /// log next to the file is additional: about 64 MiB, and more during a backup.
    pub fn with_max_size(mut self, bytes: u64) -> Self {
        self.max_size = Some(bytes);
        self
    }

    /// Sets the limits on operations, and on their bytes, that wait for the disk; further ones are refused with 503.
    /// The defaults are 8,192 and 64 MiB.
    pub fn with_queue(mut self, operations: usize, bytes: usize) -> Self {
        self.limits = Limits { operations: operations.max(1), bytes };
        self
    }

    /// Commits without waiting for the disk: a power loss loses acknowledged events and may corrupt the file. For
    /// tests and measurements.
    pub fn insecure_unsynced_commits(mut self) -> Self {
        self.is_synced = false;
        self
    }

    /// Allows a file on a network filesystem, on which SQLite's locks may not work; the file may then be corrupted.
    pub fn insecure_any_filesystem(mut self) -> Self {
        self.is_local = false;
        self
    }

    /// Opens the file, and creates it if it does not exist. Events that were running when the last owner ended are
    /// ready again.
    ///
    /// # Errors
    ///
    /// [`OpenError`] with the cure.
    pub fn open(self) -> Result<SqliteStore, OpenError> {
        connection::check_version()?;
        let mut source = self.source()?;
        let (ownership, pin) = Ownership::take(&source.path)?;
        source.pin = Some(Arc::clone(&pin));
        let durability = if self.is_synced { Durability::Fsync } else { Durability::Relaxed };
        let Self { retention, clock, is_clock_of_system, limits, inbox_retention, .. } = self;
        let (connection, timeline, begun) = source.reserve.open_with_room(|| {
            let connection = source.open(Role::Owner)?;
            // An operator may be writing.
            connection.busy_timeout(source.busy_timeout).map_err(sqlite("set a timeout"))?;
            schema::migrate(&connection)?;
            let stored = stored_time::read(&connection, is_clock_of_system)?;
            let timeline = Timeline::resume(Arc::clone(&clock), stored, retention);
            let timeline = Arc::new(timeline.of_system(is_clock_of_system));
            let begun = store::begin(&connection, &timeline)?;
            store::renew_number(&connection, &pin)?;
            Ok((connection, timeline, begun))
        })?;
        source.reserve.begin();
        connection.busy_timeout(Duration::ZERO).map_err(sqlite("set a timeout"))?;
        let opened =
            store::Opened { source, connection, ownership, timeline, limits, inbox_retention, begun };
        SqliteStore::start(opened, retention, durability)
    }

    /// Opens the store for an operator: see [`SqliteStore::attach`].
    fn attach(self) -> Result<SqliteOps, OpenError> {
        connection::check_version()?;
        fs::metadata(&self.path).map_err(io("find the file"))?;
        let mut source = self.source()?;
        file::refuse_other_names(&source.path)?;
        source.pin = Some(Pin::of(&source.path).map_err(io("open the file"))?);
        let connection = source.reserve.open_with_room(|| {
            // Opened for reading only, so that a foreign file stays unchanged: a writing connection sets its mode.
            match schema::check(&source.open(Role::Reader)?)? {
                0 => Err(OpenError::Empty),
                found if found < schema::VERSION => {
                    Err(OpenError::Outdated { found, needed: schema::VERSION })
                }
                _ => source.open(Role::Operator),
            }
        })?;
        let timeline = Timeline::resume(self.clock, Default::default(), self.retention);
        SqliteOps::start(&source, connection, Arc::new(timeline), self.limits)
    }

    fn source(&self) -> Result<Source, OpenError> {
        let (folder, path) = locate(&self.path)?;
        if self.is_local {
            refuse_network(&folder)?;
        }
        let Self { busy_timeout, max_size, is_synced, .. } = *self;
        let reserve = Reserve::of(&path);
        Ok(Source { path, pin: None, busy_timeout, max_size, is_synced, reserve })
    }
}

impl fmt::Debug for SqliteStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStoreBuilder").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Returns the canonical name of a file on a local filesystem.
pub(crate) fn place(path: &Path) -> Result<PathBuf, OpenError> {
    let (folder, path) = locate(path)?;
    refuse_network(&folder)?;
    Ok(path)
}

/// Returns the folder, and the canonical path of the file, whether or not it exists.
fn locate(path: &Path) -> Result<(PathBuf, PathBuf), OpenError> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let found = folder.canonicalize().map_err(|_| OpenError::NoFolder { folder: folder.to_owned() })?;
    let name = path.file_name().ok_or_else(|| OpenError::NoFolder { folder: path.clone() })?;
    let path = found.join(name);
    Ok((found, path))
}

const fn days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 3600)
}
