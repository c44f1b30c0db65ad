//! Measures how many events per second one machine stores and handles, next to the limit of its disk.
//!
//! `cargo run --release -p countersign-sqlite --example throughput [FOLDER [SECONDS]]`. The folder should be on the
//! disk to measure. `COMMITS=insecure` omits the fsync.

use std::error::Error;
use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, fs};

use bytes::Bytes;
use countersign::providers::preflix;
use countersign::{Head, Secret, Signer, SigningRequest, UnixTime, Verifier};
use countersign_inbox::telemetry::GROUP_COMMIT_SIZE;
use countersign_inbox::{
    Accepted, AttemptNote, ClaimDue, Digest, EventKey, Fenced, Finish, Identity, IdentityPolicy, InboxStore,
    NewEvent, StoredHead,
};
use countersign_sqlite::SqliteStore;
use metrics_util::CompositeKey;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "target".to_owned());
    let seconds = arguments.next().map_or(Ok(3.0), |text| text.parse())?;
    let folder = tempfile::tempdir_in(folder)?;
    let lasts = Duration::from_secs_f64(seconds);
    let commits = Commits::install()?;

    println!("fdatasync of 4 KiB         {:>9.0} /s", fdatasync(folder.path(), lasts)?);
    let is_synced = env::var("COMMITS").is_err();
    let builder = SqliteStore::builder(folder.path().join("inbox.db"));
    let store = if is_synced { builder } else { builder.insecure_unsynced_commits() }.open()?;
    let benchmark =
        Arc::new(Benchmark { store, event: event()?, next: AtomicU64::new(0), took: Mutex::default() });

    let recorded = AttemptNote::NONE;
    println!("accept,       1 in flight  {}", measure(&commits, benchmark.accept(1, lasts)).await?);
    println!("                           {}", benchmark.latencies()?);
    println!("accept,     256 in flight  {}", measure(&commits, benchmark.accept(256, lasts)).await?);
    println!("                           {}", benchmark.latencies()?);
    println!("duplicates, 256 in flight  {}", measure(&commits, benchmark.duplicates(256, lasts)).await?);
    // Twice as many: each event is in two commits, and 256 are in each commit.
    println!("claim and finish, 512      {}", measure(&commits, benchmark.handle(512, recorded)).await?);
    println!("with and without rows      {}", benchmark.compare_rows(lasts).await?);
    let size = fs::metadata(benchmark.store.path())?.len();
    println!(
        "the file                   {:>9} bytes per event",
        size / benchmark.next.load(Ordering::Relaxed).max(1)
    );
    Ok(())
}

/// Returns the rate per second, the size of commits, and the CPU time of the writer's thread per event.
async fn measure(commits: &Commits, events: impl Future<Output = Result<u64>>) -> Result<String> {
    commits.take();
    let (start, busy) = (Instant::now(), writer_time());
    let events = events.await? as f64;
    let (took, busy, commits) = (start.elapsed().as_secs_f64(), writer_time() - busy, commits.take() as f64);
    let (rate, micros) = (events / took, busy.as_secs_f64() * 1e6 / events);
    Ok(format!("{rate:>9.0} /s   {:>6.1} per commit   {micros:>5.1} µs of the writer", events / commits))
}

struct Benchmark {
    store: SqliteStore,
    event: NewEvent,
    next: AtomicU64,
    /// The duration of each accept.
    took: Mutex<Vec<Duration>>,
}

impl Benchmark {
    async fn accept(self: &Arc<Self>, in_flight: usize, lasts: Duration) -> Result<u64> {
        let (start, first) = (Instant::now(), self.next.load(Ordering::Relaxed));
        let mut tasks = JoinSet::new();
        for _ in 0..in_flight {
            let benchmark = Arc::clone(self);
            tasks.spawn(async move {
                let mut took = Vec::new();
                while start.elapsed() < lasts {
                    let (number, asked) = (benchmark.next.fetch_add(1, Ordering::Relaxed), Instant::now());
                    let accepted = benchmark.store.accept(benchmark.event(number)).await?;
                    took.push(asked.elapsed());
                    assert!(matches!(accepted, Accepted::New { .. }), "{accepted:?}");
                }
                benchmark.took.lock().map_err(|_| "a task panicked")?.append(&mut took);
                Result::Ok(())
            });
        }
        all(tasks).await?;
        Ok(self.next.load(Ordering::Relaxed) - first)
    }

    /// Returns the median and the 99th and 99.9th percentiles of the accepts.
    fn latencies(&self) -> Result<String> {
        let mut took = std::mem::take(&mut *self.took.lock().map_err(|_| "a task panicked")?);
        took.sort_unstable();
        let at = |part: f64| took.get((took.len() as f64 * part) as usize).copied().unwrap_or_default();
        Ok(format!("p50 {:.1?}, p99 {:.1?}, p99.9 {:.1?}", at(0.5), at(0.99), at(0.999)))
    }

