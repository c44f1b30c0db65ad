use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use tracing::{error, info};

use super::account;
use super::builder::WorkerBuilder;
use super::claim_budget::ClaimBudget;
use super::claims::{BREATH, claim};
use super::handle::{Report, WorkerHandle};
use super::handled_sources::HandledSources;
use super::health::Health;
use super::isolation::IsolationGate;
use super::maintenance::{MEASURE_EVERY, maintain};
use super::outage::Outage;
use super::pause::Pause;
use super::pending::PendingFinishes;
use super::renewal::{Leases, renew};
use super::settings::Settings;
use super::shared::{Desk, Shared, Stages};
use super::source::Source;
use super::unhandled_sources::find_unhandled;
use super::unverified::recheck;
use super::vitals::{Beat, Counts, Vitals};
use super::wakes::{wake, watch};
use crate::inbox_store::InboxStore;
use crate::ops::OpsStore;

/// Runs the handlers of an inbox. See the [module](crate::worker).
#[must_use = "a worker does nothing until it is spawned, or run"]
pub struct Worker {
    shared: Arc<Shared>,
    desks: Vec<Arc<Desk>>,
}

impl Worker {
    /// Creates a builder of a worker for events of this store.
    pub fn builder(inbox: Arc<dyn InboxStore>) -> WorkerBuilder {
        WorkerBuilder::new(inbox)
    }

    pub(super) fn new(
        inbox: Arc<dyn InboxStore>,
        ops: Option<Arc<dyn OpsStore>>,
        sources: Vec<Source>,
        settings: Settings,
    ) -> Self {
        let slack = Duration::from_secs(30) + settings.claim_patience();
        let longest_idle =
            Duration::from_millis(1250).saturating_mul(u32::try_from(sources.len()).unwrap_or(1)).max(SELDOM);
        let claims = sources
            .iter()
            .map(|source| Beat::new(format!("claims of {}", source.name), slack + longest_idle.max(BREATH)));
        let others = [
            Beat::new("renewal", slack + settings.renew_every()),
            Beat::new("maintenance", slack * 2 + MEASURE_EVERY),
        ];
        let budget = Arc::new(ClaimBudget::new(settings.budget));
        let vitals = Vitals::new(claims.chain(others).map(Arc::new).collect());
        let shared = Shared {
            inbox,
            ops,
            settings,
            leases: Leases::default(),
            finishing: Outage::of("finish"),
            pending: PendingFinishes::default(),
            attempts: TaskTracker::new(),
            vitals: Arc::new(vitals),
            stages: Stages::default(),
            is_watched: false.into(),
            isolation: Arc::new(IsolationGate::new()),
            budget,
            _handled: HandledSources::add(sources.iter().map(Source::name)),
            is_exclusive: matches!(sources.as_slice(), [source] if source.concurrency == 1),
        };
        let desks = sources.into_iter().map(|source| Arc::new(Desk::new(source))).collect();
        Self { shared: Arc::new(shared), desks }
    }

    /// Returns the health, for the application's own endpoints.
    #[must_use]
    pub fn health(&self) -> Health {
        Health::new(self.shared.clone())
    }

