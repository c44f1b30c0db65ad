use std::sync::Arc;
use std::time::Duration;

use countersign::receiver::{Receiver, Rejection};
use countersign::{Delivery, ErrorKind};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinError;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::circuit::{Admission, Effect, Passage};
use super::claim_budget::HeldBytes;
use super::finish::{Finished, finish};
use super::isolation::Isolated;
use super::renewal::{is_suspect, record_start};
use super::shared::{Shared, SourceState};
use super::status::Counts;
use super::telemetry;
use super::telemetry::span;
use crate::claim::Lease;
use crate::endpoint::Endpoint;
use crate::event::StoredEvent;
use crate::handling::{Context, DeadReason, Held, Verdict};
use crate::inbox_store::{AttemptNote, Finish, Leased};
use crate::ops::{AttemptOutcome, FailureKind};
use crate::telemetry::panic_message;

/// A leased event with a concurrency slot.
pub(super) struct Attempt {
    pub(super) leased: Leased,
    /// The time of the claim request: the lease cannot end before its lifetime from then.
    pub(super) asked_at: Instant,
    /// `None` if the store returned more events than requested, which are handled nevertheless.
    pub(super) place: Option<OwnedSemaphorePermit>,
    /// `None` if the event is not isolated.
    pub(super) isolated: Option<Isolated>,
    pub(super) bytes: HeldBytes,
    pub(super) passage: Passage,
}

/// The end of a handler.
struct End {
    result: Result<Verdict, JoinError>,
    /// The reason for a preceding cancellation.
    stop: Option<Stop>,
}

/// The result of an attempt that is to be stored.
struct AttemptResult {
    verdict: Verdict,
    /// Of the handler, if it has run.
    context: Option<Context>,
    ends_at: Instant,
    /// The time of the claim request, and the age of the event then.
    asked_at: Instant,
    age: Duration,
}

/// The reason for cancelling a handler.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stop {
    LeaseLost,
    TimedOut,
    ShutDown,
}

impl Attempt {
    /// Handles the event and stores the outcome. Stops when the worker abandons it.
    pub(super) async fn run(self, shared: &Arc<Shared>, source: &Arc<SourceState>) {
        let _watch = telemetry::PanicWatch::new(&shared.status.counts, "attempt");
        let span = span(&self.leased, &shared.settings.name);
        let handled = shared.stages.abandon.run_until_cancelled(self.handle(shared, source).instrument(span));
        if handled.await.is_none() {
            Counts::add(&shared.status.counts.abandoned);
        }
    }

    async fn handle(self, shared: &Arc<Shared>, source: &Arc<SourceState>) {
        let Self { leased, asked_at, place, isolated, bytes, passage } = self;
        let settings = &shared.settings;
        let (lease, attempt, age) = (leased.lease, leased.attempt, leased.age);
        let is_ordered = leased.event.ordering_key.is_some();
        let ends_at = asked_at + settings.lease;
        // Renewed until the outcome is stored.
        let mut hold = None;
        let mut context = None;
        let (verdict, ends_at) = if shared.stages.stop.is_cancelled() || is_refused(source, &passage) {
            (Some(Verdict::GiveBack), ends_at)
        } else if attempt > source.retries.max_attempts && has_crashed(shared, &leased) {
            (Some(crashed(attempt - 1)), ends_at)
        } else {
            let is_suspect = is_suspect(shared, &leased);
            let begins_at =
                if is_suspect { record_start(shared, lease, ends_at).await } else { Some(asked_at) };
            match begins_at {
                Some(begins_at) => {
                    let held = hold.insert(shared.leases.hold(lease, begins_at, settings.lease)).held.clone();
                    let (verdict, handled) = work(shared, source, leased, &held).await;
                    context = Some(handled);
                    (verdict, held.ends_at())
                }
                None => (None, ends_at),
            }
        };
        let Some(verdict) = verdict else {
            let code = context.as_ref().and_then(Context::response_code);
            shared.recorder.attempted(source.endpoint.name(), AttemptOutcome::Lost, code, age);
            return telemetry::lost(source.endpoint.name());
        };
        settle(shared, source, passage, &verdict);
        let verdict = verdict.within(&source.retries, attempt, age + asked_at.elapsed());
        store(shared, source, lease, attempt, AttemptResult { verdict, context, ends_at, asked_at, age })
            .await;
        drop((hold, place, isolated, bytes));
        if is_ordered {
            // The next event with its key may be due since long before.
            source.wake.notify_one();
        }
    }
}

