use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use countersign::scheme::{Encoding, Location, Scheme, SignatureField};
use countersign::{Delivery, Head, Provider, Retries, Secret, Signer, SigningRequest, UnixTime, Verifier};
use countersign_inbox::{Acceptor, Context, Endpoint, Inbox, OpsStore, StoredHead};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::Arguments;
use crate::machine::Machine;
use crate::sample::{Latencies, Sample, memory};
use crate::store::Store;

/// All observations.
pub(crate) struct Soak {
    pub(crate) samples: Vec<Sample>,
    /// Deliveries per second.
    pub(crate) rate: u32,
    pub(crate) acknowledged: u64,
    pub(crate) handled: u64,
    pub(crate) refused: u64,
    pub(crate) left_out: u64,
    /// The ids of events that were acknowledged and not handled.
    pub(crate) lost: Vec<String>,
}

/// The observations since the last sample.
#[derive(Default)]
struct Seen {
    accepts: Vec<Duration>,
    handles: Vec<Duration>,
    /// The times at which unhandled events were acknowledged.
    waiting: HashMap<String, Instant>,
    acknowledged: u64,
    handled: u64,
    refused: u64,
    left_out: u64,
    /// Since the last sample.
    left_out_lately: u64,
}

pub(crate) async fn run(arguments: &Arguments, store: Store, duration: Duration) -> Soak {
    let verifier = Verifier::new(&PROVIDER, secret()).unwrap();
    let signer = Arc::new(Signer::new(&PROVIDER, secret()).unwrap());
    let seen = Arc::new(Mutex::new(Seen::default()));
    let note = seen.clone();
    let endpoint = Endpoint::new("soak", verifier.clone())
        .otherwise(move |delivery: Delivery, _: Context| handle(note.clone(), delivery));
    let inbox = Inbox::start(store.inbox.clone(), [endpoint]).unwrap();
    let acceptor = inbox.acceptor("soak").unwrap();

    let (began, mut samples) = (Instant::now(), Vec::new());
    let mut ticks = interval(Duration::from_secs(1) / arguments.rate);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (machine, most_waiting) = (Machine::start(), SECONDS_WAITING * arguments.rate as usize);
    let mut deliveries = JoinSet::new();
    let mut next_sample = Duration::from_secs(arguments.every);
    for number in 0_u64.. {
        ticks.tick().await;
        if began.elapsed() >= duration {
            break;
        }
        if began.elapsed() >= next_sample {
            next_sample += Duration::from_secs(arguments.every);
            samples.push(sample(began, &seen, &store, &machine).await);
        }
        {
            let mut seen = seen.lock().unwrap();
            if seen.waiting.len() >= most_waiting {
                (seen.left_out, seen.left_out_lately) = (seen.left_out + 1, seen.left_out_lately + 1);
                continue;
            }
        }
        let (signer, verifier, acceptor) = (signer.clone(), verifier.clone(), acceptor.clone());
        deliveries.spawn(deliver(signer, verifier, acceptor, seen.clone(), number));
        while deliveries.try_join_next().is_some() {}
    }
    // The last ones may not be stored yet, and are in no backlog.
    deliveries.join_all().await;
    // Events that are still in progress.
    let mut last = (u64::MAX, Instant::now());
    while last.1.elapsed() < PATIENCE {
        let left = backlog(&*store.ops).await.0;
        if left == 0 {
            break;
        }
        if left < last.0 {
            last = (left, Instant::now());
        }
        sleep(Duration::from_millis(100)).await;
    }
    let report = inbox.drain().await;
    assert!(report.is_clean(), "{report:?}");
    let seen = mem::take(&mut *seen.lock().unwrap());
    Soak {
        samples,
        rate: arguments.rate,
        acknowledged: seen.acknowledged,
        handled: seen.handled,
        refused: seen.refused,
        left_out: seen.left_out,
        lost: seen.waiting.into_keys().collect(),
    }
}

async fn deliver(
    signer: Arc<Signer>,
    verifier: Verifier,
    acceptor: Acceptor,
    seen: Arc<Mutex<Seen>>,
    number: u64,
) {
    let (id, now) = (format!("evt_{number}"), UnixTime::from(SystemTime::now()));
    let body = format!(r#"{{"id":"{id}","type":"soak.event","filler":"{}"}}"#, "x".repeat(1500));
    let headers = signer.sign(&SigningRequest::new(body.clone(), now)).unwrap();
    let asked_at = Instant::now();
    let delivery = verifier.verify(&Head::new(&headers), body, now).unwrap();
    seen.lock().unwrap().waiting.insert(id.clone(), asked_at);
    let answer = acceptor.accept(&delivery, StoredHead::new("POST", "/soak", headers)).await;
    let mut seen = seen.lock().unwrap();
    if answer.refusal().is_none() {
        seen.acknowledged += 1;
        seen.accepts.push(asked_at.elapsed());
    } else {
        seen.refused += 1;
        // It may be stored nevertheless, without a guarantee.
        seen.waiting.remove(&id);
    }
}

async fn handle(seen: Arc<Mutex<Seen>>, delivery: Delivery) {
    sleep(Duration::from_millis(5)).await;
    let id = delivery.id().map(|id| id.as_str().to_owned()).unwrap_or_default();
    let mut seen = seen.lock().unwrap();
    seen.handled += 1;
    if let Some(since) = seen.waiting.remove(&id) {
        seen.handles.push(since.elapsed());
    }
}

async fn sample(began: Instant, seen: &Mutex<Seen>, store: &Store, machine: &Machine) -> Sample {
    let (accepts, handles, left_out) = {
        let mut seen = seen.lock().unwrap();
        (mem::take(&mut seen.accepts), mem::take(&mut seen.handles), mem::take(&mut seen.left_out_lately))
    };
    let files = store.files.clone();
    let (backlog, kept) = backlog(&*store.ops).await;
    Sample {
        at: began.elapsed(),
        memory: memory(),
        size: tokio::task::spawn_blocking(move || files.size()).await.unwrap(),
        backlog,
        kept,
        left_out,
        machine: machine.speed(),
        accept: Latencies::of(accepts),
        handle: Latencies::of(handles),
    }
}

/// Returns the numbers of events that are not done, and of all events.
async fn backlog(ops: &dyn OpsStore) -> (u64, u64) {
    let stats = ops.stats().await.unwrap();
    let open =
        stats.sources.iter().map(|source| source.ready + source.running + source.unverified + source.dead);
    let (open, done) = (open.sum::<u64>(), stats.sources.iter().map(|source| source.done).sum::<u64>());
    (open, open + done)
}

fn secret() -> Secret {
    Secret::new("a secret of this program").unwrap()
}

/// A provider with a short retry window, so that ids may be forgotten early.
static PROVIDER: Provider = Provider::new(
    "soak",
    "Soak",
    Scheme::hmac_sha256(SignatureField::header("x-signature", Encoding::Hex), "{body}"),
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_retries(Retries::for_secs(60));

/// Events under way, in seconds of deliveries, before one is left out.
const SECONDS_WAITING: usize = 2;
/// Without an event that ends.
const PATIENCE: Duration = Duration::from_secs(60);
