use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::attempt::Attempt;
use super::circuit::Admission;
use super::claim_budget::Reservation;
use super::isolation::Turn;
use super::schedule::PollInterval;
use super::shared::{Shared, SourceState};
use super::status::Heartbeat;
use crate::inbox_store::{ClaimDue, Isolation, Leased};
use crate::runtime::{Outage, within};
use crate::store::StoreError;

/// Claims due events of a source, up to the number of free slots, until the worker stops.
///
/// Errors of the store do not end it. If no event is due it waits until the store wakes the source, or until a
/// retry of this process is due. A store that cannot name due sources is polled after 50 ms, and then at growing
/// intervals of up to 5 s.
pub(super) async fn claim(
    shared: Arc<Shared>,
    source: Arc<SourceState>,
    heartbeat: Arc<Heartbeat>,
    mut idle: PollInterval,
) {
    let outage = Outage::of("claim_due");
    let mut retries = PollInterval::outage();
    let mut is_first = true;
    while !shared.stages.stop.is_cancelled() {
        heartbeat.now();
        let Some(most) = allowance(&shared, &source).await else { continue };
        let Some(mut places) = places(&shared, &source).await else { continue };
        let Some(room) = room(&shared, &source, places.num_permits()).await else { continue };
        let mut turn =
            shared.stages.stop.run_until_cancelled(shared.isolation.pass(is_first)).await.flatten();
        if shared.stages.stop.is_cancelled() {
            break;
        }
        // The limit may have changed, or others may have used it up, while the claim waited.
        let Ok(allowed) = source.rate.room(Instant::now()) else { continue };
        let most = most.min(allowed);
        let wanted = (room.bytes() / source.event_bytes()).clamp(1, places.num_permits()).min(most);
        let asked_at = Instant::now();
        match ask(&shared, &source, (wanted, room.bytes()), turn.as_ref()).await {
            Ok(leased) => {
                is_first = false;
                outage.over();
                retries.reset();
                let sizes = leased.iter().map(|leased| leased.event.held_bytes());
                let (got, bytes) = (leased.len(), sizes.clone().fold(0, usize::saturating_add));
                if let Some(largest) = sizes.max() {
                    source.learn(largest);
                }
                source.rate.begin(got, Instant::now());
                for leased in leased {
                    // Its handler has ended in this process, but the outcome was not stored.
                    if leased.crashes > 0 && shared.pending.adopt(leased.lease) {
                        continue;
                    }
                    let place = places.split(1);
                    let isolated = if leased.is_isolated { turn.take() } else { None };
                    let isolated = isolated.map(|turn| shared.isolation.begin(turn));
                    let (bytes, passage) = (room.hold(leased.event.held_bytes()), source.pass());
                    start(&shared, &source, Attempt { leased, asked_at, place, isolated, bytes, passage });
                }
                let is_all = got < wanted && bytes < room.bytes();
                drop((places, room, turn));
                if got > 0 {
                    idle.reset();
                    shared.status.last_write.now();
                }
                if is_all && wait(&shared, &source, poll_interval(&shared, &mut idle)).await {
                    idle.reset();
                }
            }
            Err(error) => {
                outage.failed(&error);
                drop((places, room, turn));
                let pause = sleep(retries.next(fastrand::f64()));
                let _ = shared.stages.stop.run_until_cancelled(pause).await;
            }
        }
    }
}

/// Returns the number of attempts that the circuit and the rate limit allow now; waits for the first one, but not so long
/// that the worker appears dead.
async fn allowance(shared: &Shared, source: &SourceState) -> Option<usize> {
    let now = Instant::now();
    let no_later =
        |until: Option<Instant>| until.map_or(now + HEARTBEAT_WAIT, |until| until.min(now + HEARTBEAT_WAIT));
    let most = match source.circuit.admission(now) {
        Admission::Any => usize::MAX,
        Admission::One => 1,
        Admission::None(until) => {
            tokio::select! {
                () = shared.stages.stop.cancelled() => {}
                () = source.circuit.changed() => {}
                () = sleep_until(no_later(until)) => {}
            }
            return None;
        }
    };
    match source.rate.room(now) {
        Ok(room) => Some(room.min(most)),
        Err(at) => {
            tokio::select! {
                () = shared.stages.stop.cancelled() => {}
                () = source.circuit.changed() => {}
                () = sleep_until(no_later(Some(at))) => {}
            }
            None
        }
    }
}

