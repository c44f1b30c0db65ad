//! Metrics and log events of attempts.

use std::thread;
use std::time::Duration;

use metrics::{counter, gauge, histogram};
use tracing::field::Empty;
use tracing::{Span, debug, error, info, info_span, warn};

use super::circuit::{Change, Circuit, Failure};
use super::finish::Finished;
use super::status::Counts;
use crate::handling::Verdict;
use crate::inbox_store::Leased;
use crate::ops::AttemptOutcome;
use crate::telemetry::{self, TraceParent, adopt, count};

pub(super) fn began(source: &str) {
    counter!(telemetry::CONSUMED_MESSAGES, "messaging.destination.name" => source.to_owned()).increment(1);
}

/// Records the duration of the handler.
pub(super) fn ended(source: &str, took: Duration, verdict: Option<&Verdict>) {
    let source = source.to_owned();
    let failure = match verdict {
        Some(Verdict::Done | Verdict::Skip { .. }) => None,
        Some(verdict) => Some(verdict.as_str()),
        None => Some(AttemptOutcome::Lost.as_str()),
    };
    let histogram = match failure {
        Some(failure) => {
            Span::current().record("error.type", failure).record("otel.status_code", "ERROR");
            histogram!(telemetry::PROCESS_DURATION, "messaging.destination.name" => source, "error.type" => failure)
        }
        None => histogram!(telemetry::PROCESS_DURATION, "messaging.destination.name" => source),
    };
    histogram.record(took.as_secs_f64());
}

pub(super) fn lease_lost(source: &str, is_stale: bool) {
    count(telemetry::LEASE_LOST, source.to_owned());
    let why = if is_stale { "another worker has taken it over" } else { "it could not be renewed in time" };
    warn!(target: "countersign", why, "the lease is lost: the handler was cancelled");
}

pub(super) fn panicked(source: &str, message: &str) {
    count(telemetry::HANDLER_PANICS, source.to_owned());
    error!(target: "countersign", message, "the handler panicked");
}

pub(super) fn timed_out(source: &str) {
    count(telemetry::HANDLER_TIMEOUTS, source.to_owned());
}

/// Records that the handler was aborted after its lease was lost: the event runs again.
pub(super) fn lost(source: &str) {
    attempt(source, AttemptOutcome::Lost);
}

/// Records the result of the attempt.
pub(super) fn finished(
    source: &str,
    counts: &Counts,
    verdict: &Verdict,
    finished: Finished,
    is_stopping: bool,
) {
    Counts::add(&counts.attempts);
    match finished {
        Finished::Stored | Finished::Unclear => {
            attempt(source, verdict.ended());
            stored(source, counts, verdict, is_stopping);
        }
        Finished::Stale => {
            count(telemetry::STALE_FINISH, source.to_owned());
            attempt(source, AttemptOutcome::Lost);
            warn!(target: "countersign", outcome = verdict.as_str(), "the outcome is discarded: another worker has the event");
        }
        Finished::Failed => {
            Counts::add(&counts.unstored);
            attempt(source, AttemptOutcome::Lost);
            error!(target: "countersign", outcome = verdict.as_str(), "the outcome could not be stored: the event is handled again");
        }
    }
}

/// Records that the lease has ended before the outcome was stored.
pub(super) fn late(source: &str, verdict: &Verdict) {
    if matches!(verdict, Verdict::Done) {
        count(telemetry::COMMIT_AFTER_SUCCESS_FAILED, source.to_owned());
    }
    error!(
        target: "countersign",
        outcome = verdict.as_str(),
        "the outcome could not be stored before the lease ended: storing is retried, and the event is handled again if \
         another worker takes it over"
    );
}

fn attempt(source: &str, ended: AttemptOutcome) {
    Span::current().record("outcome", ended.as_str());
    telemetry::ended(source.to_owned(), ended);
}

