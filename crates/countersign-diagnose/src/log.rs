use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use countersign::UnixTime;
use countersign::receiver::{Explainer, Explanation, RejectedRequest};

use crate::{Captured, Cause, Diagnoser, Effort};

/// Diagnoses the requests that a receiver rejects, at most one per second and with [`Effort::SHORT`]: senders of wrong
/// signatures decide how often it is called. [`Diagnoser::into_explainer`] creates it.
pub struct LogExplainer {
    diagnoser: Diagnoser,
    /// The time of the last diagnosis, in milliseconds.
    last: AtomicI64,
}

impl Diagnoser {
    /// Creates an explainer for the log of a receiver. It uses the secrets of this diagnoser, or those of the tenant.
    #[must_use]
    pub fn into_explainer(self) -> LogExplainer {
        LogExplainer { diagnoser: self.with_effort(Effort::SHORT), last: AtomicI64::new(i64::MIN) }
    }
}

impl LogExplainer {
    /// Returns whether the next diagnosis is due.
    fn is_due(&self, now: UnixTime) -> bool {
        let (now, last) = (now.as_millis(), self.last.load(Ordering::Relaxed));
        now.saturating_sub(last) >= SPACING_MILLIS
            && self.last.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl Explainer for LogExplainer {
    fn explain(&self, request: &RejectedRequest) -> Option<Explanation> {
        let now = request.received_at();
        if !self.is_due(now) {
            return None;
        }
        let captured = Captured::new(request.headers().clone(), request.body().clone());
        let captured = captured.with_method(request.method());
        let captured = match request.url() {
            Some(url) => captured.with_url(url),
            None => captured,
        };
        let diagnosis = match request.tenant_secrets() {
            Some(secrets) => self.diagnoser.for_secrets(secrets).diagnose(&captured, now),
            None => self.diagnoser.diagnose(&captured, now),
        };
        let code = diagnosis.cause().map_or("unexplained", Cause::code);
        Some(Explanation::new(code, diagnosis.to_string()))
    }
}

impl fmt::Debug for LogExplainer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogExplainer").field("diagnoser", &self.diagnoser).finish_non_exhaustive()
    }
}

/// The shortest time between two diagnoses, which take milliseconds each.
const SPACING_MILLIS: i64 = 1000;
