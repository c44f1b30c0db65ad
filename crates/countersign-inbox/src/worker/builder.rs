use std::collections::HashSet;
use std::process;
use std::sync::Arc;
use std::time::Duration;

use countersign::ConfigError;

use super::backoff::Backoff;
use super::run::Worker;
use super::settings::Settings;
use super::source::Source;
use crate::inbox::Inbox;
use crate::ops::OpsStore;
use crate::runtime::check_lease;

/// Builds a [`Worker`].
#[must_use]
pub struct WorkerBuilder {
    inbox: Arc<dyn Inbox>,
    ops: Option<Arc<dyn OpsStore>>,
    sources: Vec<Source>,
    settings: Settings,
}

impl WorkerBuilder {
    pub(super) fn new(inbox: Arc<dyn Inbox>) -> Self {
        // Shown to operators: with the pods of a cluster, the process is always number 1.
        let random = fastrand::u32(..);
        let settings = Settings { name: format!("{}-{random:08x}", process::id()), ..Settings::default() };
        Self { inbox, ops: None, sources: Vec::new(), settings }
    }

    /// Handles the events of a source. Events of others stay where they are.
    pub fn with_source(mut self, source: Source) -> Self {
        self.sources.push(source);
        self
    }

    /// Counts what is where: the backlog's gauges, and [`Health::backlog`](super::Health::backlog). Usually the
    /// same store.
    pub fn with_ops(mut self, ops: Arc<dyn OpsStore>) -> Self {
        self.ops = Some(ops);
        self
    }

    /// The name that operators see. The number of the process and a random one by default.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.settings.name = name.into();
        self
    }

    /// How long a lease lasts when it is not renewed: so long do the events of a process that died wait for the next
    /// one, where the store cannot tell that it died. It is renewed at a third of it, for as long as a handler runs.
    /// 60 s by default; 50 ms at least, for tests, and 1 day at most.
    pub fn with_lease(mut self, ttl: Duration) -> Self {
        self.settings.lease = ttl;
        self
    }

    /// How long failed events wait. See [`Backoff::default`].
    pub fn with_backoff(mut self, backoff: Backoff) -> Self {
        self.settings.backoff = backoff;
        self
    }

    /// After so many attempts an event is a dead letter. An attempt that ended the process counts. 12 by default.
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.settings.max_attempts = attempts;
        self
    }

    /// An event that fails when it is older than this, since it was stored or replayed, is a dead letter. 3 days by
    /// default.
    pub fn with_max_age(mut self, age: Duration) -> Self {
        self.settings.max_age = age;
        self
    }

    /// How long a shutdown waits for handlers before it cancels them. They have up to 5 s more then, before they are
    /// aborted and their events given back. 20 s by default: orchestrators kill after 30.
    pub fn with_drain(mut self, drain: Duration) -> Self {
        self.settings.drain = drain;
        self
    }

    /// Sets how long an event may be due before [`Health::backlog`](super::Health::backlog) names its endpoint as late. 5
    /// minutes by default. A backlog never makes the worker unready.
    pub fn with_max_backlog_age(mut self, age: Duration) -> Self {
        self.settings.max_backlog_age = age;
        self
    }

    /// # Errors
    ///
    /// [`ConfigError`] for what cannot work: no source, two of one name, two handlers for one type, a lease below 50 ms,
    /// a backoff that starts at 0, no attempts.
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
    } else {
        return Ok(());
    };
    Err(ConfigError::new(field, problem))
}
