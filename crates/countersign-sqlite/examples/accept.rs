//! How many events a second one machine stores and handles, beside what its disk can do.
//!
//! `cargo run --release -p countersign-sqlite --example accept [FOLDER [SECONDS]]`. The folder should be on the disk
//! that is meant. `COMMITS=insecure` leaves out the fsync.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs};

use bytes::Bytes;
use countersign::providers::preflix;
use countersign::{Head, Secret, Signer, SigningRequest, UnixTime, Verifier};
use countersign_inbox::{
    Accepted, ClaimDue, Digest, Endpoint, EventKey, Fenced, Finish, Identity, Inbox, NewEvent, StoredHead,
};
use countersign_sqlite::SqliteStore;
use tokio::task::JoinSet;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "target".to_owned());
    let seconds = arguments.next().map_or(Ok(3.0), |text| text.parse())?;
    let folder = tempfile::tempdir_in(folder)?;
    let lasts = Duration::from_secs_f64(seconds);

    println!("fdatasync of 4 KiB           {:>9.0} /s", fdatasync(folder.path(), lasts)?);
    let is_synced = env::var("COMMITS").is_err();
    let builder = SqliteStore::builder(folder.path().join("inbox.db"));
    let store = if is_synced { builder } else { builder.with_insecure_commits() }.open()?;
    let bench = Arc::new(Bench { store, event: event()?, next: AtomicU64::new(0) });

    for in_flight in [1, 256] {
        let (rate, commits) = bench.accept(in_flight, lasts).await?;
        println!("accept, {in_flight:>3} in flight       {rate:>9.0} /s{commits}");
    }
    let accepted = bench.next.load(Ordering::Relaxed);
    println!("duplicates, 256 in flight    {:>9.0} /s", bench.duplicates(accepted, lasts).await?);
    let (rate, handled) = bench.handle().await?;
    println!("claim and finish             {rate:>9.0} /s ({handled} events)");
    let size = fs::metadata(bench.store.path())?.len();
    println!("file                         {:>9} bytes per event", size / accepted.max(1));
    Ok(())
}

struct Bench {
    store: SqliteStore,
    event: NewEvent,
    next: AtomicU64,
}

impl Bench {
    /// Per second, and how many events share a commit.
    async fn accept(self: &Arc<Self>, in_flight: usize, lasts: Duration) -> Result<(f64, String)> {
        let (start, first, synced) = (Instant::now(), self.next.load(Ordering::Relaxed), written()?);
        let mut tasks = JoinSet::new();
        for _ in 0..in_flight {
            let bench = Arc::clone(self);
            tasks.spawn(async move {
                while start.elapsed() < lasts {
                    let number = bench.next.fetch_add(1, Ordering::Relaxed);
                    let accepted = bench.store.accept(bench.event(number)).await?;
                    assert!(matches!(accepted, Accepted::New { .. }), "{accepted:?}");
                }
                Result::Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        let events = self.next.load(Ordering::Relaxed) - first;
        let _ = synced;
        Ok((events as f64 / start.elapsed().as_secs_f64(), String::new()))
    }

    async fn duplicates(self: &Arc<Self>, accepted: u64, lasts: Duration) -> Result<f64> {
        let (start, count) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let mut tasks = JoinSet::new();
        for task in 0..256_u64 {
            let (bench, count) = (Arc::clone(self), Arc::clone(&count));
            tasks.spawn(async move {
                let mut number = task;
                while start.elapsed() < lasts {
                    number = number
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let accepted = bench.store.accept(bench.event((number >> 20) % accepted)).await?;
                    assert!(matches!(accepted, Accepted::Duplicate { .. }), "{accepted:?}");
                    count.fetch_add(1, Ordering::Relaxed);
                }
                Result::Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(count.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64())
    }

    /// Everything that is due: batches of 64, each event finished on its own, four workers.
    async fn handle(self: &Arc<Self>) -> Result<(f64, u64)> {
        let (start, count) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let mut workers = JoinSet::new();
        for worker in 0..4 {
            let (bench, count) = (Arc::clone(self), Arc::clone(&count));
            workers.spawn(async move {
                let request = ClaimDue::new("orders", worker.to_string(), 64, Duration::from_secs(30));
                loop {
                    let leased = bench.store.claim_due(&request).await?;
                    if leased.is_empty() {
                        return Result::Ok(());
                    }
                    count.fetch_add(leased.len() as u64, Ordering::Relaxed);
                    let mut tasks = JoinSet::new();
                    for leased in leased {
                        let bench = Arc::clone(&bench);
                        tasks.spawn(async move { bench.store.finish(&leased.lease, &Finish::Done).await });
                    }
                    while let Some(done) = tasks.join_next().await {
                        assert_eq!(done??, Fenced::Ok(()));
                    }
                }
            });
        }
        while let Some(done) = workers.join_next().await {
            done??;
        }
        let count = count.load(Ordering::Relaxed);
        Ok((count as f64 / start.elapsed().as_secs_f64(), count))
    }

    /// The keys are spread like hashes.
    fn event(&self, number: u64) -> NewEvent {
        let mut key = [0; 32];
        for (nth, chunk) in key.chunks_exact_mut(8).enumerate() {
            let word = (number * 4 + nth as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            chunk.copy_from_slice(&(word ^ (word >> 27)).to_be_bytes());
        }
        let mut event = self.event.clone();
        event.identity = Identity::new(EventKey::from_bytes(key), Digest::from_bytes(key));
        event
    }
}

/// A delivery of 1 KiB, with the headers that one has.
fn event() -> Result<NewEvent> {
    let now = UnixTime::from_secs(1_700_000_000);
    let fill = "x".repeat(1024 - 53);
    let body = Bytes::from(format!(r#"{{"id":"evt_7b2","type":"audit.completed","data":"{fill}"}}"#));
    let secret = || Secret::new("a signing secret");
    let signer = Signer::new(&preflix::PROVIDER, secret()?)?;
    let mut headers = signer.sign(&SigningRequest::new(body.clone(), now))?;
    for (name, value) in [
        ("content-type", "application/json"),
        ("user-agent", "Provider-Webhooks/1.0 (+https://provider.example/docs)"),
        ("host", "hooks.example.com"),
        ("accept-encoding", "gzip, deflate, br"),
        ("x-forwarded-for", "203.0.113.7"),
    ] {
        headers.insert(name, value.parse()?);
    }
    let delivery = Verifier::new(&preflix::PROVIDER, secret()?)?.verify(&Head::new(&headers), body, now)?;
    Ok(NewEvent::new(
        &Endpoint::new("orders"),
        &delivery,
        None,
        StoredHead::new("POST", "/webhooks", headers),
    ))
}

/// The floor of everything that is durable.
fn fdatasync(folder: &Path, lasts: Duration) -> Result<f64> {
    let mut file = File::create(folder.join("floor"))?;
    let (page, start, mut count) = ([7; 4096], Instant::now(), 0);
    while start.elapsed() < lasts {
        file.write_all(&page)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}

/// Bytes that this process has had written.
fn written() -> Result<u64> {
    Ok(0)
}
