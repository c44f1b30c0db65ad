use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign::ConfigError;
use tokio::runtime::Handle;

use super::inbox::Inbox;
use crate::acceptor::Acceptor;
use crate::alerts::{Alert, AlertRules, Alerting, Notifier, WatchedEndpoint};
use crate::endpoint::Endpoint;
use crate::handling::{Backoff, MAX_BACKLOG_AGE, Settings, process_name};
use crate::inbox_store::InboxStore;
use crate::recorder::Recorder;
use crate::runtime::check_lease;
use crate::store::Durability;
use crate::worker::Worker;

/// Configures and starts an [`Inbox`].
///
/// ```no_run
/// use std::time::Duration;
///
/// use countersign::ConfigError;
/// use countersign_inbox::{Backoff, Endpoint, Inbox, InboxStore};
///
/// # fn start(store: impl InboxStore, github: Endpoint, stripe: Endpoint) -> Result<Inbox, ConfigError> {
/// Inbox::builder(store)
///     .with_endpoint(github)
///     .with_endpoint(stripe)
///     .with_max_attempts(20)
///     .with_drain(Duration::from_secs(50))
///     .start()
/// # }
/// ```
#[must_use = "it does nothing until it is started"]
pub struct InboxBuilder {
    store: Arc<dyn InboxStore>,
    endpoints: Vec<Endpoint>,
    durability: Durability,
    settings: Settings,
    recorder: Arc<Recorder>,
    notifier: Option<Notifier>,
    alert_rules: AlertRules,
}

impl Inbox {
    /// Starts an inbox with the defaults, which accepts and handles the deliveries of these endpoints.
    /// [`builder`](Self::builder) has the options.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] as for [`InboxBuilder::start`].
    pub fn start(
        store: impl InboxStore,
        endpoints: impl IntoIterator<Item = Endpoint>,
    ) -> Result<Self, ConfigError> {
        Self::builder(store).with_endpoints(endpoints).start()
    }

