//! Sweeps events, and measures the backlog, in a worker and in a process that only accepts.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use metrics::gauge;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::shared::Shared;
use super::status::Heartbeat;
use crate::event::EventState;
use crate::inbox_store::InboxStore;
use crate::ops::{SourceStats, Stats};
use crate::recorder::{BETWEEN_SWEEPS, SWEEP_EVERY, sweep};
use crate::runtime::{Outage, within};
use crate::telemetry;

/// Deletes events after their retention, and measures the backlog. Neither waits for the other.
/// `own` are the sources of the worker.
pub(super) async fn maintain(shared: Arc<Shared>, own: BTreeSet<String>, heartbeat: Arc<Heartbeat>) {
    tokio::join!(keep_sweeping(&shared), measure(&shared, own, &heartbeat));
}

async fn keep_sweeping(shared: &Shared) {
    let outage = Outage::of("sweep");
    sleep(SWEEP_EVERY.mul_f64(fastrand::f64())).await;
    loop {
        let more = sweep(&*shared.inbox, shared.settings.claim_patience(), &outage).await;
        sleep(if more { BETWEEN_SWEEPS } else { SWEEP_EVERY }).await;
    }
}

async fn measure(shared: &Shared, own: BTreeSet<String>, heartbeat: &Heartbeat) {
    let mut gauges = Gauges::new(own, shared.settings.claim_patience());
    loop {
        heartbeat.now();
        let next = Instant::now() + MEASURE_EVERY;
        gauges.measure(&*shared.inbox).await;
        sleep_until(next).await;
    }
}

/// Measures until the inbox stops or its store is gone, in a process without a worker: it alone sees that no worker runs. `own` are the
/// endpoints of the process.
pub(crate) async fn keep_measuring(
    store: Weak<dyn InboxStore>,
    own: BTreeSet<String>,
    stop: CancellationToken,
) {
    let mut gauges = Gauges::new(own, PATIENCE);
    loop {
        let next = Instant::now() + MEASURE_EVERY;
        let Some(store) = store.upgrade() else { return };
        let measured = stop.run_until_cancelled(gauges.measure(&*store)).await;
        drop(store);
        if measured.is_none() || stop.run_until_cancelled(sleep_until(next)).await.is_none() {
            return;
        }
    }
}

/// Sets the gauges of the backlog from the counts of the store. A failure of the store leaves them as they are.
struct Gauges {
    patience: Duration,
    outage: Outage,
    /// The names of the process, and those that had events since: a gauge would keep the last number of events that are purged.
    sources: BTreeSet<String>,
    known: KnownPauses,
}

/// The pauses of the last measurement.
#[derive(Default)]
struct KnownPauses {
    /// The names that were paused.
    paused: BTreeSet<String>,
    /// The sources for which a pause of another name held.
    held: BTreeSet<String>,
}

impl Gauges {
    /// `own` are the sources that have gauges before they have events, and `patience` is the time that the store has to answer.
    fn new(own: BTreeSet<String>, patience: Duration) -> Self {
        Self { patience, outage: Outage::of("stats"), sources: own, known: KnownPauses::default() }
    }

    async fn measure(&mut self, store: &dyn InboxStore) {
        match within(self.patience, store.counts()).await {
            Ok(stats) => {
                self.outage.over();
                if let Some(mut stats) = stats {
                    self.add_sources_without_events(&mut stats);
                    stats.sources.iter().for_each(report);
                    report_pauses(&stats, &mut self.known.paused);
                    warn_of_pauses(&stats, &mut self.known.held);
                }
            }
            Err(error) => self.outage.failed(&error),
        }
    }

    fn add_sources_without_events(&mut self, stats: &mut Stats) {
        let present: BTreeSet<_> = stats.sources.iter().map(|of| of.source.clone()).collect();
        let without = self.sources.difference(&present);
        stats
            .sources
            .extend(without.map(|source| SourceStats { source: source.clone(), ..SourceStats::default() }));
        self.sources.extend(present);
    }
}

fn report(stats: &SourceStats) {
    for state in EventState::ALL {
        let events = match state {
            EventState::Ready => stats.ready,
            EventState::Running => stats.running,
            EventState::Done => stats.done,
            EventState::Dead => stats.dead,
            EventState::Unverified => stats.unverified,
        };
        let labels = [("source", stats.source.clone()), ("state", state.as_str().to_owned())];
        gauge!(telemetry::BACKLOG, &labels).set(events as f64);
    }
    let oldest = stats.oldest_due.unwrap_or_default().as_secs_f64();
    gauge!(telemetry::OLDEST_READY, "source" => stats.source.clone()).set(oldest);
}

/// Reports endpoints and subscriptions with events, paused names, and those that were `paused` before.
fn report_pauses(stats: &Stats, paused: &mut BTreeSet<String>) {
    paused.extend(stats.pauses.iter().map(|pause| pause.source.clone()));
    let sources = stats.sources.iter().map(|of| &of.source).chain(&*paused).collect::<BTreeSet<_>>();
    for source in sources {
        let is_paused = stats.pause(source).is_some();
        gauge!(telemetry::PAUSED, "source" => source.clone()).set(f64::from(u8::from(is_paused)));
    }
    paused.retain(|source| stats.pause(source).is_some());
}

/// Names each source once whose events wait because of the pause of an endpoint above it. The pause may be older than
/// the subscription, and not meant for it.
fn warn_of_pauses(stats: &Stats, held: &mut BTreeSet<String>) {
    for SourceStats { source, .. } in &stats.sources {
        match stats.pause(source).filter(|pause| pause.source != *source) {
            None => drop(held.remove(source)),
            Some(pause) if held.insert(source.clone()) => warn!(
                target: "countersign", source, paused = pause.source, actor = pause.actor,
                "the events of a subscription wait, because the pause of its endpoint holds for them: resume the endpoint \
                 if that was not meant"
            ),
            Some(_) => {}
        }
    }
}

pub(super) const MEASURE_EVERY: Duration = Duration::from_secs(15);
const PATIENCE: Duration = Duration::from_secs(5);
