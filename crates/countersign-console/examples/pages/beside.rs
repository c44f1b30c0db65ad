//! Accepts that run beside pages, and their controls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use countersign_console::{Console, Operator, Policy, Refusal, Role};
use countersign_inbox::OpsStore;
use countersign_test_servers::execute;
use http::request::Parts;
use sha2::{Digest, Sha256};
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};
use tokio::time::{interval, sleep};

use crate::Measured;
use crate::visit::Target;

/// Operators with browsers.
pub(crate) struct Clients {
    console: Console,
    store: Arc<dyn OpsStore>,
}

impl Clients {
    pub(crate) fn new(console: Console, store: Arc<dyn OpsStore>) -> Self {
        Self { console, store }
    }

    /// Begins to ask for pages in turn: as fast as the responses come, or one page in each period.
    pub(crate) fn look(&self, pages: &[Measured], count: usize, pace: Option<Duration>) -> Looking {
        let is_over = Arc::new(AtomicBool::new(false));
        let mut clients = JoinSet::new();
        for nth in 0..count {
            let (console, pages, is_over) = (self.console.clone(), pages.to_vec(), Arc::clone(&is_over));
            clients.spawn(async move {
                let (mut ticks, mut work) = (pace.map(interval), Vec::new());
                for page in pages.iter().cycle().skip(nth) {
                    if let Some(ticks) = &mut ticks {
                        ticks.tick().await;
                    }
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    page.target.visit(&console).await;
                    work.push(page.alone);
                }
                work
            });
        }
        Looking { is_over, clients }
    }

    /// Begins to ask for the inline attempts, whose table is locked.
    pub(crate) fn wait_for_the_lock(&self, count: usize) -> JoinSet<()> {
        self.visit_once(&self.console, "/attempts", count)
    }

    /// Begins to ask for a page whose policy waits so long.
    pub(crate) fn wait_for_the_policy(&self, count: usize, time: Duration) -> JoinSet<()> {
        let console = Console::new(Arc::clone(&self.store), SlowPolicy(time));
        self.visit_once(&console, "/providers?q=stripe", count)
    }

    fn visit_once(&self, console: &Console, path: &str, count: usize) -> JoinSet<()> {
        let mut clients = JoinSet::new();
        for _ in 0..count {
            let (console, target) = (console.clone(), Target::page(path));
            clients.spawn(async move { drop(target.visit(&console).await) });
        }
        clients
    }
}

/// Clients that ask for pages.
pub(crate) struct Looking {
    is_over: Arc<AtomicBool>,
    clients: JoinSet<Vec<Duration>>,
}

impl Looking {
    /// Ends it. Returns the time that each page takes alone.
    pub(crate) async fn end(self) -> Vec<Duration> {
        self.is_over.store(true, Ordering::Relaxed);
        self.clients.join_all().await.into_iter().flatten().collect()
    }
}

struct SlowPolicy(Duration);

impl Policy for SlowPolicy {
    async fn authorize(&self, _: &Parts) -> Result<Operator, Refusal> {
        sleep(self.0).await;
        Operator::new("bench", Role::Operator)
    }
}

/// A session that has locked a table which pages read, and accepts do not.
pub(crate) struct Lock {
    url: String,
    session: JoinHandle<String>,
}

impl Lock {
    /// Locks the inline attempts.
    pub(crate) async fn take(url: &str) -> Self {
        let of = url.to_owned();
        let lock = Self { url: url.to_owned(), session: spawn_blocking(move || execute(&of, LOCK)) };
        while !lock.is_held().await {}
        lock
    }

    async fn is_held(&self) -> bool {
        let url = self.url.clone();
        spawn_blocking(move || execute(&url, HELD)).await.unwrap() == "t"
    }

    /// Ends it, which must not have ended before: pages would not have waited.
    pub(crate) async fn end(self) {
        assert!(self.is_held().await, "the lock has ended before the phase");
        let url = self.url.clone();
        spawn_blocking(move || execute(&url, UNLOCK)).await.unwrap();
        self.session.await.unwrap();
    }
}

/// A thread that computes as long as pages did, at the same rate, without a page and a store.
pub(crate) struct Control {
    threads: Vec<thread::JoinHandle<Vec<Duration>>>,
    /// The threads end with them.
    ends: Vec<mpsc::Sender<()>>,
}

impl Control {
    /// Begins to do this work within the time. Two threads do it if it is more than one can do.
    pub(crate) fn start(work: &[Duration], time: Duration, rounds_per_second: f64) -> Self {
        let count = if work.iter().sum::<Duration>() > time { 2 } else { 1 };
        let pace = time / u32::try_from(work.len().max(1)).unwrap();
        let (mut threads, mut ends) = (Vec::new(), Vec::new());
        for nth in 0..count {
            let work: Vec<_> = work.iter().copied().enumerate().skip(nth).step_by(count).collect();
            let (end, is_over) = mpsc::channel();
            ends.push(end);
            threads.push(thread::spawn(move || {
                let (start, mut done) = (Instant::now(), Vec::new());
                for (place, page) in work {
                    // What is late is done at once.
                    let early = (pace * u32::try_from(place).unwrap()).saturating_sub(start.elapsed());
                    if is_over.recv_timeout(early) != Err(RecvTimeoutError::Timeout) {
                        break;
                    }
                    compute((page.as_secs_f64() * rounds_per_second) as u64);
                    done.push(page);
                }
                done
            }));
        }
        Self { threads, ends }
    }

    /// Ends it. Returns the work that is done.
    pub(crate) fn end(self) -> Vec<Duration> {
        drop(self.ends);
        self.threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    }
}

/// Returns the rounds that a processor computes in a second, by the fastest of several runs. Nothing else should run meanwhile.
pub(crate) fn calibrate() -> f64 {
    const ROUNDS: u64 = 50_000;
    let run = |_| {
        let start = Instant::now();
        compute(ROUNDS);
        ROUNDS as f64 / start.elapsed().as_secs_f64()
    };
    (0..20).map(run).fold(0.0, f64::max)
}

fn compute(rounds: u64) {
    let mut digest = [0; 32];
    for _ in 0..rounds {
        digest = Sha256::digest(digest).into();
    }
    std::hint::black_box(digest);
}

/// Until it is cancelled.
const LOCK: &str = "BEGIN; LOCK TABLE countersign.inline_attempt IN ACCESS EXCLUSIVE MODE;
    DO $$ BEGIN PERFORM pg_sleep(600); EXCEPTION WHEN query_canceled THEN NULL; END $$; COMMIT";
const UNLOCK: &str =
    "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted
    AND relation = 'countersign.inline_attempt'::regclass";
const HELD: &str = "SELECT EXISTS (SELECT FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted
    AND relation = 'countersign.inline_attempt'::regclass)";