    async fn duplicates(self: &Arc<Self>, in_flight: u64, lasts: Duration) -> Result<u64> {
        let (start, count) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let stored = self.next.load(Ordering::Relaxed);
        let mut tasks = JoinSet::new();
        for task in 0..in_flight {
            let (benchmark, count) = (Arc::clone(self), Arc::clone(&count));
            tasks.spawn(async move {
                let mut number = task;
                while start.elapsed() < lasts {
                    number = number
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let accepted = benchmark.store.accept(benchmark.event((number >> 20) % stored)).await?;
                    assert!(matches!(accepted, Accepted::Duplicate { .. }), "{accepted:?}");
                    count.fetch_add(1, Ordering::Relaxed);
                }
                Result::Ok(())
            });
        }
        all(tasks).await?;
        Ok(count.load(Ordering::Relaxed))
    }

    /// Returns what a row of each success costs: the rate of accept, claim and finish with rows as a part of that without,
    /// by the time and by the CPU time of the writer. Both take turns, so that the load of the machine is the same.
    async fn compare_rows(self: &Arc<Self>, lasts: Duration) -> Result<String> {
        let notes = [AttemptNote::NONE.unrecorded(), AttemptNote::NONE];
        let mut spent = [[0.0; 2]; 2];
        for round in 0..2 * ROUNDS {
            let (Some(note), Some(spent)) = (notes.get(round % 2), spent.get_mut(round % 2)) else {
                continue;
            };
            let (start, busy) = (Instant::now(), writer_time());
            self.accept(256, lasts / 3).await?;
            let events = self.handle(512, *note).await? as f64;
            spent[0] += start.elapsed().as_secs_f64() / events;
            spent[1] += (writer_time() - busy).as_secs_f64() / events;
        }
        let [[time, cpu], [time_with, cpu_with]] = spent;
        Ok(format!(
            "{:.3} of the rate, {:.3} by the CPU time of the writer",
            time / time_with,
            cpu / cpu_with
        ))
    }

    /// Handles all due events: claims while handlers run, up to the free slots.
    async fn handle(self: &Arc<Self>, in_flight: usize, note: AttemptNote) -> Result<u64> {
        let room = Arc::new(Semaphore::new(in_flight));
        let (mut count, mut tasks) = (0, JoinSet::new());
        loop {
            let first = Arc::clone(&room).acquire_owned().await?;
            let free = room.available_permits();
            let mut permits = Arc::clone(&room).acquire_many_owned(u32::try_from(free)?).await?;
            permits.merge(first);
            let request = ClaimDue::new("orders", "worker", free + 1, Duration::from_secs(30));
            let leased = self.store.claim_due(&request).await?;
            if leased.is_empty() {
                break;
            }
            for leased in leased {
                let (benchmark, permit) = (Arc::clone(self), permits.split(1));
                tasks.spawn(async move {
                    let finished = benchmark.store.finish(&leased.lease, &Finish::Done, note).await?;
                    assert_eq!(finished, Fenced::Ok(()));
                    drop(permit);
                    Result::Ok(())
                });
                count += 1;
            }
            while let Some(done) = tasks.try_join_next() {
                done??;
            }
        }
        all(tasks).await?;
        Ok(count)
    }

    /// Returns an event with a key distributed like a hash.
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

/// Returns a delivery of 1 KiB with typical headers.
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
        &IdentityPolicy::new("orders"),
        &delivery,
        StoredHead::new("POST", "/webhooks", headers),
    ))
}

/// Measures the lower bound of durable storage: sequential writes into allocated space, like a log's.
fn fdatasync(folder: &Path, lasts: Duration) -> Result<f64> {
    const PAGES: usize = 4096;
    let mut file = File::create(folder.join("floor"))?;
    let page = [7; 4096];
    for _ in 0..PAGES {
        file.write_all(&page)?;
    }
    file.sync_all()?;
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < lasts {
        if count % PAGES == 0 {
            file.rewind()?;
        }
        file.write_all(&page)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

async fn all(mut tasks: JoinSet<Result<()>>) -> Result<()> {
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

/// Counts commits that waited for the disk.
struct Commits(Snapshotter);

impl Commits {
    fn install() -> Result<Self> {
        let recorder = DebuggingRecorder::new();
        let commits = Self(recorder.snapshotter());
        recorder.install()?;
        Ok(commits)
    }

    /// Returns the number since the last call.
    fn take(&self) -> usize {
        let count = |(key, _, _, value): (CompositeKey, _, _, DebugValue)| match value {
            DebugValue::Histogram(values) if key.key().name() == GROUP_COMMIT_SIZE => values.len(),
            _ => 0,
        };
        self.0.snapshot().into_vec().into_iter().map(count).sum()
    }
}

/// Returns the CPU time of the writer, on systems that report it.
fn writer_time() -> Duration {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let stats = threads.filter_map(|thread| fs::read_to_string(thread.path().join("stat")).ok());
    let ticks = stats.filter(|stat| stat.contains("(sqlite-writer)")).map(|stat| {
        let fields: Vec<u64> =
            stat.split(' ').skip(13).take(2).filter_map(|field| field.parse().ok()).collect();
        fields.iter().sum::<u64>()
    });
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// The number of turns of each side of a comparison.
const ROUNDS: usize = 8;
