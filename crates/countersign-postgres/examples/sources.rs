//! Measures accepts per second next to a worker with one source and with 200, and the delay of an event from
//! another process. Each phase has sources of its own, because a worker would work off the backlog of earlier ones, and handles as
//! many events at once, however many sources they are spread over:
//!
//! ```sh
//! cargo run --release -p countersign-postgres --example sources
//! ```
//!
//! It starts a server with PostgreSQL's default durability; `POSTGRES_URL` selects another one.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "an example stops at the first surprise, and prints"
)]

use std::env;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use countersign::providers::preflix;
use countersign::{Delivery, Secret, Signer, SigningRequest, UnixTime, Verifier};
use countersign_inbox::{
    Context, Digest, Endpoint, EventKey, EventState, Filter, Identity, Inbox, InboxStore, NewEvent, OpsStore,
    Outcome, Page, StoredHead,
};
use countersign_postgres::PostgresStore;
use countersign_test_servers::Postgres;
use countersign_testkit::conformance::inbox::sample_event;

#[tokio::main]
async fn main() {
    let server = env::var("POSTGRES_URL").is_err().then(Postgres::start);
    let url = server.as_ref().map_or_else(|| env::var("POSTGRES_URL").unwrap(), Postgres::url);
    let (here, there) = (connect(&url).await, connect(&url).await);
    let (mut to_one, mut spread) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut rates = Vec::new();
        for (sources, targets) in [(1, 1), (200, 1), (200, 200)] {
            let name = format!("busy {round} {sources} {targets}");
            let worker = worker(&here, &name, sources);
            let before = ended(&here).await;
            let rate = accepts(&here, &name, targets).await;
            let handled = (ended(&here).await - before) as f64 / SECONDS as f64;
            println!(
                "{sources:3} sources, events for {targets:3}: {rate:8.0} accepts/s, {handled:8.0} handled/s"
            );
            rates.push(rate);
            let _ = worker.drain().await;
        }
        to_one.push(rates[1] / rates[0]);
        spread.push(rates[2] / rates[0]);
    }
    println!("200 sources to 1, events for one of them: {:.2}", median(to_one));
    println!("200 sources to 1, events for all of them: {:.2}", median(spread));

    let worker = worker(&here, "quiet", 100);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let mut waits = Vec::new();
    for number in 0..PICKED_UP {
        let key = EventKey::random();
        let start = Instant::now();
        there.accept(event("quiet", number % 100, key)).await.unwrap();
        let mut filter = Filter::default();
        filter.external_id = Some(format!("{key:?}"));
        while there.list(&filter, Page::first(1)).await.unwrap().events[0].state == EventState::Ready {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        waits.push(start.elapsed().as_secs_f64());
        tokio::time::sleep(Duration::from_millis(37)).await;
    }
    waits.sort_by(f64::total_cmp);
    println!("pick-up from another process, 100 sources: p50 {:.2} s", waits[waits.len() / 2]);
    println!("pick-up from another process, 100 sources: p99 {:.2} s", waits[waits.len() * 99 / 100]);
    let _ = worker.drain().await;
}

async fn connect(url: &str) -> PostgresStore {
    PostgresStore::connect(url).await.unwrap()
}

/// Starts a worker whose handlers do nothing.
fn worker(store: &PostgresStore, name: &str, sources: u64) -> Inbox {
    let mut builder = Inbox::builder(store.clone());
    for number in 0..sources {
        let verifier = Verifier::new(&preflix::PROVIDER, Secret::new(SECRET).unwrap()).unwrap();
        let source = Endpoint::new(format!("{name} {number}"), verifier);
        let source = source.with_concurrency(CONCURRENCY / sources as usize);
        builder = builder.with_endpoint(source.otherwise(|_: Delivery, _: Context| async { Outcome::Done }));
    }
    builder.start_working().unwrap()
}

/// Returns the number of events that neither wait nor run.
async fn ended(store: &PostgresStore) -> u64 {
    let stats = store.stats().await.unwrap();
    stats.sources.iter().map(|source| source.done + source.dead + source.unverified).sum()
}

/// Stores new events for this many sources, 256 in flight.
async fn accepts(store: &PostgresStore, name: &str, sources: u64) -> f64 {
    let (count, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let tasks: Vec<_> = (0..256)
        .map(|_| {
            let (store, count, stop) = (store.clone(), Arc::clone(&count), Arc::clone(&stop));
            let name = name.to_owned();
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let number = count.fetch_add(1, Ordering::Relaxed);
                    store.accept(event(&name, number % sources, EventKey::random())).await.unwrap();
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
fn event(name: &str, source: u64, key: EventKey) -> NewEvent {
    static SIGNED: LazyLock<(StoredHead, Bytes)> = LazyLock::new(signed);
    let (head, body) = &*SIGNED;
    let mut event = sample_event(&format!("{name} {source}"), &format!("{key:?}"), body.clone());
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
const PICKED_UP: u64 = 60;
