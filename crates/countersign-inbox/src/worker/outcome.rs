use std::fmt;
use std::time::Duration;

/// What became of an attempt, as the handler says.
///
/// Handlers return anything that turns into one: nothing at all is [`Done`](Self::Done), and an error of theirs is a
/// [`Retry`](Self::Retry).
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use = "the event is handled as the outcome says"]
#[non_exhaustive]
pub enum Outcome {
    /// It was handled.
    Done,
    /// It was not handled, and may be later.
    Retry {
        /// When, instead of by the [`Backoff`](super::Backoff): what somebody else's `Retry-After` said. The limits on
        /// attempts and age hold all the same.
        after: Option<Duration>,
        /// What happened, for operators.
        error: String,
    },
    /// It never will be: a dead letter, at once.
    Permanent {
        /// What happened, for operators.
        error: String,
    },
    /// There was nothing to do: done, with the reason.
    Skip {
        /// Why, for operators.
        reason: String,
    },
}

impl Outcome {
    /// Again, after a while that the [`Backoff`](super::Backoff) decides.
    pub fn retry(error: impl fmt::Display) -> Self {
        Self::Retry { after: None, error: text(&error) }
    }

    /// Again, after this while.
    pub fn retry_after(after: Duration, error: impl fmt::Display) -> Self {
        Self::Retry { after: Some(after), error: text(&error) }
    }

    /// Never again.
    pub fn permanent(error: impl fmt::Display) -> Self {
        Self::Permanent { error: text(&error) }
    }

    /// Nothing to do.
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
    /// An error is a retry.
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(outcome) => outcome.into(),
            Err(error) => Self::retry(error),
        }
    }
}

/// The alternate form has the causes, where an error knows them.
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