/// Returns whether the circuit of the source lets the attempt not begin.
fn is_refused(source: &SourceState, passage: &Passage) -> bool {
    match passage {
        Passage::Refused => true,
        // It may have opened since the claim.
        Passage::Free => source.circuit.admission(Instant::now()) != Admission::Any,
        Passage::Trial(_) => false,
    }
}

/// Reports the outcome to the circuit of the source.
fn settle(shared: &Shared, source: &SourceState, passage: Passage, verdict: &Verdict) {
    let circuit = &source.circuit;
    let (effect, now) = (Effect::from(verdict), Instant::now());
    let change = match passage {
        Passage::Trial(trial) => trial.ended(effect, now),
        Passage::Free => circuit.ended(effect, now),
        Passage::Refused => None,
    };
    if let Some(change) = change {
        let name = source.endpoint.name();
        telemetry::circuit(name, circuit, &change);
        shared.recorder.circuit(name, change.pattern().map(str::to_owned));
    }
}

/// Runs the handler in a separate task, so that its panics are caught and it can be aborted. Returns no verdict if it
/// was aborted because its lease is lost: there is no outcome to store. Returns the context of the handler, too.
async fn work(
    shared: &Arc<Shared>,
    source: &Arc<SourceState>,
    leased: Leased,
    held: &Arc<Held>,
) -> (Option<Verdict>, Context) {
    let name = source.endpoint.name().to_owned();
    let cancellation = CancellationToken::new();
    let context = Context::new(&leased, cancellation.clone(), held.clone(), source.successes.clone());
    let began = Instant::now();
    telemetry::began(&name);
    let (source, event) = (source.clone(), leased.event);
    let limit = source.endpoint.handlers.timeout;
    let handled = context.clone();
    let task = async move { dispatch(&source.endpoint, event, handled).await };
    let task = AbortOnDropHandle::new(tokio::spawn(task.in_current_span()));
    let end = watch(shared, task, held, limit, &cancellation).await;
    if end.stop == Some(Stop::LeaseLost) {
        telemetry::lease_lost(&name, held.is_stale());
    }
    let verdict = verdict_of(&name, end, limit);
    telemetry::ended(&name, began.elapsed(), verdict.as_ref());
    (verdict, context)
}

/// Waits for the handler, cancels it when it must stop, and aborts it if it does not. A handler that blocks its
/// thread cannot be aborted: its event stays leased until it ends.
async fn watch(
    shared: &Shared,
    mut task: AbortOnDropHandle<Verdict>,
    held: &Held,
    limit: Duration,
    cancellation: &CancellationToken,
) -> End {
    let stop = tokio::select! {
        biased;
        result = &mut task => return End { result, stop: None },
        () = held.lost() => Stop::LeaseLost,
        () = tokio::time::sleep(limit) => Stop::TimedOut,
        () = shared.stages.cancel.cancelled() => Stop::ShutDown,
    };
    cancellation.cancel();
    let result = match timeout(shared.settings.grace(), &mut task).await {
        Ok(result) => result,
        Err(_) => {
            task.abort();
            task.await
        }
    };
    End { result, stop: Some(stop) }
}

fn verdict_of(source: &str, end: End, limit: Duration) -> Option<Verdict> {
    let retry = |kind, error| Verdict::Retry { after: None, kind, error };
    match (end.result, end.stop) {
        // The failure is a consequence of the cancellation.
        (Ok(Verdict::Retry { .. }), Some(Stop::ShutDown)) => Some(Verdict::GiveBack),
        (Ok(verdict), _) => Some(verdict),
        (Err(error), _) if error.is_panic() => {
            let message = panic_message(&*error.into_panic());
            telemetry::panicked(source, &message);
            Some(retry(FailureKind::Panic, format!("the handler panicked: {message}")))
        }
        (Err(_), Some(Stop::TimedOut)) => {
            telemetry::timed_out(source);
            Some(retry(
                FailureKind::Timeout,
                format!("the handler took longer than {limit:?}, and was aborted"),
            ))
        }
        (Err(_), Some(Stop::ShutDown)) => Some(Verdict::GiveBack),
        // The latter when the runtime ends.
        (Err(_), Some(Stop::LeaseLost) | None) => None,
    }
}

