use std::time::Duration;

/// Stops attempts at the events of an endpoint while they fail in the same way again and again, because a system that
/// the handler needs is down: see [`Endpoint::with_circuit_breaker`](crate::Endpoint::with_circuit_breaker).
///
/// The circuit **opens** after a number of consecutive failures of the same [kind](crate::FailureKind) and
/// [pattern](crate::error_pattern). While it is open, no attempt begins in this process, and none is counted; attempts
/// that run end normally. After the pause it is **half open**: one event is tried alone. If that succeeds, the circuit
/// **closes**; if it fails in any way, the circuit opens for another pause.
///
/// Errors, panics, timeouts and secrets that cannot be looked up are failures. Permanent failures, data that does not
/// fit, skipped events and stored requests that do not verify say nothing about other events: they neither count nor
/// interrupt the count.
///
/// ```
/// use std::time::Duration;
///
/// use countersign_inbox::{CircuitBreaker, Endpoint};
///
/// # fn endpoint(endpoint: Endpoint) -> Endpoint {
/// endpoint.with_circuit_breaker(CircuitBreaker::after(5).with_pause(Duration::from_secs(60)))
/// # }
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "an endpoint takes it"]
pub struct CircuitBreaker {
    pub(crate) failures: u32,
    pub(crate) pause: Duration,
}

impl CircuitBreaker {
    /// Creates a breaker that opens after so many consecutive failures. The pause is 30 s by default: as long as the
    /// restart of a service takes.
    pub const fn after(failures: u32) -> Self {
        Self { failures, pause: Duration::from_secs(30) }
    }

    /// Sets the time between the opening and the next trial, at most 1 day.
    pub const fn with_pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Returns the reason why there can be no such breaker.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if self.failures == 0 {
            Some("a circuit breaker that opens after 0 failures never closes: 1 at least")
        } else if self.pause.is_zero() || self.pause > LONGEST {
            Some("the pause of a circuit breaker is more than 0 and at most 1 day")
        } else {
            None
        }
    }
}

const LONGEST: Duration = Duration::from_secs(24 * 3600);