fn stored(source: &str, counts: &Counts, verdict: &Verdict, is_stopping: bool) {
    match verdict {
        Verdict::Done => debug!(target: "countersign", "handled"),
        Verdict::Skip { reason } => debug!(target: "countersign", reason, "skipped"),
        Verdict::Retry { error, .. } => info!(target: "countersign", error, "failed: will be retried"),
        Verdict::Keep { error } => {
            warn!(target: "countersign", error, "kept until a program that knows its version runs");
        }
        Verdict::Dead { why, error, .. } => {
            let why = why.as_str();
            counter!(telemetry::DEAD, "source" => source.to_owned(), "reason" => why).increment(1);
            error!(target: "countersign", why, error, "a dead letter: replay or discard it");
        }
        Verdict::Unverified { error } => {
            warn!(target: "countersign", error, "the stored request does not verify: the event waits");
        }
        Verdict::GiveBack if !is_stopping => {
            debug!(target: "countersign", "returned to the queue: the circuit of the endpoint is open");
        }
        Verdict::GiveBack => {
            Counts::add(&counts.given_back);
            info!(target: "countersign", "returned to the queue: the worker shuts down");
        }
    }
}

/// Records a change of the circuit of an endpoint.
pub(super) fn circuit(source: &str, circuit: &Circuit, change: &Change) {
    let (failures, pause) = (circuit.failures(), circuit.trial_interval());
    let is_open = match change {
        Change::Opened(Failure { kind, pattern }) => {
            warn!(
                target: "countersign", source, ?failures, kind = kind.as_str(), pattern, ?pause,
                "the circuit is open: attempts have failed in the same way, and no further one begins during the pause"
            );
            true
        }
        Change::Reopened(Failure { kind, pattern }) => {
            info!(
                target: "countersign", source, kind = kind.as_str(), pattern, ?pause,
                "the circuit stays open: the trial failed"
            );
            true
        }
        Change::Closed => {
            info!(target: "countersign", source, "the circuit is closed: the trial succeeded");
            false
        }
        Change::OpenedByOperator(pause) => {
            info!(
                target: "countersign", source, ?pause,
                "the circuit is open, because an operator has opened it: no attempt begins during the pause"
            );
            true
        }
        Change::ClosedByOperator => {
            info!(target: "countersign", source, "the circuit is closed, because an operator has closed it");
            false
        }
    };
    gauge!(telemetry::CIRCUIT_OPEN, "source" => source.to_owned()).set(f64::from(u8::from(is_open)));
}

/// Logs and counts panics of the worker's own tasks, which would otherwise be silent.
pub(super) struct PanicWatch<'c> {
    counts: &'c Counts,
    task: &'static str,
}

impl<'c> PanicWatch<'c> {
    pub(super) const fn new(counts: &'c Counts, task: &'static str) -> Self {
        Self { counts, task }
    }
}

impl Drop for PanicWatch<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            worker_panicked(self.counts, self.task, "see the output of the panic hook");
        }
    }
}

pub(super) fn worker_panicked(counts: &Counts, task: &'static str, message: &str) {
    Counts::add(&counts.panics);
    counter!(telemetry::WORKER_PANICS, "task" => task).increment(1);
    error!(target: "countersign", task, message, "a task of the worker panicked; the worker continues");
}

/// Creates the span of an attempt.
pub(super) fn span(leased: &Leased, worker: &str) -> Span {
    let event = &leased.event;
    let span = info_span!(
        target: "countersign",
        parent: None,
        "process",
        otel.name = format_args!("process {}", event.source),
        otel.kind = "consumer",
        otel.status_code = Empty,
        messaging.system = "webhook_inbox",
        messaging.destination.name = &*event.source,
        messaging.operation.name = "process",
        messaging.operation.type = "process",
        messaging.message.id = event.id.get(),
        messaging.message.body.size = event.body.len(),
        messaging.client.id = worker,
        cloudevents.event_id = event.external_id,
        cloudevents.event_type = event.event_type,
        cloudevents.event_source = &*event.provider,
        tenant = event.tenant,
        attempt = leased.attempt,
        replays = leased.replays,
        fence = leased.lease.fence(),
        trace_id = Empty,
        parent_span_id = Empty,
        outcome = Empty,
        error.type = Empty,
    );
    if let Some(parent) = event.traceparent.as_deref().and_then(TraceParent::parse) {
        adopt(&span, parent);
    }
    span
}
