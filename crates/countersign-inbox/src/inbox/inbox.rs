use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use countersign::ConfigError;
use tokio::runtime::Handle;
use tokio::sync::watch;
#[cfg(feature = "testing")]
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::acceptor::Acceptor;
use crate::alerts::Alerting;
use crate::inbox_store::InboxStore;
#[cfg(feature = "testing")]
use crate::ops::SourceStats;
use crate::ops::{ControlChange, PauseChange};
use crate::recorder::Recorder;
use crate::store::StoreError;
#[cfg(feature = "testing")]
use crate::worker::HandledSources;
use crate::worker::{Health, Report, Worker, WorkerStatus, keep_measuring};

/// A durable inbox in this process: it stores each delivery before the provider gets its response, and then runs the
/// handler until it succeeds. Cheap to clone.
///
/// Each [`Endpoint`](crate::Endpoint) is declared once, with its receiver and its handlers. An adapter makes a service of it:
/// `InboxExt::service` of `countersign-tower` and of `countersign-actix`.
///
/// ```
/// use std::io;
///
/// use countersign::providers::proxiant;
/// use countersign::{Event, SecretSet, Verifier};
/// use countersign_inbox::{Context, Endpoint, Inbox, InboxStore};
///
/// async fn handle(event: Event<proxiant::Event>, context: Context) -> io::Result<()> {
///     println!("attempt {} of a delivery from {}", context.attempt(), event.delivery.provider().name);
///     Ok(())
/// }
///
/// // `SqliteStore` on one machine, `PostgresStore` on several.
/// async fn run(store: impl InboxStore) -> Result<(), Box<dyn std::error::Error>> {
///     let verifier = Verifier::new(&proxiant::PROVIDER, SecretSet::from_env("PROXIANT_SECRET")?)?;
///     let inbox = Inbox::start(store, [Endpoint::new("proxiant", verifier).on(handle)])?;
///     // Serve `inbox.service("proxiant")?` until the process is asked to end.
///     let report = inbox.drain().await;
///     assert!(report.is_clean());
///     Ok(())
/// }
/// ```
///
/// The processes that accept and those that handle events may differ: [`start_accepting`](Self::start_accepting),
/// [`start_working`](Self::start_working).
///
/// # How an attempt runs
///
/// 1. The store leases the event to this worker. Events whose lease expires without an outcome, because the process
///    ended, are claimed alone from then on, with a pause, and their start is stored before the handler runs. From then
///    on only attempts that had started count: an event that crashes the process eventually becomes a dead letter, and those
///    that ran at the same time or had not started are handled. See [`Isolation`](crate::Isolation).
/// 2. The stored request is verified again, as of the time of receipt. If that fails, the event becomes
///    [unverified](crate::EventState::Unverified), and the cure is logged. The worker verifies such events again at
///    its start, and then at least every minute; they continue when their key is in the secrets again. If the
///    secrets cannot be looked up, the event is retried.
/// 3. The data is decoded into the type of the handler. Data of another shape makes the event a dead letter, with
///    the JSON path.
/// 4. The handler runs in a separate task. A panic is treated as an error.
/// 5. The outcome is stored: done, skipped, due again after a [`Backoff`](crate::Backoff), or a dead letter. While the store does
///    not answer, storing is retried, even after the end of the lease: the outcome counts until another worker has
///    taken the event over. In that case, or after an hour, the event runs again.
///
/// # Leases
///
/// Leases are renewed at a third of their lifetime, all of them in one call. A handler whose lease could not be
/// renewed is cancelled ([`Context::cancelled`](crate::Context::cancelled)) a sixth of that lifetime before another worker can take its event
/// over, and aborted before the lease ends; a result after that is discarded if another worker has the event. A
/// handler that blocks its thread instead of awaiting can neither be cancelled nor aborted: use `spawn_blocking`
/// for such work.
///
/// Effects of a handler on other systems can happen twice, if the process ends before the outcome is stored. See
/// [`Handler`](crate::Handler).
///
/// # Failures of the store
///
/// The worker survives a store that fails, hangs or panics for any length of time: it retries at growing intervals,
/// and logs each outage once. While idle, it queries the store less than twice a second, whatever the number of
/// sources; an event from another process is picked up within a second.
#[derive(Clone)]
pub struct Inbox {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    /// Empty in a process that only handles events.
    acceptors: Vec<Acceptor>,
    pub(super) health: Health,
    status: Arc<WorkerStatus>,
    stop: CancellationToken,
    /// `None` in a process that only accepts.
    worker: Option<watch::Receiver<Option<Report>>>,
    recorder: Arc<Recorder>,
}

impl Inbox {
    /// Starts the worker, if there is one.
    pub(super) fn new(
        store: Arc<dyn InboxStore>,
        acceptors: Vec<Acceptor>,
        max_backlog_age: Duration,
        worker: Option<Worker>,
        recorder: Arc<Recorder>,
        alerting: Option<Alerting>,
    ) -> Self {
        let stop = CancellationToken::new();
        if let Some(alerting) = alerting {
            tokio::spawn(alerting.run(stop.clone()));
        }
        if worker.is_none() {
            measure(&store, &acceptors, &stop);
        }
        let status = worker.as_ref().map_or_else(|| Arc::new(WorkerStatus::new(Vec::new())), Worker::status);
        let health = Health::new(store, status.clone(), max_backlog_age);
        let worker = worker.map(|worker| {
            let (sender, report) = watch::channel(None);
            let stop = stop.clone();
            tokio::spawn(async move { sender.send(Some(worker.run(stop).await)) });
            report
        });
        Self { shared: Arc::new(Shared { acceptors, health, status, stop, worker, recorder }) }
    }

