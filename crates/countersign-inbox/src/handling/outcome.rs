use std::fmt;
use std::time::Duration;

/// The outcome of an attempt, as returned by the handler.
///
/// Handlers return any type that converts into one: `()` is [`Done`](Self::Done), and an error is a
/// [`Retry`](Self::Retry).
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use = "the event is handled as the outcome says"]
#[non_exhaustive]
pub enum Outcome {
    /// The event was handled.
    Done,
    /// The event was not handled, and is retried.
    Retry {
        /// The delay, instead of that of the [`Backoff`](super::Backoff): for example another system's
        /// `Retry-After`. The limits on attempts and age still apply.
        after: Option<Duration>,
        /// The error, for operators.
        error: String,
    },
    /// The event cannot be handled: it becomes a dead letter at once.
    Permanent {
        /// The error, for operators.
        error: String,
    },
    /// The event needs no handling: it is done, with the reason.
    Skip {
        /// The reason, for operators.
        reason: String,
    },
}

impl Outcome {
    /// Creates a retry with the delay of the [`Backoff`](super::Backoff).
    pub fn retry(error: impl fmt::Display) -> Self {
        Self::Retry { after: None, error: text(&error) }
    }

    /// Creates a retry with this delay.
    pub fn retry_after(after: Duration, error: impl fmt::Display) -> Self {
        Self::Retry { after: Some(after), error: text(&error) }
    }

    /// Creates a permanent failure.
    pub fn permanent(error: impl fmt::Display) -> Self {
        Self::Permanent { error: text(&error) }
    }

    /// Creates a skip.
    pub fn skip(reason: impl fmt::Display) -> Self {
        Self::Skip { reason: text(&reason) }
    }
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self::Done
    }
}

impl<T: Into<Outcome>, E: fmt::Display> From<Result<T, E>> for Outcome {
    /// Converts an error into a retry.
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(outcome) => outcome.into(),
            Err(error) => Self::retry(error),
        }
    }
}

/// Formats an error. The alternate form includes the causes, if the error supports it.
fn text(error: &dyn fmt::Display) -> String {
    format!("{error:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_handlers_return_turns_into_outcomes() {
        assert_eq!(Outcome::from(()), Outcome::Done);
        assert_eq!(Outcome::from(Ok::<_, String>(())), Outcome::Done);
        assert_eq!(Outcome::from(Ok::<_, String>(Outcome::skip("old"))), Outcome::skip("old"));
        assert_eq!(Outcome::from(Err::<(), _>("down")), Outcome::retry("down"));
        assert_eq!(Outcome::from(Ok::<_, String>(Ok::<_, String>(()))), Outcome::Done);
    }
}