    /// Starts an inbox with the defaults that only accepts: another process, with the same store, handles the events. The
    /// endpoints need no handlers.
    ///
    /// ```no_run
    /// use countersign::{ConfigError, Verifier};
    /// use countersign_inbox::{Endpoint, Inbox, InboxStore};
    ///
    /// # fn start(store: impl InboxStore, github: Verifier, stripe: Verifier) -> Result<Inbox, ConfigError> {
    /// Inbox::start_accepting(store, [Endpoint::new("github", github), Endpoint::new("stripe", stripe)])
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError`] as for [`InboxBuilder::start_accepting`].
    pub fn start_accepting(
        store: impl InboxStore,
        endpoints: impl IntoIterator<Item = Endpoint>,
    ) -> Result<Self, ConfigError> {
        Self::builder(store).with_endpoints(endpoints).start_accepting()
    }

    /// Starts an inbox with the defaults that only handles events: another process, with the same store, accepts them, at
    /// endpoints of the same names. The secrets are needed here too, because stored requests are verified again.
    ///
    /// ```no_run
    /// use countersign::{ConfigError, Delivery, Verifier};
    /// use countersign_inbox::{Context, Endpoint, Inbox, InboxStore};
    ///
    /// async fn handle(delivery: Delivery, context: Context) {}
    ///
    /// # fn start(store: impl InboxStore, github: Verifier, stripe: Verifier) -> Result<Inbox, ConfigError> {
    /// let github = Endpoint::new("github", github).otherwise(handle);
    /// let stripe = Endpoint::new("stripe", stripe).otherwise(handle);
    /// Inbox::start_working(store, [github, stripe])
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError`] as for [`InboxBuilder::start_working`].
    pub fn start_working(
        store: impl InboxStore,
        endpoints: impl IntoIterator<Item = Endpoint>,
    ) -> Result<Self, ConfigError> {
        Self::builder(store).with_endpoints(endpoints).start_working()
    }

    /// Creates a builder for an inbox in this store. An `Arc` of a store is a store.
    pub fn builder(store: impl InboxStore) -> InboxBuilder {
        InboxBuilder::new(Arc::new(store))
    }
}

impl InboxBuilder {
    /// The default of [`with_max_backlog_age`](Self::with_max_backlog_age): 5 minutes.
    pub const MAX_BACKLOG_AGE: Duration = MAX_BACKLOG_AGE;

    fn new(store: Arc<dyn InboxStore>) -> Self {
        let settings = Settings { name: process_name(), ..Settings::default() };
        let recorder = Recorder::new(Arc::clone(&store));
        let (endpoints, durability, alert_rules) = (Vec::new(), Durability::Fsync, AlertRules::default());
        Self { store, endpoints, durability, settings, recorder, notifier: None, alert_rules }
    }

    /// Adds an endpoint. Its events are handled in this process; those of other endpoints in the store are left alone,
    /// and the log names endpoints that no inbox of the process handles, once each.
    pub fn with_endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoints.push(endpoint);
        self
    }

    fn with_endpoints(self, endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        endpoints.into_iter().fold(self, Self::with_endpoint)
    }

    /// Sets the name of the worker that operators see. The default is the process id and a random number.
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
        self.settings.retries.backoff = backoff;
        self
    }

    /// Sets the number of attempts after which an event is a dead letter. An attempt that crashed the process counts.
    /// A claim whose handler had not started does not, except the first one of an event. The default is 12.
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.settings.retries.max_attempts = attempts;
        self
    }

    /// Sets the age, counted from storing or replay, above which a failing event becomes a dead letter. The default
    /// is 3 days.
    pub fn with_max_age(mut self, age: Duration) -> Self {
        self.settings.retries.max_age = age;
        self
    }

    /// Sets how long [`Inbox::drain`] waits for handlers before it cancels them. They then have up to 5 s before they
    /// are aborted and their events given back. The default is 20 s: orchestrators kill after 30.
    pub fn with_drain(mut self, drain: Duration) -> Self {
        self.settings.drain = drain;
        self
    }

    /// Sets how long an event may be due before [`Health::backlog`](crate::Health::backlog) lists its endpoint as
    /// late. The default is [`Self::MAX_BACKLOG_AGE`]. A backlog never makes the process unready.
    pub fn with_max_backlog_age(mut self, age: Duration) -> Self {
        self.settings.max_backlog_age = age;
        self
    }

    /// Sets the limit on the bytes of the requests that the worker holds, heads and bodies: while they are above it, it
    /// claims nothing more, except one event for an endpoint that handles none. A claim ends when its events take a
    /// quarter of it, and all claims together may bring as much again. 64 MiB by default.
    pub fn with_budget(mut self, bytes: usize) -> Self {
        self.settings.budget = bytes;
        self
    }

    /// Sets the number of successes per second and endpoint that leave a row with the time, the duration and the worker
    /// of the attempt. Successes above it, events that need no handling among them, are counted and leave none; failures always leave one. The default is 100:
    /// more rows would make up most of the store.
    pub fn with_recorded_successes(mut self, per_second: u32) -> Self {
        self.settings.recorded_successes = per_second;
        self
    }

    /// Sends alerts to people through this function: [`Alert`] has the conditions, [`AlertRules`] the thresholds. Each
    /// condition is reported when it begins and when it ends. The function is called for one alert after the other, in
    /// the background, and has 30 s for each: neither handlers nor deliveries wait for it. Failures are logged, and the
    /// alert is not repeated. By default nothing is sent.
    ///
    /// Each process reports by itself, and forgets what it has reported when it ends: receivers recognise repetitions by
    /// [`Alert::key`]. The inbox observes itself every 15 s, until it stops.
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use countersign_inbox::{Alert, InboxBuilder};
    ///
    /// # fn with_alerts(builder: InboxBuilder) -> InboxBuilder {
    /// builder.on_alert(async |alert: Alert| {
    ///     println!("{alert}");
    ///     Ok::<(), Infallible>(())
    /// })
    /// # }
    /// ```
    pub fn on_alert<F, R, E>(mut self, notify: F) -> Self
    where
        F: Fn(Alert) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: fmt::Display,
    {
        self.notifier = Some(Notifier::new(notify));
        self
    }

    /// Sets the thresholds of [alerts](Self::on_alert), which they need.
    pub fn with_alert_rules(mut self, rules: AlertRules) -> Self {
        self.alert_rules = rules;
        self
    }

    /// Accepts a store whose acknowledged events a power loss may destroy. By default the store must survive that:
    /// [`Durability::Fsync`].
    pub fn insecure_allow_durability(mut self, least: Durability) -> Self {
        self.durability = least;
        self
    }

