//! Measures accepts per second at several numbers in flight, next to pgbench, which sends the same bytes in the same statement,
//! to the same tables and on as many connections. pgbench builds no arrays, and reads no answer:
//!
//! ```sh
//! cargo run --release -p countersign-postgres --example accept
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
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use countersign_inbox::{
    Accepted, AttemptNote, ClaimDue, Digest, EventKey, Finish, Identity, InboxStore, NewEvent,
};
use countersign_postgres::PostgresStore;
use countersign_test_servers::Postgres;
use countersign_testkit::conformance::inbox::sample_event;
use sqlx::query;

#[tokio::main]
async fn main() {
    let server = env::var("POSTGRES_URL").is_err().then(Postgres::start);
    let url = server.as_ref().map_or_else(|| env::var("POSTGRES_URL").unwrap(), Postgres::url);
    let store = PostgresStore::connect(&url).await.unwrap();
    for in_flight in [1, 16, 64] {
        report(&format!("accept, {in_flight} in flight"), accepts(&store, in_flight).await);
    }
    report("duplicates, 256 in flight", duplicates(&store, 256).await);
    // Interleaved, because of other load on the machine. 256 in flight on four connections is 64 in a statement.
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let ours = accepts(&store, 256).await;
        query("CHECKPOINT").execute(store.pool()).await.unwrap();
        let Some(theirs) = pgbench(&url, 4, 64) else {
            println!("pgbench is not installed");
            return;
        };
        query("CHECKPOINT").execute(store.pool()).await.unwrap();
        report("accept, 256 in flight", ours);
        report("pgbench, 4 clients, 64 rows", theirs);
        ratios.push(ours / theirs);
    }
    ratios.sort_by(f64::total_cmp);
    report("claim, then done, in 64s", claims(&store).await);
    println!("ratio, median of {ROUNDS}: {:.2}", ratios[ROUNDS / 2]);
}

