//! Measures a store as it grows: counters, the probe, lists, and empty claims while an old snapshot keeps everything that was
//! handled in the tables. Prints a column for each number of events; 10⁷ of them take 10 GB:
//!
//! ```sh
//! cargo run --release -p countersign-postgres --example growth -- 100000 1000000
//! ```
//!
//! It starts a server of its own for each.

#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "an example stops at the first surprise, and prints"
)]

use std::env;
use std::time::{Duration, Instant};

use countersign_inbox::{ClaimDue, EventState, Filter, InboxStore, OpsStore, Page};
use countersign_postgres::PostgresStore;
use countersign_test_servers::{Postgres, execute};
use sqlx::{Connection, PgConnection, query};

#[tokio::main]
async fn main() {
    let mut sizes: Vec<u64> = env::args().skip(1).map(|size| size.parse().unwrap()).collect();
    if sizes.is_empty() {
        sizes = vec![100_000, 1_000_000];
    }
    let mut columns = Vec::new();
    for size in &sizes {
        columns.push(measure(*size).await);
    }
    let heads: String = sizes.iter().map(|size| format!(" {size} events |")).collect();
    println!(
        "median of 31 calls after {WARM_UP} others (and the least)\n\n| ms |{heads}\n|---|{}",
        "---|".repeat(sizes.len())
    );
    for (nth, (name, _)) in columns.first().into_iter().flatten().enumerate() {
        let cells: String = columns
            .iter()
            .filter_map(|rows| rows.get(nth))
            .map(|(_, ms)| format!(" {:.2} ({:.2}) |", ms.median, ms.least))
            .collect();
        println!("| {name} |{cells}");
    }
}

/// Milliseconds.
struct Took {
    median: f64,
    least: f64,
}

async fn measure(size: u64) -> Vec<(&'static str, Took)> {
    let server = Postgres::with(&[("shared_buffers", "128MB")]);
    let url = server.url();
    let store = PostgresStore::connect(&url).await.unwrap();
    fill(&url, size);
    execute(&url, "SELECT countersign.fold_event_counts()");
    execute(&url, "VACUUM (ANALYZE)");
    let mut rows = vec![
        ("`stats`", took(async || drop(store.stats().await.unwrap())).await),
        ("the probe of `ready`", took(async || store.probe().await.unwrap()).await),
    ];
    let filter = |change: fn(&mut Filter)| {
        let mut filter = Filter::default();
        change(&mut filter);
        filter
    };
    for (name, filter) in [
        ("list", filter(|_| {})),
        ("list by state: dead", filter(|of| of.state = Some(EventState::Dead))),
        ("list by state: running, there is none", filter(|of| of.state = Some(EventState::Running))),
        ("list by error", filter(|of| of.error = Some("timeout".into()))),
        ("list by error without a match", filter(|of| of.error = Some("none has it".into()))),
        (
            "list by error and state without a match",
            filter(|of| (of.error, of.state) = (Some("timeout".into()), Some(EventState::Running))),
        ),
    ] {
        rows.push((name, took(async || drop(store.list(&filter, Page::first(50)).await.unwrap())).await));
    }
    let due = ClaimDue::new("passed", "bench", 8, Duration::from_secs(30));
    let claim = async || assert!(store.claim_due(&due).await.unwrap().is_empty());
    rows.push(("empty claim", took(claim).await));
    let mut snapshot = PgConnection::connect(&url).await.unwrap();
    query("BEGIN ISOLATION LEVEL REPEATABLE READ").execute(&mut snapshot).await.unwrap();
    query("SELECT 1 FROM countersign.event LIMIT 1").execute(&mut snapshot).await.unwrap();
    pass(&url);
    // The first claims read all of it, until it is established that no transaction can add an event there.
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        claim().await;
    }
    rows.push(("empty claim, 200,000 events passed while a snapshot is held", took(claim).await));
    snapshot.close().await.unwrap();
    rows
}

/// Half of the events are done, the others ready, done and dead in thirds; a third has an error of one class.
fn fill(url: &str, size: u64) {
    for begin in (1..=size).step_by(100_000) {
        let end = (begin + 99_999).min(size);
        let sql = format!(
            "WITH stored AS (
                 INSERT INTO countersign.event (key, body_digest, source, provider, external_id, event_type, state, error,
                     received_at, stored_at, age_from, due_at, finished_at, day)
                 SELECT sha256(n::text::bytea), sha256(n::text::bytea), 'source ' || n % 3, 'preflix', 'evt_' || n,
                     'type ' || n / 100 % 5, CASE WHEN n < {size} / 2 THEN 2 WHEN n % 3 = 0 THEN 0 ELSE n % 3 + 1 END,
                     CASE WHEN n % 3 = 2 THEN 'Timeout after ' || n || ' ms' END, now(), now(), now(), now(),
                     CASE WHEN n < {size} / 2 OR n % 3 > 0 THEN now() END, now()
                 FROM generate_series({begin}, {end}) n
                 RETURNING id, day
             )
             INSERT INTO countersign.body (event_id, day, head, body)
             SELECT id, day, 'POST /', convert_to(repeat('b', 100), 'UTF8') FROM stored"
        );
        execute(url, &sql);
    }
}

/// Stores, claims and finishes events.
fn pass(url: &str) {
    for begin in (0..PASSED).step_by(20_000) {
        let stored = format!(
            "INSERT INTO countersign.event (key, body_digest, source, provider, state, received_at, stored_at, age_from, due_at, day)
             SELECT sha256(('passed' || n)::bytea), '', 'passed', 'preflix', 0, now(), now(), now(), now(), now()
             FROM generate_series({begin}, {begin} + 19999) n"
        );
        let claimed = "UPDATE countersign.event SET state = 1, due_at = now() + interval '1 s' WHERE source = 'passed' AND state = 0";
        let done = "UPDATE countersign.event SET state = 2, due_at = now(), finished_at = now() WHERE source = 'passed' AND state = 1";
        for sql in [&*stored, claimed, done] {
            execute(url, sql);
        }
    }
}

async fn took(operation: impl AsyncFn()) -> Took {
    // A connection plans a statement in each of the first five executions.
    for _ in 0..WARM_UP {
        operation().await;
    }
    let mut took = Vec::new();
    for _ in 0..31 {
        let start = Instant::now();
        operation().await;
        took.push(start.elapsed());
    }
    took.sort_unstable();
    let at = |place: usize| took.get(place).unwrap().as_secs_f64() * 1000.0;
    Took { median: at(took.len() / 2), least: at(0) }
}

const PASSED: u64 = 200_000;
const WARM_UP: usize = 6;