    /// Returns the acceptor of an endpoint, for adapters.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the names that there are, if this process accepts nothing for an endpoint of this name.
    pub fn acceptor(&self, endpoint: &str) -> Result<Acceptor, ConfigError> {
        let acceptors = &self.shared.acceptors;
        let found = acceptors.iter().find(|acceptor| acceptor.source() == endpoint);
        found.cloned().ok_or_else(|| {
            let names: Vec<_> = acceptors.iter().map(|acceptor| format!("`{}`", acceptor.source())).collect();
            ConfigError::new(
                "endpoint",
                match &*names {
                    [] => format!(
                        "`{endpoint}` is not accepted here: the inbox was started with `start_working`"
                    ),
                    names => format!("there is no `{endpoint}`; this inbox has {}", names.join(", ")),
                },
            )
        })
    }

    /// Returns the health, for the application's own endpoints.
    #[must_use]
    pub fn health(&self) -> Health {
        self.shared.health.clone()
    }

    /// Pauses or resumes an endpoint or a subscription in all processes, as an operator does. Returns whether that changed anything.
    /// A pause of an endpoint holds for its subscriptions, too. The name is not checked against the endpoints of this process.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store does not answer within three seconds, or has no
    /// [operator's view](InboxStore::ops).
    pub async fn set_pause(&self, change: &PauseChange) -> Result<bool, StoreError> {
        self.shared.health.set_pause(change).await
    }

    /// Sets or removes a rate limit, or opens or closes circuits, in all processes, as an operator does. Each process follows within five
    /// seconds. Returns whether that changed anything.
    ///
    /// # Errors
    ///
    /// As for [`set_pause`](Self::set_pause).
    pub async fn set_control(&self, change: &ControlChange) -> Result<bool, StoreError> {
        self.shared.health.set_control(change).await
    }

    /// Returns the token that stops the handling of events when it is cancelled: handlers end while the last requests
    /// are answered. [`drain`](Self::drain) cancels it, too.
    #[must_use]
    pub fn stop_token(&self) -> CancellationToken {
        self.shared.stop.clone()
    }

    /// Stops the inbox and waits for its end: it claims no more events; handlers have the
    /// [drain](crate::InboxBuilder::with_drain) time to end; then they are cancelled, shortly afterwards aborted, and their
    /// events given back, so that another process can claim them at once and no attempt is counted. Events that are
    /// being stored are stored to their end, and the last statistics are added to the store.
    ///
    /// Call it when the server has stopped. Further calls return the same report.
    pub async fn drain(&self) -> Report {
        let Shared { acceptors, status, stop, worker, recorder, .. } = &*self.shared;
        stop.cancel();
        let report = match worker {
            Some(report) => match report.clone().wait_for(Option::is_some).await {
                Ok(report) => report.unwrap_or_default(),
                Err(_) => Report { is_cut_off: true, ..Report::default() },
            },
            None => Report::default(),
        };
        for acceptor in acceptors {
            acceptor.idle().await;
        }
        recorder.flush_at_end().await;
        status.is_over.store(true, Ordering::Relaxed);
        report
    }
}

/// For tests of handlers.
#[cfg(feature = "testing")]
impl Inbox {
    /// Waits until no event is ready or running at an endpoint that this process handles; delayed retries are waited for,
    /// and events that are ready at a paused endpoint are not.
    /// Under the paused time of tokio, with a store on that clock, delays take no time.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store does not [count](crate::InboxStore::counts) events.
    pub async fn run_until_idle(&self) -> Result<(), StoreError> {
        loop {
            let stats = self.shared.health.counts().await?;
            let stats =
                stats.ok_or_else(|| StoreError::Unavailable("the store does not count events".into()))?;
            let is_busy = |of: &SourceStats| {
                let ready = if stats.pause(&of.source).is_some() { 0 } else { of.ready };
                ready + of.running > 0 && HandledSources::has(&of.source)
            };
            if !stats.sources.iter().any(is_busy) {
                return Ok(());
            }
            sleep(IDLE_PAUSE).await;
        }
    }
}

/// Measures the backlog in a process that only accepts.
fn measure(store: &Arc<dyn InboxStore>, acceptors: &[Acceptor], stop: &CancellationToken) {
    let own = acceptors.iter().map(|acceptor| acceptor.source().to_owned()).collect();
    match Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn(keep_measuring(Arc::downgrade(store), own, stop.clone()))),
        Err(_) => warn!(
            target: "countersign",
            "the inbox was started outside a tokio runtime: this process does not measure the backlog; start it inside \
             `#[tokio::main]`, or after `Runtime::enter`"
        ),
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox")
            .field("acceptors", &self.shared.acceptors)
            .field("health", &self.shared.health)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "testing")]
const IDLE_PAUSE: Duration = Duration::from_millis(10);
