//! Measures accepts per second next to a worker with one source and with 200, which handles as many events at once. Each phase has
//! a store of its own:
//!
//! ```sh
//! cargo run --release -p countersign-sqlite --example sources [FOLDER]
//! ```

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "an example stops at the first surprise, and prints"
)]

use std::env;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use countersign::providers::preflix;
use countersign::{Delivery, Secret, Signer, SigningRequest, UnixTime, Verifier};
use countersign_inbox::{
    Context, Digest, Endpoint, EventKey, Identity, Inbox, InboxStore, NewEvent, OpsStore, Outcome, StoredHead,
};
use countersign_sqlite::SqliteStore;
use countersign_testkit::conformance::inbox::sample_event;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let folder = env::args().nth(1).unwrap_or_else(|| "target".to_owned());
    let (mut to_one, mut spread) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut rates = Vec::new();
        for (sources, targets) in [(1, 1), (200, 1), (200, 200)] {
            let folder = tempfile::tempdir_in(&folder).unwrap();
            rates.push(phase(folder.path(), sources, targets).await);
        }
        to_one.push(rates[1] / rates[0]);
        spread.push(rates[2] / rates[0]);
    }
    println!("200 sources to 1, events for one of them: {:.2}", median(to_one));
    println!("200 sources to 1, events for all of them: {:.2}", median(spread));
}

/// Returns accepts per second.
async fn phase(folder: &Path, sources: u64, targets: u64) -> f64 {
    let store = Arc::new(SqliteStore::open(folder.join("inbox.db")).unwrap());
    let worker = worker(&store, sources);
    let rate = accepts(&store, targets).await;
    let stats = store.stats().await.unwrap();
    let done = stats.sources.iter().map(|source| source.done + source.dead + source.unverified).sum::<u64>();
    let handled = done as f64 / SECONDS as f64;
    println!("{sources:3} sources, events for {targets:3}: {rate:8.0} accepts/s, {handled:8.0} handled/s");
    let _ = worker.drain().await;
    rate
}

/// Starts a worker whose handlers do nothing.
fn worker(store: &Arc<SqliteStore>, sources: u64) -> Inbox {
    let mut builder = Inbox::builder(Arc::clone(store));
    for number in 0..sources {
        let verifier = Verifier::new(&preflix::PROVIDER, Secret::new(SECRET).unwrap()).unwrap();
        let source = Endpoint::new(format!("source {number}"), verifier);
        let source = source.with_concurrency(CONCURRENCY / sources as usize);
        builder = builder.with_endpoint(source.otherwise(|_: Delivery, _: Context| async { Outcome::Done }));
    }
    builder.start_working().unwrap()
}

/// Stores new events for this many sources, 256 in flight.
async fn accepts(store: &Arc<SqliteStore>, sources: u64) -> f64 {
    let (count, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let tasks: Vec<_> = (0..256)
        .map(|_| {
            let (store, count, stop) = (Arc::clone(store), Arc::clone(&count), Arc::clone(&stop));
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let number = count.fetch_add(1, Ordering::Relaxed);
                    store.accept(event(number % sources, EventKey::random())).await.unwrap();
                }
            })
        })
        .collect();
    let (before, start) = (count.load(Ordering::Relaxed), Instant::now());
    tokio::time::sleep(Duration::from_secs(SECONDS)).await;
    let rate = (count.load(Ordering::Relaxed) - before) as f64 / start.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    rate
}

/// Returns an event of a source. All have the same request, which verifies.
fn event(source: u64, key: EventKey) -> NewEvent {
    static SIGNED: LazyLock<(StoredHead, Bytes)> = LazyLock::new(signed);
    let (head, body) = &*SIGNED;
    let mut event = sample_event(&format!("source {source}"), &format!("{key:?}"), body.clone());
    event.head = head.clone();
    event.identity = Identity::new(key, Digest::from_bytes(*key.as_bytes()));
    event
}

fn signed() -> (StoredHead, Bytes) {
    let body = format!(r#"{{"id":"evt","type":"audit.completed","data":"{}"}}"#, "d".repeat(970));
    let signer = Signer::new(&preflix::PROVIDER, Secret::new(SECRET).unwrap()).unwrap();
    let request = SigningRequest::new(body, UnixTime::from_millis(1_700_000_000_123)).with_id("evt");
    let signed = signer.sign_request(&request.with_event_type("audit.completed")).unwrap();
    (StoredHead::new("POST", "/webhooks", signed.headers), signed.body)
}

fn median(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

const SECRET: &str = "a signing secret";
/// The number of events that a worker handles at once.
const CONCURRENCY: usize = 1600;
const SECONDS: u64 = 3;
const ROUNDS: usize = 3;