    /// Starts the inbox: deliveries are accepted, and events are handled.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for an invalid configuration, before anything is started: no endpoint, two of one name, no
    /// handler, two for one type, a receiver that [is incomplete](countersign::receiver::Receiver::check), a
    /// declaration without an id and no policy for that, a store that is not durable enough or forgets ids while the
    /// provider may still send them, an invalid setting, no tokio runtime.
    pub fn start(self) -> Result<Inbox, ConfigError> {
        self.check_worker()?;
        let acceptors = self.acceptors()?;
        Ok(self.inbox(acceptors, true))
    }

    /// Starts a process that only accepts: another process handles the events. The endpoints need no handlers.
    ///
    /// # Errors
    ///
    /// As for [`start`](Self::start), except for what concerns handlers.
    pub fn start_accepting(self) -> Result<Inbox, ConfigError> {
        let acceptors = self.acceptors()?;
        Ok(self.inbox(acceptors, false))
    }

    /// Starts a process that only handles events: another process accepts them, at endpoints of the same names.
    ///
    /// # Errors
    ///
    /// As for [`start`](Self::start), except for what concerns the acceptance of deliveries.
    pub fn start_working(self) -> Result<Inbox, ConfigError> {
        self.check()?;
        self.check_worker()?;
        Ok(self.inbox(Vec::new(), true))
    }

    fn inbox(self, acceptors: Vec<Acceptor>, has_worker: bool) -> Inbox {
        let Self { store, endpoints, settings, recorder, notifier, alert_rules: rules, .. } = self;
        let watched =
            |endpoint: &Endpoint| WatchedEndpoint::new(endpoint.name().to_owned(), endpoint.source_names());
        let max_backlog_age = settings.max_backlog_age;
        let alerting = notifier.map(|notifier| Alerting {
            rules,
            notifier,
            counts: recorder.alerts(),
            store: Arc::clone(&store),
            endpoints: endpoints.iter().map(watched).collect(),
            max_backlog_age,
        });
        let endpoints = endpoints.into_iter().flat_map(Endpoint::into_sources).collect();
        let worker =
            has_worker.then(|| Worker::new(store.clone(), endpoints, settings, Arc::clone(&recorder)));
        Inbox::new(store, acceptors, max_backlog_age, worker, recorder, alerting)
    }

    fn acceptors(&self) -> Result<Vec<Acceptor>, ConfigError> {
        self.check()?;
        let acceptor = |endpoint: &Endpoint| endpoint.acceptor(&self.store, self.durability, &self.recorder);
        self.endpoints.iter().map(acceptor).collect()
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.endpoints.is_empty() {
            return Err(ConfigError::new(
                "endpoints",
                "an inbox without endpoints receives nothing: add one",
            ));
        }
        self.alert_rules.check()?;
        if self.notifier.is_none() && self.alert_rules != AlertRules::default() {
            let problem =
                "nothing sends alerts: add a function with `on_alert`, or remove `with_alert_rules`";
            return Err(ConfigError::new("alert rules", problem));
        }
        if self.notifier.is_some() {
            check_runtime()?;
        }
        let mut names = HashSet::new();
        for endpoint in &self.endpoints {
            endpoint.check()?;
            for name in endpoint
                .source_names()
                .into_iter()
                .chain([endpoint.name().to_owned()])
                .collect::<HashSet<_>>()
            {
                let field = format!("endpoint.{name}");
                if !names.insert(name) {
                    let problem = "there are two endpoints of this name: put all handlers into one";
                    return Err(ConfigError::new(field, problem));
                }
            }
        }
        Ok(())
    }

    fn check_worker(&self) -> Result<(), ConfigError> {
        self.endpoints.iter().try_for_each(Endpoint::check_handlers)?;
        check(&self.settings)?;
        check_runtime()
    }
}

fn check_runtime() -> Result<(), ConfigError> {
    if Handle::try_current().is_err() {
        let problem = "there is none: start the inbox inside `#[tokio::main]`, or after `Runtime::enter`";
        return Err(ConfigError::new("tokio runtime", problem));
    }
    Ok(())
}

fn check(settings: &Settings) -> Result<(), ConfigError> {
    check_lease(settings.lease)?;
    let (field, problem) = if let Some(found) = settings.retries.problem() {
        found
    } else if settings.budget == 0 {
        ("budget", "with a budget of 0, each endpoint handles one event at a time: 64 MiB is the default")
    } else {
        return Ok(());
    };
    Err(ConfigError::new(field, problem))
}

impl fmt::Debug for InboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxBuilder")
            .field("endpoints", &self.endpoints)
            .field("durability", &self.durability)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