/// Returns whether the event has ended an attempt without an outcome that nothing else can have ended. An event that is taken over
/// without being isolated, which an exclusive worker does with all, had its last lease in this process: it crashed before, and
/// storing that failed.
const fn has_crashed(shared: &Shared, leased: &Leased) -> bool {
    leased.crashes > 0 || leased.is_taken_over && (shared.is_exclusive || !leased.is_isolated)
}

/// Returns the verdict if preceding attempts crashed the process or lost their lease without an outcome. An event
/// above a limit that was lowered runs once more.
fn crashed(attempts: u32) -> Verdict {
    let error = format!(
        "gave up after {attempts} attempts: the last one ended without an outcome; did it end the process?"
    );
    Verdict::Dead { why: DeadReason::Crashed, kind: FailureKind::Crash, error }
}

async fn store(
    shared: &Shared,
    source: &SourceState,
    lease: Lease,
    attempt: u32,
    AttemptResult { verdict, context, ends_at, asked_at, age }: AttemptResult,
) {
    let code = context.as_ref().and_then(Context::response_code);
    let is_unrecorded = verdict.ended().is_success() && context.is_some_and(|of| !of.is_success_recorded());
    let note = AttemptNote { code, failure: verdict.failure(), is_unrecorded };
    let finish_as = verdict.clone().into_finish(&source.retries, attempt, fastrand::f64());
    let late = || telemetry::late(source.endpoint.name(), &verdict);
    let finished = finish(shared, lease, (&finish_as, note), ends_at, late).await;
    if finished == Finished::Stored {
        shared.status.last_write.now();
        if let Finish::Retry { after, .. } | Finish::Keep { after, .. } = finish_as
            && let Some(at) = Instant::now().checked_add(after)
        {
            source.due_retries.add(at);
        }
    }
    let outcome = match finished {
        Finished::Stored | Finished::Unclear => verdict.ended(),
        Finished::Stale | Finished::Failed => AttemptOutcome::Lost,
    };
    shared.recorder.attempted(source.endpoint.name(), outcome, code, age + asked_at.elapsed());
    let is_stopping = shared.stages.stop.is_cancelled();
    telemetry::finished(source.endpoint.name(), &shared.status.counts, &verdict, finished, is_stopping);
}

/// Verifies a stored event, decodes it and runs its handler.
pub(super) async fn dispatch(endpoint: &Endpoint, event: StoredEvent, context: Context) -> Verdict {
    let delivery = match verify(&endpoint.receiver, event).await {
        Ok(delivery) => delivery,
        Err(rejection) => return refuse(&rejection),
    };
    endpoint.handlers.run(endpoint.name(), delivery, context).await
}

/// Verifies a stored request as of the time of receipt.
pub(super) async fn verify(receiver: &Receiver, event: StoredEvent) -> Result<Delivery, Rejection> {
    let StoredEvent { head, body, received_at, .. } = event;
    receiver.verify_stored(&head.method, &head.target, &head.headers, body, received_at).await
}

/// Returns the verdict of a rejection. Failures of the receiver are retried; other requests wait for their key or
/// an operator.
fn refuse(rejection: &Rejection) -> Verdict {
    let kind = rejection.kind();
    let error = match rejection.causes() {
        Some(causes) => format!("the stored request was not verified again ({kind}: {causes})"),
        None => format!("the stored request was not verified again ({kind})"),
    };
    if kind.status().is_server_error() {
        return Verdict::Retry { after: None, kind: FailureKind::Verification, error };
    }
    Verdict::Unverified { error: format!("{error}: {}", cure(kind)) }
}

const fn cure(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::SignatureMismatch | ErrorKind::NoMatchingPublicKey => {
            "either the secret that signed it was removed from the set: add it again with \
             `SecretSet::and_env` (such as `GITHUB_SECRET_OLD`), or `SecretSet::with_until` and the time of the rotation, and \
             the event is retried automatically; or the stored request was changed: discard it"
        }
        ErrorKind::UnknownTenant => {
            "the tenant is unknown now: keep its secrets until its events are handled; the event is retried \
             automatically"
        }
        _ => {
            "does the source have another provider, tolerance or public URL than the endpoint that stored it? Make them \
             equal, and the event is retried automatically; otherwise the stored request was changed: discard it"
        }
    }
}
