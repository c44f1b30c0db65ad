//! Measures the server time of each page of the operations page on stores with many events, and what the pages cost accepts:
//!
//! ```sh
//! cargo run --release -p countersign-console --example pages -- 1000000 [sqlite|postgres]
//! ```
//!
//! It needs PostgreSQL, and 2 GB of disk for 10⁶ events.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an example stops at the first surprise, and prints"
)]

mod accepts;
mod postgres;
mod sqlite;
mod targets;
mod visit;

use std::env;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_console::{Console, Operator, Refusal, Role};
use countersign_inbox::{InboxStore, OpsStore};
use http::request::Parts;

use crate::targets::targets;
use crate::visit::{Target, begin, forms, next};

/// A store that a server uses, with its events.
struct Filled {
    name: &'static str,
    inbox: Arc<dyn InboxStore>,
    ops: Arc<dyn OpsStore>,
    /// Ends with it: the folder or the server.
    _of: Box<dyn std::any::Any>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = env::args().skip(1);
    let size = arguments.next().map_or(1_000_000, |size| size.parse().unwrap());
    let only = arguments.next();
    let is_wanted = |name: &str| only.as_ref().is_none_or(|only| only == name);
    if is_wanted("sqlite") {
        measure(sqlite::filled(size).await, size).await;
    }
    if is_wanted("postgres") {
        measure(postgres::filled(size).await, size).await;
    }
}

async fn measure(store: Filled, size: i64) {
    let console = Console::new(Arc::clone(&store.ops), |_: &Parts| -> Result<Operator, Refusal> {
        Operator::new("bench", Role::Operator)
    });
    let stats = store.ops.stats().await.unwrap();
    let counted: u64 = stats.sources.iter().map(|of| of.ready + of.done + of.dead).sum();
    assert_eq!((stats.sources.len(), i64::try_from(counted)), (4, Ok(size)), "{stats:?}");
    println!("\n{}, {size} events\n\n| page | least ms | p50 ms | p95 ms |\n|---|---|---|---|", store.name);
    let mut slowest = Vec::new();
    let mut all: Vec<_> = targets(size).into_iter().map(Target::page).collect();
    all.extend(forms(&console, size).await);
    for target in all {
        let mut took = Vec::new();
        for _ in 0..CALLS {
            let start = Instant::now();
            target.visit(&console).await;
            took.push(start.elapsed());
        }
        let (path, _) = target.path.split_once("&done=").unwrap_or((&target.path, ""));
        let method = if target.form.is_some() { "POST " } else { "" };
        let half = print(&format!("{method}{path}"), &mut took);
        if target.form.is_none() {
            slowest.push((half, target));
        }
    }
    measure_parts(&console).await;
    slowest.sort_by(|one, other| other.0.total_cmp(&one.0));
    let pages: Vec<_> = slowest.iter().map(|(_, target)| target.clone()).collect();
    accepts::compare(&store.inbox, &console, &pages[..3], None).await;
    accepts::compare(&store.inbox, &console, &pages, Some(PACE)).await;
}

/// Measures a change in parts: each request for the next parts, and the result behind it.
async fn measure_parts(console: &Console) {
    let mut result = begin(console).await;
    let (mut changes, mut results) = (Vec::new(), Vec::new());
    for _ in 0..CALLS {
        let start = Instant::now();
        let page = result.visit(console).await;
        results.push(start.elapsed());
        let Some(next) = next(&page) else { break };
        let start = Instant::now();
        let address = next.visit(console).await;
        changes.push(start.elapsed());
        result = Target::page(address.trim_start_matches(".."));
    }
    print("/changed", &mut results);
    if !changes.is_empty() {
        print("/changed/next", &mut changes);
    }
}

/// Prints the row of a page, and returns the median.
fn print(page: &str, took: &mut [Duration]) -> f64 {
    let [least, half, most] = quantiles(took, [0.0, 0.5, 0.95]);
    println!("| `{page}` | {least:.1} | {half:.1} | {most:.1} |");
    half
}

/// Returns quantiles in milliseconds.
fn quantiles<const N: usize>(took: &mut [Duration], shares: [f64; N]) -> [f64; N] {
    took.sort_unstable();
    shares.map(|share| {
        let place = (took.len() as f64 * share).ceil() as usize;
        took[place.saturating_sub(1)].as_secs_f64() * 1000.0
    })
}

const CALLS: usize = 50;
/// Five pages a second: some operators whose browsers refresh.
const PACE: Duration = Duration::from_millis(200);
