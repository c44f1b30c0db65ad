//! Accepts alone, beside operators who look at pages, and beside a control: the same work without a page and a store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use countersign_inbox::{Accepted, InboxStore};
use countersign_testkit::conformance::inbox::sample_event;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::beside::{Clients, Control, Lock, calibrate};
use crate::{Filled, Measured, quantiles};

/// Prints rates and latencies of accepts, as the medians of rounds, and of their ratios to those alone in the same round. `pages` begins with
/// the slowest ones.
pub(crate) async fn compare(store: &Filled, clients: &Clients, pages: &[Measured]) {
    let inbox = &store.inbox;
    let slowest = &pages[..pages.len().min(SLOWEST)];
    let names: Vec<_> = slowest.iter().map(|page| page.target.path.as_str()).collect();
    println!(
        "\n{CLIENTS} clients ask for {} as fast as they can, or one for a page every {PACE:?}.",
        names.join(", ")
    );
    println!(
        "Medians of {ROUNDS} rounds of {TIME:?}, in brackets those of the ratios to the accepts alone.\n"
    );
    let rounds_per_second = calibrate();
    let mut rows: Vec<Row> = Vec::new();
    for round in 1..=ROUNDS {
        let mut phases = Vec::new();
        let alone = accept(inbox, &format!("{round}_alone")).await;
        phases.push(Phase { name: "alone", accepts: alone, pages: 0.0, busy: 0.0 });
        for (name, control, chosen, count, pace) in [
            ("pages in a loop", "control", slowest, CLIENTS, None),
            ("a page each 200 ms", "control", pages, 1, Some(PACE)),
        ] {
            let looking = clients.look(chosen, count, pace);
            let accepts = accept(inbox, &format!("{round}_{name}")).await;
            let work = looking.end().await;
            phases.push(Phase::new(name, accepts, &work));
            let control_of = Control::start(&work, TIME, rounds_per_second);
            let accepts = accept(inbox, &format!("{round}_{name}_{control}")).await;
            phases.push(Phase::new(control, accepts, &control_of.end()));
        }
        if let Some(url) = &store.url {
            let lock = Lock::take(url).await;
            let mut waiting = clients.wait_for_the_lock(CLIENTS);
            let accepts = accept(inbox, &format!("{round}_lock")).await;
            phases.push(Phase { name: "pages that wait for a lock", accepts, pages: 0.0, busy: 0.0 });
            waiting.shutdown().await;
            lock.end().await;
        }
        let waiting = clients.wait_for_the_policy(WAITING, TIME);
        let accepts = accept(inbox, &format!("{round}_policy")).await;
        phases.push(Phase { name: "requests that wait for the policy", accepts, pages: 0.0, busy: 0.0 });
        waiting.join_all().await;
        rows.resize_with(phases.len(), Row::default);
        for (row, phase) in rows.iter_mut().zip(phases) {
            row.add(&phase, alone);
        }
    }
    println!("| {} beside | accepts/s | p99 ms | pages/s | of a core |\n|---|---|---|---|---|", store.name);
    rows.iter_mut().for_each(Row::print);
}

/// A part of a round.
struct Phase {
    name: &'static str,
    /// The rate of accepts, and the 99th percentile in milliseconds.
    accepts: (f64, f64),
    /// Pages per second.
    pages: f64,
    /// The time of these pages alone, as a share of a core.
    busy: f64,
}

impl Phase {
    fn new(name: &'static str, accepts: (f64, f64), work: &[Duration]) -> Self {
        let busy: Duration = work.iter().sum();
        let time = TIME.as_secs_f64();
        Self { name, accepts, pages: work.len() as f64 / time, busy: busy.as_secs_f64() / time }
    }
}

/// The same part of all rounds.
#[derive(Default)]
struct Row {
    name: &'static str,
    rates: Vec<f64>,
    rate_ratios: Vec<f64>,
    tails: Vec<f64>,
    tail_ratios: Vec<f64>,
    pages: Vec<f64>,
    busy: Vec<f64>,
}

impl Row {
    fn add(&mut self, phase: &Phase, alone: (f64, f64)) {
        self.name = phase.name;
        self.rates.push(phase.accepts.0);
        self.rate_ratios.push(phase.accepts.0 / alone.0);
        self.tails.push(phase.accepts.1);
        self.tail_ratios.push(phase.accepts.1 / alone.1);
        self.pages.push(phase.pages);
        self.busy.push(phase.busy);
    }

    fn print(&mut self) {
        let Self { name, rates, rate_ratios, tails, tail_ratios, pages, busy } = self;
        let [rate, rate_ratio, tail, tail_ratio, pages, busy] =
            [rates, rate_ratios, tails, tail_ratios, pages, busy].map(|values| {
                values.sort_by(f64::total_cmp);
                values[values.len() / 2]
            });
        println!(
            "| {name} | {rate:.0} ({rate_ratio:.2}) | {tail:.1} ({tail_ratio:.2}) | {pages:.1} | {busy:.2} |"
        );
    }
}

/// Accepts new events for a while, whose ids begin with a name: duplicates would cost less. Returns the rate, and the 99th percentile in milliseconds.
async fn accept(inbox: &Arc<dyn InboxStore>, name: &str) -> (f64, f64) {
    let is_over = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    for task in 0..IN_FLIGHT {
        let (inbox, is_over, name) = (Arc::clone(inbox), Arc::clone(&is_over), name.to_owned());
        tasks.spawn(async move {
            let mut took = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let id = format!("{name}_{task}_{}", took.len());
                let event = sample_event("accepted", &id, format!(r#"{{"id":"{id}"}}"#));
                let start = Instant::now();
                let accepted = inbox.accept(event).await.unwrap();
                assert!(matches!(accepted, Accepted::New { .. }), "{accepted:?}");
                took.push(start.elapsed());
            }
            took
        });
    }
    let start = Instant::now();
    sleep(TIME).await;
    is_over.store(true, Ordering::Relaxed);
    let mut took: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let rate = took.len() as f64 / start.elapsed().as_secs_f64();
    let [tail] = quantiles(&mut took, [0.99]);
    (rate, tail)
}

const ROUNDS: usize = 5;
/// The number of pages in the loop.
const SLOWEST: usize = 3;
const CLIENTS: usize = 8;
/// Requests that wait cost nothing, so that there may be many.
const WAITING: usize = 1000;
const IN_FLIGHT: usize = 32;
const TIME: Duration = Duration::from_secs(2);
/// Five pages a second: some operators whose browsers refresh.
const PACE: Duration = Duration::from_millis(200);
