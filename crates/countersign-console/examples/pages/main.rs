//! Measures the server time of each page of the operations page on stores with many events, and what the pages cost accepts:
//!
//! ```sh
//! cargo run --release -p countersign-console --example pages -- 1000000 [sqlite|postgres] [accepts]
//! ```
//!
//! With `accepts`, it measures the pages roughly, for the comparison of accepts beside them.
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
mod beside;
mod postgres;
mod sqlite;
mod targets;
mod visit;

use std::cmp::Reverse;
use std::env;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_console::{Console, Operator, Refusal, Role};
use countersign_inbox::{InboxStore, OpsStore};
use http::request::Parts;

use crate::beside::Clients;
use crate::targets::targets;
use crate::visit::{Target, begin, forms, next};

/// A store that a server uses, with its events.
struct Filled {
    name: &'static str,
    inbox: Arc<dyn InboxStore>,
    ops: Arc<dyn OpsStore>,
    /// The address of a database whose tables can be locked.
    url: Option<String>,
    /// Ends with it: the folder or the server.
    _of: Box<dyn std::any::Any>,
}

/// A page that is measured.
#[derive(Clone, Debug)]
struct Measured {
    target: Target,
    /// The median of its times while nothing else runs.
    alone: Duration,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut arguments = env::args().skip(1);
    let size = arguments.next().map_or(1_000_000, |size| size.parse().unwrap());
    let others: Vec<_> = arguments.collect();
    let calls = if others.iter().any(|other| other == "accepts") { FEW_CALLS } else { CALLS };
    let is_wanted = |name: &str| {
        others.iter().any(|other| other == name) || !others.iter().any(|other| STORES.contains(&&**other))
    };
    if is_wanted(STORES[0]) {
        measure(sqlite::filled(size).await, size, calls).await;
    }
    if is_wanted(STORES[1]) {
        measure(postgres::filled(size).await, size, calls).await;
    }
}

async fn measure(store: Filled, size: i64, calls: usize) {
    let console = Console::new(Arc::clone(&store.ops), |_: &Parts| -> Result<Operator, Refusal> {
        Operator::new("bench", Role::Operator)
    });
    let stats = store.ops.stats().await.unwrap();
    let counted: u64 = stats.sources.iter().map(|of| of.ready + of.done + of.dead).sum();
    assert_eq!((stats.sources.len(), i64::try_from(counted)), (4, Ok(size)), "{stats:?}");
    println!("\n{}, {size} events\n\n| page | least ms | p50 ms | p95 ms |\n|---|---|---|---|", store.name);
    let mut pages = Vec::new();
    let mut all: Vec<_> = targets(size).into_iter().map(Target::page).collect();
    all.extend(forms(&console, size).await);
    for target in all {
        let mut took = Vec::new();
        for _ in 0..calls {
            let start = Instant::now();
            target.visit(&console).await;
            took.push(start.elapsed());
        }
        let (path, _) = target.path.split_once("&done=").unwrap_or((&target.path, ""));
        let method = if target.form.is_some() { "POST " } else { "" };
        let alone = print(&format!("{method}{path}"), &mut took);
        if target.form.is_none() {
            pages.push(Measured { target, alone });
        }
    }
    measure_parts(&console, calls).await;
    pages.sort_by_key(|page| Reverse(page.alone));
    let clients = Clients::new(console, Arc::clone(&store.ops));
    accepts::compare(&store, &clients, &pages).await;
}

/// Measures a change in parts: each request for the next parts, and the result behind some of them.
async fn measure_parts(console: &Console, calls: usize) {
    let mut result = begin(console).await;
    let (mut changes, mut results) = (Vec::new(), Vec::new());
    for _ in 0..calls {
        let start = Instant::now();
        let page = result.visit(console).await;
        results.push(start.elapsed());
        let Some(mut next) = next(&page) else { break };
        loop {
            let start = Instant::now();
            let address = next.visit(console).await;
            changes.push(start.elapsed());
            next = Target::page(address.trim_start_matches(".."));
            if !next.path.starts_with("/changed/next") {
                break;
            }
        }
        result = next;
    }
    print("/changed", &mut results);
    if !changes.is_empty() {
        print("/changed/next", &mut changes);
    }
}

/// Prints the row of a page, and returns the median.
fn print(page: &str, took: &mut [Duration]) -> Duration {
    let [least, half, most] = quantiles(took, [0.0, 0.5, 0.95]);
    println!("| `{page}` | {least:.1} | {half:.1} | {most:.1} |");
    Duration::from_secs_f64(half / 1000.0)
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
const FEW_CALLS: usize = 5;
const STORES: [&str; 2] = ["sqlite", "postgres"];
