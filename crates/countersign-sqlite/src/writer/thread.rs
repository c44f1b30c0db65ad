use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use countersign_inbox::WakeQueue;
use rusqlite::Connection;

use super::deadline::Deadline;
use super::group::{Broken, answer, commit, is_broken, transact, transact_deletion};
use super::log::Log;
use super::queue::{Job, Limits, Queue};
use super::session::Session;
use crate::backup;
use crate::connection::{Role, Source, leave_log};
use crate::error::{Failure, OpenError};
use crate::file::{Files, Replaced};
use crate::file_lock::Ownership;
use crate::maintenance::{self, Maintenance};
use crate::timeline::Timeline;

/// The configuration of a thread that runs operations.
pub(crate) struct WriterConfig {
    pub(crate) source: Source,
    pub(crate) role: Role,
    pub(crate) timeline: Arc<Timeline>,
    /// Whether another process owns the file and determines the time.
    pub(crate) is_guest: bool,
    /// The number of the owner, if this is one.
    pub(crate) owner: Option<i64>,
    pub(crate) limits: Limits,
    pub(crate) wake: Arc<WakeQueue>,
    /// The maintenance of an owner.
    pub(crate) maintenance: Option<Maintenance>,
    /// Released when the connection is closed.
    pub(crate) _ownership: Option<Ownership>,
}

/// A thread with its queue. Dropping it waits for the thread: submitted operations are run, and the file is closed.
pub(crate) struct Worker {
    pub(crate) queue: Queue,
    _thread: Joined,
}

/// Starts a thread that owns the connection.
pub(crate) fn start(config: WriterConfig, connection: Connection) -> Result<Worker, OpenError> {
    let (sender, receiver) = mpsc::sync_channel(config.limits.operations);
    let queue = Queue::new(sender, config.limits.bytes);
    let name = match config.role {
        Role::Owner | Role::Operator => "sqlite-writer",
        Role::Reader => "sqlite-reader",
    };
    let runner = Runner {
        config,
        receiver,
        group: Vec::with_capacity(GROUP),
        files: None,
        watched: None,
        is_saved: false,
        is_overwritten: false,
    };
    let thread = thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || runner.run(connection))
        .map_err(|source| OpenError::Io { what: "start a thread", source })?;
    Ok(Worker { queue, _thread: Joined(Some(thread)) })
}

/// Declared after the queue, so that it is dropped after it.
struct Joined(Option<JoinHandle<()>>);

impl Drop for Joined {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            // A panic of the thread was reported already.
            let _ = thread.join();
        }
    }
}

struct Runner {
    config: WriterConfig,
    receiver: Receiver<Job>,
    group: Vec<Job>,
    /// The files of an owner, since they were opened at first.
    files: Option<Files>,
    /// The files of an operator or a reader.
    watched: Option<Files>,
    /// Whether the content of the files was saved after one of them was replaced.
    is_saved: bool,
    /// Whether something else was written to the file or to its log: they do not belong together.
    is_overwritten: bool,
}

impl Runner {
    fn run(mut self, connection: Connection) {
        let mut connection = Some(connection);
        loop {
            let opened = connection.take().map_or_else(|| self.reopen(), Ok);
            let next = match opened {
                Ok(mut connection) => self.serve(&mut connection),
                Err(error) => self.refuse(error),
            };
            if next.is_break() {
                return;
            }
        }
    }

    /// Opens the file again, unless something else was written to it: opening moves the log into the file.
    fn reopen(&mut self) -> Result<Connection, OpenError> {
        let Self { files, config: WriterConfig { source, role, .. }, .. } = self;
        if !self.is_overwritten && !files.as_ref().is_some_and(Files::is_overwritten) {
            return source.open(*role);
        }
        if !self.is_overwritten {
            self.is_overwritten = true;
            backup::leave(source);
        }
        Err(OpenError::Replaced { path: source.path.clone() })
    }

