//! Accepts with and without operators who look at the slowest pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use countersign_console::Console;
use countersign_inbox::{Accepted, InboxStore};
use countersign_testkit::conformance::inbox::sample_event;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

use crate::quantiles;
use crate::visit::Target;

/// Prints rates and latencies of rounds in turns, and the medians of the ratios: beside clients that ask for these pages as fast as they can, or
/// beside one that asks for a page in each period.
pub(crate) async fn compare(
    inbox: &Arc<dyn InboxStore>,
    console: &Console,
    targets: &[Target],
    pace: Option<Duration>,
) {
    match pace {
        None => {
            let names: Vec<_> = targets.iter().map(|page| page.path.as_str()).collect();
            println!("\n{CLIENTS} clients in a loop at {}:\n", names.join(", "));
        }
        Some(pace) => println!("\nA page every {pace:?}, each of the pages in turn:\n"),
    }
    println!(
        "| round | accepts/s alone | beside pages | p99 ms alone | beside pages | pages/s |\n|---|---|---|---|---|---|"
    );
    let (mut rates, mut tails) = (Vec::new(), Vec::new());
    let kind = pace.map_or("loop", |_| "paced");
    for round in 1..=ROUNDS {
        let alone = accept(inbox, &format!("{kind}_{round}_alone")).await;
        let (is_over, pages) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut clients = JoinSet::new();
        for nth in 0..pace.map_or(CLIENTS, |_| 1) {
            let (console, targets) = (console.clone(), targets.to_vec());
            let (is_over, pages) = (Arc::clone(&is_over), Arc::clone(&pages));
            clients.spawn(async move {
                let mut ticks = pace.map(interval);
                for target in targets.iter().cycle().skip(nth) {
                    if is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    if let Some(ticks) = &mut ticks {
                        ticks.tick().await;
                    }
                    target.visit(&console).await;
                    pages.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let beside = accept(inbox, &format!("{kind}_{round}_beside")).await;
        is_over.store(true, Ordering::Relaxed);
        clients.join_all().await;
        let pages = pages.load(Ordering::Relaxed) as f64 / TIME.as_secs_f64();
        let (rate, tail) = (beside.0 / alone.0, beside.1 / alone.1);
        println!(
            "| {round} | {:.0} | {:.0} ({rate:.2}) | {:.1} | {:.1} ({tail:.2}) | {pages:.1} |",
            alone.0, beside.0, alone.1, beside.1
        );
        rates.push(rate);
        tails.push(tail);
    }
    for ratios in [&mut rates, &mut tails] {
        ratios.sort_by(f64::total_cmp);
    }
    println!("\nmedians: {:.2} of the accepts, {:.2} of the p99", rates[ROUNDS / 2], tails[ROUNDS / 2]);
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
const CLIENTS: usize = 8;
const IN_FLIGHT: usize = 32;
const TIME: Duration = Duration::from_secs(4);