    /// Runs the worker in a separate task until the handle stops it. Dropping the handle does not stop it.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn spawn(self) -> WorkerHandle {
        let (stop, health) = (CancellationToken::new(), self.health());
        let task = tokio::spawn(self.run(stop.clone()));
        WorkerHandle::new(stop, task, health)
    }

    /// Runs the worker until `shutdown` is cancelled and all running attempts have ended. On shutdown it claims no
    /// more events; handlers have the [drain](WorkerBuilder::with_drain) time to end; then they are cancelled,
    /// shortly afterwards aborted, and their events given back, so that another worker can claim them at once and no
    /// attempt is counted.
    ///
    /// If the future is dropped, handlers are aborted; their events wait for the end of their leases.
    pub async fn run(self, shutdown: CancellationToken) -> Report {
        let Self { shared, desks } = self;
        // Attempts run in separate tasks, which end with this future.
        let abandon = shared.stages.abandon.clone().drop_guard();
        let mut tasks = JoinSet::new();
        let idle = desks.len();
        let mut beats = shared.vitals.beats.iter().cloned();
        for desk in &desks {
            let Some(beat) = beats.next() else { continue };
            let (shared, desk) = (shared.clone(), desk.clone());
            let (attempts, abandon) = (shared.attempts.clone(), shared.stages.abandon.clone());
            let claims = supervise(shared.clone(), "claims", move || {
                claim(shared.clone(), desk.clone(), beat.clone(), Pause::idle(idle))
            });
            // A shutdown waits for events that the store is about to return.
            attempts.spawn(async move { abandon.run_until_cancelled(claims).await });
        }
        if let Some(beat) = beats.next() {
            let shared = shared.clone();
            tasks.spawn(supervise(shared.clone(), "renewal", move || renew(shared.clone(), beat.clone())));
        }
        if let Some(beat) = beats.next() {
            let shared = shared.clone();
            tasks.spawn(supervise(shared.clone(), "maintenance", move || {
                maintain(shared.clone(), beat.clone())
            }));
        }
        let (checker, checked) = (shared.clone(), desks.clone());
        tasks.spawn(supervise(shared.clone(), "recheck", move || recheck(checker.clone(), checked.clone())));
        let finder = shared.clone();
        tasks.spawn(supervise(shared.clone(), "unhandled sources", move || find_unhandled(finder.clone())));
        let (waker, woken) = (shared.clone(), desks.clone());
        tasks.spawn(supervise(shared.clone(), "wake-up", move || wake(waker.clone(), woken.clone())));
        let watcher = shared.clone();
        tasks.spawn(supervise(shared.clone(), "watch", move || watch(watcher.clone(), desks.clone())));

        shutdown.cancelled().await;
        let report = drain(&shared).await;
        shared.vitals.is_over.store(true, Ordering::Relaxed);
        drop(abandon);
        report
    }
}

/// Runs a task of the worker for ever: a panic, caused by the store, is logged and the task restarted.
async fn supervise<F, R>(shared: Arc<Shared>, name: &'static str, start: F)
where
    F: Fn() -> R,
    R: Future<Output = ()> + Send + 'static,
{
    while let Err(error) = AbortOnDropHandle::new(tokio::spawn(start())).await {
        let Ok(panic) = error.try_into_panic() else { return };
        account::worker_panicked(&shared.vitals.counts, name, &account::panic_message(&*panic));
        sleep(AFTER_PANIC).await;
    }
}

/// Ends all running attempts, in the order of the stages.
async fn drain(shared: &Shared) -> Report {
    let (stages, settings, attempts) = (&shared.stages, &shared.settings, &shared.attempts);
    let counts = &shared.vitals.counts;
    let before = counts.attempts.load(Ordering::Relaxed);
    shared.vitals.is_stopping.store(true, Ordering::Relaxed);
    stages.stop.cancel();
    info!(target: "countersign", "the worker stops: it waits for handlers");
    attempts.close();
    if timeout(settings.drain, attempts.wait()).await.is_err() {
        info!(target: "countersign", running = attempts.len(), "the worker cancels handlers");
        stages.cancel.cancel();
        if timeout(settings.grace() + FLUSH, attempts.wait()).await.is_err() {
            let running = attempts.len();
            error!(target: "countersign", running, "the worker abandons handlers: their events wait for the end of their leases");
            stages.abandon.cancel();
            // Handlers that block a thread never end.
            let _ = timeout(ABANDON, attempts.wait()).await;
        }
    }
    let count = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
    let report = Report {
        drained: count(&counts.attempts) - before,
        given_back: count(&counts.given_back),
        unstored: count(&counts.unstored),
        abandoned: count(&counts.abandoned),
        panics: count(&counts.panics),
    };
    info!(target: "countersign", ?report, "the worker has stopped");
    report
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("settings", &self.shared.settings)
            .field("sources", &self.desks.iter().map(|desk| &desk.source).collect::<Vec<_>>())
            .finish()
    }
}

impl Vitals {
    fn new(beats: Vec<Arc<Beat>>) -> Self {
        Self {
            beats,
            last_write: Beat::new("last write", Duration::MAX),
            last_probe: Beat::new("last probe", RECENT_PROBE),
            is_stopping: false.into(),
            is_over: false.into(),
            counts: Counts::default(),
        }
    }
}

/// The age up to which a write to the store replaces a probe.
const RECENT_PROBE: Duration = Duration::from_secs(2);
/// A little more than the longest pause of claims without polling.
const SELDOM: Duration = Duration::from_secs(35);
const AFTER_PANIC: Duration = Duration::from_secs(1);
/// The time for storing outcomes at the end.
const FLUSH: Duration = Duration::from_secs(5);
const ABANDON: Duration = Duration::from_millis(100);
