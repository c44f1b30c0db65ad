use std::collections::BTreeSet;
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

use super::claim_budget::ClaimBudget;
use super::claims::{HEARTBEAT_WAIT, claim};
use super::handled_sources::HandledSources;
use super::isolation::IsolationGate;
use super::maintenance::{MEASURE_EVERY, maintain};
use super::pending::PendingFinishes;
use super::renewal::renew;
use super::schedule::PollInterval;
use super::shared::{Shared, SourceState, Stages};
use super::status::{Heartbeat, Report, WorkerStatus};
use super::unhandled_sources::find_unhandled;
use super::unverified::recheck;
use super::wakes::{wake, watch};
use super::{controls, telemetry};
use crate::endpoint::Endpoint;
use crate::handling::{Leases, Settings};
use crate::inbox_store::InboxStore;
use crate::recorder::Recorder;
use crate::runtime::Outage;
use crate::telemetry::panic_message;

/// Runs the handlers of an inbox. See the [module](crate::worker).
#[must_use = "a worker does nothing until it is spawned, or run"]
pub(crate) struct Worker {
    shared: Arc<Shared>,
    sources: Vec<Arc<SourceState>>,
}

impl Worker {
    pub(crate) fn new(
        inbox: Arc<dyn InboxStore>,
        endpoints: Vec<Endpoint>,
        settings: Settings,
        recorder: Arc<Recorder>,
    ) -> Self {
        let slack = Duration::from_secs(30) + settings.claim_patience();
        let longest_idle = Duration::from_millis(1250)
            .saturating_mul(u32::try_from(endpoints.len()).unwrap_or(1))
            .max(SELDOM);
        let claims = endpoints.iter().map(|endpoint| {
            Heartbeat::new(format!("claims of {}", endpoint.name()), slack + longest_idle.max(HEARTBEAT_WAIT))
        });
        let others = [
            Heartbeat::new("renewal", slack + settings.renew_every()),
            Heartbeat::new("maintenance", slack * 2 + MEASURE_EVERY),
        ];
        let budget = Arc::new(ClaimBudget::new(settings.budget));
        let status = WorkerStatus::new(claims.chain(others).map(Arc::new).collect());
        let shared = Shared {
            inbox,
            settings,
            recorder,
            leases: Leases::default(),
            starting: Outage::of("extend"),
            finishing: Outage::of("finish"),
            pending: PendingFinishes::default(),
            attempts: TaskTracker::new(),
            status: Arc::new(status),
            stages: Stages::default(),
            is_watched: false.into(),
            isolation: Arc::new(IsolationGate::new()),
            budget,
            _handled: HandledSources::add(endpoints.iter().map(Endpoint::name)),
            is_exclusive: matches!(endpoints.as_slice(), [endpoint] if endpoint.handlers.concurrency == 1),
        };
        let source = |endpoint| Arc::new(SourceState::new(endpoint, &shared.settings));
        let sources = endpoints.into_iter().map(source).collect();
        Self { shared: Arc::new(shared), sources }
    }

    pub(crate) fn status(&self) -> Arc<WorkerStatus> {
        self.shared.status.clone()
    }

    /// Runs the worker until `shutdown` is cancelled and all running attempts have ended. If the future is dropped,
    /// handlers are aborted; their events wait for the end of their leases.
    pub(crate) async fn run(self, shutdown: CancellationToken) -> Report {
        let Self { shared, sources } = self;
        // Attempts run in separate tasks, which end with this future.
        let abandon = shared.stages.abandon.clone().drop_guard();
        controls::begin(&shared, &sources).await;
        let mut tasks = JoinSet::new();
        let idle = sources.len();
        let mut heartbeats = shared.status.heartbeats.iter().cloned();
        for source in &sources {
            let Some(heartbeat) = heartbeats.next() else { continue };
            let (shared, source) = (shared.clone(), source.clone());
            let (attempts, abandon) = (shared.attempts.clone(), shared.stages.abandon.clone());
            let claims = supervise(shared.clone(), "claims", move || {
                claim(shared.clone(), source.clone(), heartbeat.clone(), PollInterval::idle(idle))
            });
            // A shutdown waits for events that the store is about to return.
            attempts.spawn(async move { abandon.run_until_cancelled(claims).await });
        }
        if let Some(heartbeat) = heartbeats.next() {
            let shared = shared.clone();
            tasks.spawn(supervise(shared.clone(), "renewal", move || {
                renew(shared.clone(), heartbeat.clone())
            }));
        }
        if let Some(heartbeat) = heartbeats.next() {
            let shared = shared.clone();
            let own: BTreeSet<_> = sources.iter().map(|source| source.endpoint.name().to_owned()).collect();
            tasks.spawn(supervise(shared.clone(), "maintenance", move || {
                maintain(shared.clone(), own.clone(), heartbeat.clone())
            }));
        }
        let (checker, checked) = (shared.clone(), sources.clone());
        tasks.spawn(supervise(shared.clone(), "recheck", move || recheck(checker.clone(), checked.clone())));
        let finder = shared.clone();
        tasks.spawn(supervise(shared.clone(), "unhandled sources", move || find_unhandled(finder.clone())));
        let (controlled, of) = (shared.clone(), sources.clone());
        let control = move || controls::control(controlled.clone(), of.clone());
        tasks.spawn(supervise(shared.clone(), "controls", control));
        let (waker, woken) = (shared.clone(), sources.clone());
        tasks.spawn(supervise(shared.clone(), "wake-up", move || wake(waker.clone(), woken.clone())));
        let watcher = shared.clone();
        tasks.spawn(supervise(shared.clone(), "watch", move || watch(watcher.clone(), sources.clone())));

        shutdown.cancelled().await;
        let report = drain(&shared).await;
        shared.status.is_over.store(true, Ordering::Relaxed);
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
        telemetry::worker_panicked(&shared.status.counts, name, &panic_message(&*panic));
        sleep(AFTER_PANIC).await;
    }
}

/// Ends all running attempts, in the order of the stages.
async fn drain(shared: &Shared) -> Report {
    let (stages, settings, attempts) = (&shared.stages, &shared.settings, &shared.attempts);
    let counts = &shared.status.counts;
    let before = counts.attempts.load(Ordering::Relaxed);
    shared.status.is_stopping.store(true, Ordering::Relaxed);
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
        is_cut_off: false,
    };
    info!(target: "countersign", ?report, "the worker has stopped");
    report
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("settings", &self.shared.settings)
            .field("endpoints", &self.sources.iter().map(|source| &source.endpoint).collect::<Vec<_>>())
            .finish()
    }
}

/// A little more than the longest pause of claims without polling.
const SELDOM: Duration = Duration::from_secs(35);
const AFTER_PANIC: Duration = Duration::from_secs(1);
/// The time for storing outcomes at the end.
const FLUSH: Duration = Duration::from_secs(5);
const ABANDON: Duration = Duration::from_millis(100);