    /// Serves until the connection breaks, or the queue ends.
    fn serve(&mut self, connection: &mut Connection) -> ControlFlow<()> {
        let deadline = (self.config.role == Role::Reader).then(|| Deadline::of(connection));
        let mut session = Session::new(connection, self.config.source.max_pages())
            .with_owner(self.config.owner)
            .with_patience(self.config.source.busy_timeout);
        if let Some(deadline) = deadline {
            session = session.with_deadline(deadline);
        } else {
            session =
                session.with_reserve(self.config.source.reserve.clone(), self.config.role == Role::Owner);
        }
        let is_owner = self.config.role == Role::Owner;
        if is_owner {
            let Source { path, pin, .. } = &self.config.source;
            let files = self.files.take();
            self.files =
                Some(files.map_or_else(|| Files::of(path, pin.clone()), |files| files.reopened(path)));
        }
        if !is_owner && self.watched.is_none() {
            let Source { path, pin, .. } = &self.config.source;
            self.watched = Some(Files::of_another_owner(path, pin.clone()));
        }
        let mut log = is_owner.then(|| Log::new(&self.config.source));
        loop {
            let patience = match &self.config.maintenance {
                // No maintenance while the files are missing.
                Some(_) if self.is_saved => CHECK,
                Some(maintenance) => maintenance.patience().min(CHECK),
                None if self.config.is_guest => CHECK,
                None => FOR_EVER,
            };
            match self.receiver.recv_timeout(patience) {
                Ok(job) => self.gather(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    self.is_lost(&session, log.as_mut());
                    drop(log);
                    self.close(&mut session);
                    return ControlFlow::Break(());
                }
            }
            if self.is_lost(&session, log.as_mut()) || (!is_owner && self.group.is_empty()) {
                continue;
            }
            self.is_saved = false;
            if self.config.is_guest
                && let Ok(latest) = session.stored_clock()
            {
                self.config.timeline.follow(latest);
            }
            session.set_moment(self.config.timeline.moment());
            if let Some((room, _)) = session.room() {
                room.check();
            }
            let start = Instant::now();
            let done = self.work(&mut session);
            if self.config.role == Role::Operator {
                // The owner gets most of the time.
                thread::sleep((start.elapsed() * 2).min(MAX_PAUSE));
            }
            let kept = done.and_then(|bytes| self.keep_up(&mut session, log.as_mut(), bytes));
            // Closing the connection would move the log into other content.
            if kept.is_err() && !self.is_lost(&session, log.as_mut()) {
                return ControlFlow::Continue(());
            }
        }
    }

    /// Collects waiting operations, without waiting for more: enough arrive during the last fsync.
    fn gather(&mut self, first: Job) {
        let mut bytes = first.weight();
        self.group.push(first);
        let most = if self.config.role == Role::Reader { 1 } else { GROUP };
        while self.group.len() < most && bytes < GROUP_BYTES {
            let Ok(job) = self.receiver.try_recv() else { break };
            bytes += job.weight();
            self.group.push(job);
        }
    }

    /// Runs the group. Returns about how many bytes it has written, if there was one.
    fn work(&mut self, session: &mut Session<'_>) -> Result<Option<usize>, Broken> {
        if self.group.is_empty() {
            return Ok(None);
        }
        let bytes = self.group.iter().map(|job| job.weight()).sum();
        let before = session.connection().total_changes();
        let begin = if self.config.role == Role::Reader { "BEGIN" } else { BEGIN };
        let replaced = || {
            let (path, _) = self.files.as_ref().and_then(Files::replaced)?;
            Some(Failure::Replaced { path })
        };
        commit(session, begin, &mut self.group, &self.config.wake, &replaced)?;
        if session.connection().total_changes() == before {
            return Ok(Some(0));
        }
        if let Some((room, connection)) = session.room() {
            room.keep_log_small(connection);
        }
        Ok(Some(bytes))
    }

    /// Returns whether the files at the paths were replaced. Then refuses operations, and saves the content of the files once.
    fn is_lost(&mut self, session: &Session<'_>, log: Option<&mut Log>) -> bool {
        if let Some((path, _)) = self.watched.as_ref().and_then(Files::replaced) {
            // The owner saves the content.
            answer(&mut self.group, Some(&Failure::Replaced { path }));
            return true;
        }
        let Some((path, how)) = self.files.as_ref().and_then(Files::replaced) else { return false };
        if let Some(log) = log {
            log.stop(session.connection());
        }
        self.lose(session, &path, how);
        answer(&mut self.group, Some(&Failure::Replaced { path }));
        true
    }