/// Stores new events, each as soon as the one before it is stored.
async fn accepts(store: &PostgresStore, in_flight: u64) -> f64 {
    let (count, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let tasks: Vec<_> = (0..in_flight)
        .map(|_| {
            let (store, count, stop) = (store.clone(), Arc::clone(&count), Arc::clone(&stop));
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let accepted = store.accept(event(EventKey::random())).await.unwrap();
                    assert!(matches!(accepted, Accepted::New { .. }));
                    count.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let rate = rate(&count).await;
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    rate
}

async fn duplicates(store: &PostgresStore, in_flight: u64) -> f64 {
    let keys: Arc<[EventKey]> = (0..1000).map(|_| EventKey::random()).collect();
    for key in keys.iter().copied() {
        store.accept(event(key)).await.unwrap();
    }
    let (count, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let tasks: Vec<_> = (0..in_flight)
        .map(|first| {
            let (store, keys) = (store.clone(), Arc::clone(&keys));
            let (count, stop) = (Arc::clone(&count), Arc::clone(&stop));
            tokio::spawn(async move {
                for key in keys.iter().copied().cycle().skip(usize::try_from(first).unwrap() * 3) {
                    let accepted = store.accept(event(key)).await.unwrap();
                    assert!(matches!(accepted, Accepted::Duplicate { .. }));
                    count.fetch_add(1, Ordering::Relaxed);
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                }
            })
        })
        .collect();
    let rate = rate(&count).await;
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    rate
}

/// Claims the accepted events with four workers.
async fn claims(store: &PostgresStore) -> f64 {
    let (count, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let (store, count, stop) = (store.clone(), Arc::clone(&count), Arc::clone(&stop));
            tokio::spawn(async move {
                let request = ClaimDue::new("orders", "worker", 64, Duration::from_secs(60));
                while !stop.load(Ordering::Relaxed) {
                    let leased = store.claim_due(&request).await.unwrap();
                    assert!(!leased.is_empty(), "everything is done");
                    let finishes: Vec<_> = leased
                        .into_iter()
                        .map(|leased| {
                            let store = store.clone();
                            tokio::spawn(async move {
                                store.finish(&leased.lease, &Finish::Done, AttemptNote::NONE).await
                            })
                        })
                        .collect();
                    for finish in finishes {
                        let _ = finish.await.unwrap().unwrap();
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    let rate = rate(&count).await;
    stop.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await.unwrap();
    }
    rate
}

/// Runs the statement of `accept` in pgbench. Heads and bodies are parameters; keys, ids and the other short columns are
/// generated by the server, because pgbench has no arrays.
fn pgbench(url: &str, clients: u32, rows: u32) -> Option<f64> {
    let each = |value: &str| format!("ARRAY(SELECT {value} FROM generate_series(1, {rows}) n)");
    let digest = "sha256((:base::text || n::text)::bytea)";
    // Spread over the index, as ids of events are.
    let id = "encode(sha256((:base::text || n::text)::bytea), 'hex')";
    let columns = [
        digest,
        digest,
        "NULL",
        "false",
        "true",
        "'orders'",
        "'acme'",
        "'preflix'",
        id,
        "'audit.completed'",
        "1700000000000",
    ];
    let array = |element: &str| format!("{{{}}}", vec![element; rows as usize].join(","));
    let sent = [("heads", array(&"h".repeat(100))), ("bodies", array(&"b".repeat(BODY.len())))];
    let mut sql = include_str!("../src/sql/accept.sql").replace("{schema}", "countersign");
    for (place, column) in (1..).zip(columns) {
        sql = sql.replace(&format!("${place}::"), &format!("{}::", each(column)));
    }
    sql = sql.replace("$12::", ":heads::").replace("$13::", ":bodies::");
    for optional in ["$14::", "$16::"] {
        sql = sql.replace(optional, &format!("{}::", each("NULL")));
    }
    // The time for which a batch waits for a lock.
    sql = sql.replace("$15::text", "'50ms'::text");
    let sql: Vec<_> = sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("accept.sql");
    std::fs::write(&script, format!("\\set base random(1, 9000000000000000000)\n{};\n", sql.join("\n")))
        .unwrap();
    let output = Command::new(program()?)
        .args([
            "-n",
            "-M",
            "prepared",
            "-j",
            "2",
            "-c",
            &clients.to_string(),
            "-T",
            &SECONDS.to_string(),
            "-f",
        ])
        .arg(&script)
        .args(sent.iter().flat_map(|(name, value)| ["-D".to_owned(), format!("{name}={value}")]))
        .arg(url)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let Some(line) = text.lines().find(|line| line.starts_with("tps")) else {
        panic!("{text}{}", String::from_utf8_lossy(&output.stderr));
    };
    let statements: f64 = line.split(' ').nth(2)?.parse().ok()?;
    Some(statements * f64::from(rows))
}

fn program() -> Option<PathBuf> {
    let mut versions: Vec<_> = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().collect();
    versions.sort_by_key(std::fs::DirEntry::file_name);
    Some(versions.last()?.path().join("bin/pgbench"))
}

async fn rate(count: &AtomicU64) -> f64 {
    // The first second is a warm-up.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (before, start) = (count.load(Ordering::Relaxed), Instant::now());
    tokio::time::sleep(Duration::from_secs(SECONDS)).await;
    (count.load(Ordering::Relaxed) - before) as f64 / start.elapsed().as_secs_f64()
}

/// Returns an event that costs little to make.
fn event(key: EventKey) -> NewEvent {
    static TEMPLATE: LazyLock<NewEvent> = LazyLock::new(|| sample_event("orders", "evt", BODY));
    let mut event = TEMPLATE.clone();
    event.identity = Identity::new(key, Digest::from_bytes(*key.as_bytes()));
    let (high, low) = key.as_bytes().split_at(16);
    let number = |half: &[u8]| u128::from_be_bytes(half.try_into().unwrap());
    event.external_id = Some(format!("{:032x}{:032x}", number(high), number(low)));
    event
}

fn report(what: &str, rate: f64) {
    println!("{what:34} {rate:10.0}/s");
}

const BODY: Bytes = Bytes::from_static(&[b'b'; 1024]);
const SECONDS: u64 = 4;
const ROUNDS: usize = 5;