/// Acquires all free slots; waits for the first one, but not so long that the worker appears dead.
async fn places(shared: &Shared, source: &SourceState) -> Option<OwnedSemaphorePermit> {
    let first = timeout(HEARTBEAT_WAIT, source.places.clone().acquire_owned());
    let mut places = shared.stages.stop.run_until_cancelled(first).await?.ok()?.ok()?;
    // Attempts that end together make room for one claim instead of one each.
    yield_now().await;
    let more = u32::try_from(source.places.available_permits()).unwrap_or(u32::MAX);
    if let Ok(more) = source.places.clone().try_acquire_many_owned(more) {
        places.merge(more);
    }
    Some(places)
}

/// Reserves bytes for the requests of a claim for so many events. A source that handles none does not wait.
async fn room(shared: &Shared, source: &SourceState, free: usize) -> Option<Reservation> {
    let wanted = free.saturating_mul(source.event_bytes());
    if source.is_idle(free) {
        return Some(shared.budget.reserve_now(wanted));
    }
    let room = timeout(HEARTBEAT_WAIT, shared.budget.reserve(wanted));
    shared.stages.stop.run_until_cancelled(room).await?.ok()
}

/// Claims. A claim in progress is not cancelled when the worker stops: its events are given back.
async fn ask(
    shared: &Shared,
    source: &SourceState,
    (max, max_bytes): (usize, usize),
    turn: Option<&Turn>,
) -> Result<Vec<Leased>, StoreError> {
    let settings = &shared.settings;
    let mut request = ClaimDue::new(source.endpoint.name(), &settings.name, max, settings.lease);
    request.max_bytes = max_bytes;
    request.horizon = source.retries.horizon();
    request.isolation = if turn.is_some() { Isolation::Alone } else { Isolation::Without };
    request.instance = settings.instance;
    (request.isolated_pause, request.is_exclusive) = (source.retries.isolated_pause(), shared.is_exclusive);
    source.due_retries.pass(Instant::now());
    within(settings.claim_patience(), shared.inbox.claim_due(&request)).await
}

fn start(shared: &Arc<Shared>, source: &Arc<SourceState>, attempt: Attempt) {
    let (shared, source) = (shared.clone(), source.clone());
    shared.attempts.clone().spawn(async move { attempt.run(&shared, &source).await });
}

/// Returns the time until the next claim if nothing wakes the source before.
fn poll_interval(shared: &Shared, idle: &mut PollInterval) -> Duration {
    let random = fastrand::f64();
    let pause = idle.next(random);
    if shared.is_watched.load(Ordering::Relaxed) { idle.seldom(random) } else { pause }
}

/// Returns whether there is a reason to claim before the pause is over.
async fn wait(shared: &Shared, source: &SourceState, pause: Duration) -> bool {
    let until = Instant::now() + pause;
    loop {
        let due = source.due_retries.next().filter(|due| *due < until);
        tokio::select! {
            () = shared.stages.stop.cancelled() => return false,
            () = source.wake.notified() => return true,
            () = shared.isolation.ended() => return true,
            () = source.due_retries.changed() => {}
            () = sleep_until(due.unwrap_or(until)) => return due.is_some(),
        }
    }
}

/// The longest wait between heartbeats: a worker without a free slot is as alive as one without events.
pub(super) const HEARTBEAT_WAIT: Duration = Duration::from_secs(5);