    /// Saves the content of replaced files once; but what was written to the file itself later stays as it is, too.
    fn lose(&mut self, session: &Session<'_>, path: &Path, how: Replaced) {
        let is_overwritten = how != Replaced::Elsewhere;
        if self.is_overwritten || (self.is_saved && !is_overwritten) {
            return;
        }
        (self.is_saved, self.is_overwritten) = (true, is_overwritten);
        tracing::error!(path = %path.display(), "a file of the store was replaced or deleted: nothing more is stored");
        if is_overwritten {
            backup::keep_log(session.connection());
            if how == Replaced::Index {
                // The next start makes another index from the log.
                tracing::error!("the index of the log was overwritten, and the log is whole: restart");
            } else {
                backup::leave(&self.config.source);
            }
        } else {
            backup::save(session.connection(), &self.config.source);
        }
    }

    fn keep_up(
        &mut self,
        session: &mut Session<'_>,
        log: Option<&mut Log>,
        bytes: Option<usize>,
    ) -> Result<(), Broken> {
        let Some((maintenance, log)) = self.config.maintenance.as_mut().zip(log) else { return Ok(()) };
        let is_usable = |error: &rusqlite::Error| if is_broken(error) { Err(Broken) } else { Ok(()) };
        let kept = log.keep(session.connection(), bytes.unwrap_or(0));
        // Another thread moves the log: this one has no time for it.
        let bytes = bytes.or(log.is_moving().then_some(0));
        let done = kept
            .and_then(|()| maintenance.after(session, bytes, |session, act| transact(session, BEGIN, act)));
        if let Err(error) = done {
            tracing::error!(%error, "the log was not moved into the file, or the time was not stored");
            is_usable(&error)?;
        }
        // Only deletions use the reserve: other processes could fill the released space at any time.
        let deleted = maintenance.delete(session, |session, act| transact_deletion(session, BEGIN, act));
        if let Err(error) = deleted {
            tracing::error!(%error, "old entries were not deleted");
            is_usable(&error)?;
        }
        Ok(())
    }

    /// Answers all callers with the error.
    fn refuse(&mut self, error: OpenError) -> ControlFlow<()> {
        tracing::error!(error = &error as &dyn Error, "the file could not be opened again");
        let Ok(job) = self.receiver.recv() else { return ControlFlow::Break(()) };
        self.gather(job);
        answer(&mut self.group, Some(&Failure::Reopen(Arc::new(error))));
        ControlFlow::Continue(())
    }

    fn close(&mut self, session: &mut Session<'_>) {
        if self.config.role == Role::Operator && !self.is_lost(session, None) {
            // The last process leaves a single file.
            if let Err(error) = leave_log(session.connection(), false) {
                tracing::warn!(%error, "the log was not moved into the file; the next start does it");
            }
        }
        if self.config.role != Role::Owner || self.is_overwritten {
            return;
        }
        let waits = session.connection().busy_timeout(self.config.source.busy_timeout);
        if let Err(error) = waits
            .and_then(|()| session.give_back())
            .and_then(|()| maintenance::empty_log(session.connection()))
        {
            tracing::warn!(%error, "the log was not moved into the file; the next start does it");
        }
    }
}

const BEGIN: &str = "BEGIN IMMEDIATE";
/// The number of operations per commit.
const GROUP: usize = 256;
/// The approximate number of bytes per commit.
const GROUP_BYTES: usize = 2 * 1024 * 1024;
/// The longest pause of an operator between two transactions, in favour of the owner.
const MAX_PAUSE: Duration = Duration::from_millis(100);
/// The interval at which an idle owner, and an operator, check their files.
const CHECK: Duration = Duration::from_secs(1);
/// Until the queue ends.
const FOR_EVER: Duration = Duration::from_secs(24 * 3600);

#[cfg(all(test, target_os = "linux"))]
mod tests;
