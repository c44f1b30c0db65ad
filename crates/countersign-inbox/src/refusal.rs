use std::fmt;

use bytes::Bytes;
use countersign::receiver::{Problem, Rejection};
use countersign::{ErrorKind, RejectionStyle};
use http::{Response, StatusCode};

/// The reason for which a verified delivery is refused, as one word: for logs, counters and the body of the response.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RefusalKind {
    /// The request lacks something, or cannot be held, as in a receiver: no id, or no room for the body.
    Rejected(ErrorKind),
    /// The same delivery is being handled at the moment.
    InFlight,
    /// The store cannot be reached or is full: it is unknown whether the delivery was handled before.
    StoreUnavailable,
    /// The handler failed, or lost its claim on the delivery to another instance.
    HandlerFailed,
}

impl RefusalKind {
    /// The kinds besides those of [`ErrorKind::ALL`], for dashboards and tables.
    pub const OWN: &[Self] = &[Self::InFlight, Self::StoreUnavailable, Self::HandlerFailed];

    /// Returns the word for logs and counters, in snake case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rejected(kind) => kind.as_str(),
            Self::InFlight => "in_flight",
            Self::StoreUnavailable => "store_unavailable",
            Self::HandlerFailed => "handler_failed",
        }
    }

    /// Returns the status of the response. No other function maps these kinds to a status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Rejected(kind) => kind.status(),
            // 5xx instead of 4xx, after which several providers drop the event.
            Self::InFlight | Self::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::HandlerFailed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns the part that the sender receives.
    #[must_use]
    pub fn problem(self) -> Problem {
        match self {
            Self::Rejected(kind) => Rejection::from(kind).problem(),
            _ => Problem::new(self.as_str(), self.status()),
        }
    }

    /// Returns the response: that of the [problem](Self::problem).
    #[must_use]
    pub fn response(self) -> Response<Bytes> {
        self.problem().response()
    }

    /// Returns the response as the provider requires it.
    #[must_use]
    pub fn response_in_style(self, style: &RejectionStyle) -> Response<Bytes> {
        match self {
            Self::Rejected(kind) => Rejection::from(kind).in_style(style).response(),
            _ => self.problem().in_style(style).response(),
        }
    }
}

impl From<ErrorKind> for RefusalKind {
    fn from(kind: ErrorKind) -> Self {
        Self::Rejected(kind)
    }
}

impl fmt::Display for RefusalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use http::header::RETRY_AFTER;

    use super::*;

    #[test]
    fn the_sender_receives_the_word_and_comes_back_unless_the_handler_failed() {
        let answered = RefusalKind::OWN.iter().map(|kind| {
            let response = kind.response();
            let retry = response.headers().get(RETRY_AFTER).map(|at| at.to_str().unwrap().to_owned());
            let body = std::str::from_utf8(response.body()).unwrap().to_owned();
            (response.status().as_u16(), body, retry)
        });
        let expected = [
            (503, r#"{"title":"in_flight","status":503}"#, Some("5")),
            (503, r#"{"title":"store_unavailable","status":503}"#, Some("5")),
            (500, r#"{"title":"handler_failed","status":500}"#, None),
        ];
        let expected =
            expected.map(|(status, body, retry)| (status, body.to_owned(), retry.map(str::to_owned)));
        assert_eq!(answered.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn no_word_is_one_of_the_core_and_those_of_the_core_are_answered_as_there() {
        for kind in ErrorKind::ALL {
            assert!(RefusalKind::OWN.iter().all(|own| own.as_str() != kind.as_str()), "{kind}");
            let (refused, rejected) =
                (RefusalKind::from(*kind).response(), Rejection::from(*kind).response());
            assert_eq!(
                (refused.status(), refused.headers()),
                (rejected.status(), rejected.headers()),
                "{kind}"
            );
            assert_eq!(refused.body(), rejected.body());
        }
    }

    #[test]
    fn a_provider_that_wants_empty_responses_gets_them() {
        let mut style = RejectionStyle::DEFAULT;
        style.empty = true;
        for kind in RefusalKind::OWN {
            let response = kind.response_in_style(&style);
            assert_eq!((response.status(), response.body().len()), (kind.status(), 0));
        }
    }
}
