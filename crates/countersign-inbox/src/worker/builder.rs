use std::collections::HashSet;
use std::process;
use std::sync::Arc;
use std::time::Duration;

use countersign::ConfigError;

use super::backoff::Backoff;
use super::run::Worker;
use super::settings::Settings;
use super::source::Source;
use crate::inbox_store::InboxStore;
use crate::ops::OpsStore;
use crate::runtime::check_lease;

/// Builds a [`Worker`].
#[must_use]
pub struct WorkerBuilder {
    inbox: Arc<dyn InboxStore>,
    ops: Option<Arc<dyn OpsStore>>,
    sources: Vec<Source>,
    settings: Settings,
}

impl WorkerBuilder {
    pub(super) fn new(inbox: Arc<dyn InboxStore>) -> Self {
        // Displayed to operators. In the pods of a cluster the process id is always 1, so a random number is added.
        let random = fastrand::u32(..);
        let settings = Settings { name: format!("{}-{random:08x}", process::id()), ..Settings::default() };
        Self { inbox, ops: None, sources: Vec::new(), settings }
    }

    /// Adds a source, whose events the worker handles. Events of other sources are left alone; the log names sources that
    /// no worker of the process handles, once each.
    pub fn with_source(mut self, source: Source) -> Self {
        self.sources.push(source);
        self
    }

    /// Sets the store of the backlog's gauges and of [`Health::backlog`](super::Health::backlog). Usually the same
    /// store.
    pub fn with_ops(mut self, ops: Arc<dyn OpsStore>) -> Self {
        self.ops = Some(ops);
        self
    }

    /// Sets the name that operators see. The default is the process id and a random number.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.settings.name = name.into();
        self
    }

    /// Sets the lifetime of a lease without a renewal. After a crash, the events of the process wait this long,
    /// unless the store detects the crash. While a handler runs, its lease is renewed every third of this time. The
    /// default is 60 s; the range is 50 ms (for tests) to 1 day.
    pub fn with_lease(mut self, ttl: Duration) -> Self {
        self.settings.lease = ttl;
        self
    }

    /// Sets the delays of failed events. See [`Backoff::default`].
    pub fn with_backoff(mut self, backoff: Backoff) -> Self {
        self.settings.backoff = backoff;
        self
    }

    /// Sets the number of attempts after which an event is a dead letter. An attempt that crashed the process
    /// counts. The default is 12.
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.settings.max_attempts = attempts;
        self
    }

    /// Sets the age, counted from storing or replay, above which a failing event becomes a dead letter. The default
    /// is 3 days.
    pub fn with_max_age(mut self, age: Duration) -> Self {
        self.settings.max_age = age;
        self
    }

    /// Sets how long a shutdown waits for handlers before it cancels them. They then have up to 5 s before they are
    /// aborted and their events given back. The default is 20 s: orchestrators kill after 30.
    pub fn with_drain(mut self, drain: Duration) -> Self {
        self.settings.drain = drain;
        self
    }

    /// Sets how long an event may be due before [`Health::backlog`](super::Health::backlog) lists its endpoint as
    /// late. The default is 5 minutes. A backlog never makes the worker unready.
    pub fn with_max_backlog_age(mut self, age: Duration) -> Self {
        self.settings.max_backlog_age = age;
        self
    }

    /// Sets the limit on the bytes of the requests that the worker holds, heads and bodies: while they are above it, it
    /// claims nothing more, except one event for a source that handles none. A claim ends when its events take a quarter of
    /// it, and all claims together may bring as much again. 64 MiB by default.
    pub fn with_budget(mut self, bytes: usize) -> Self {
        self.settings.budget = bytes;
        self
    }

    /// # Errors
    ///
    /// [`ConfigError`] for an invalid configuration: no source, two of one name, two handlers for one type, a lease
    /// below 50 ms, a backoff that starts at 0, no attempts, no budget.
    pub fn build(self) -> Result<Worker, ConfigError> {
        let Self { inbox, ops, sources, settings } = self;
        if sources.is_empty() {
            return Err(ConfigError::new("sources", "a worker without sources handles nothing: add one"));
        }
        let mut names = HashSet::new();
        for source in &sources {
            source.check()?;
            if !names.insert(source.name()) {
                let problem = "there are two sources of this name: put all handlers into one";
                return Err(ConfigError::new(format!("source.{}", source.name()), problem));
            }
        }
        check(&settings)?;
        Ok(Worker::new(inbox, ops, sources, settings))
    }
}

fn check(settings: &Settings) -> Result<(), ConfigError> {
    let backoff = &settings.backoff;
    check_lease(settings.lease)?;
    let (field, problem) = if backoff.base.is_zero() {
        (
            "backoff.base",
            "without a pause, events that fail keep the worker busy: use some milliseconds at least",
        )
    } else if backoff.cap < backoff.base {
        ("backoff.cap", "the cap is below the base: exchange them")
    } else if settings.max_attempts == 0 {
        ("max_attempts", "without attempts, every event is a dead letter: 1 at least")
    } else if settings.max_age.is_zero() {
        ("max_age", "with an age of 0, the first failure is the last: limit the attempts to 1 for that")
    } else if settings.budget == 0 {
        ("budget", "with a budget of 0, each source handles one event at a time: 64 MiB is the default")
    } else {
        return Ok(());
    };
    Err(ConfigError::new(field, problem))
}
