use std::time::Duration;

use countersign::Delivery;
use http::StatusCode;

use super::shared::Shared;
use crate::handling::cut;
use crate::key::bounded;
use crate::ops::{AttemptOutcome, FailureKind, InlineAttempt};

/// The properties of a delivery that the row of an attempt at it has.
pub(super) struct Handled {
    provider: String,
    tenant: Option<String>,
    external_id: Option<String>,
    event_type: Option<String>,
}

/// The result of a handler.
pub(super) enum Ended {
    /// It has returned, with a response of this status or an error, which means this.
    Returned(Option<StatusCode>, Verdict),
    /// It has panicked with this message.
    Panicked(String),
    /// It has returned, and another process has taken the delivery over meanwhile.
    Lost(Option<StatusCode>),
}

/// The meaning of a handler's response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// Handled; the response is passed on.
    Done,
    /// Not to be handled again; the response is passed on.
    Permanent,
    /// To be handled again; the response is passed on.
    Failed,
    /// To be handled again; the response is replaced by 500, because its status would prevent a retry.
    Masked,
}

impl Verdict {
    /// Classifies a response. `None` is an error instead of a response.
    pub(super) fn of(status: Option<StatusCode>, permanent: &[StatusCode]) -> Self {
        match status {
            None => Self::Failed,
            Some(status) if status.is_success() => Self::Done,
            Some(status) if status.is_server_error() => Self::Failed,
            Some(status) if permanent.contains(&status) => Self::Permanent,
            // The delivery does not fit the type in the handler, but a corrected handler may accept it.
            Some(StatusCode::UNPROCESSABLE_ENTITY) => Self::Failed,
            // Providers follow no redirects, and several drop the event after a 4xx.
            Some(_) => Self::Masked,
        }
    }
}

impl Handled {
    /// Returns `None` if no statistics are kept.
    pub(super) fn of(shared: &Shared, delivery: &Delivery) -> Option<Self> {
        shared.recorder.as_ref()?;
        let text = |text: &str| bounded(text).into_owned();
        Some(Self {
            provider: delivery.provider().slug.to_string(),
            tenant: delivery.tenant().map(str::to_owned),
            external_id: delivery.id().map(|id| text(id.value())),
            event_type: delivery.event_type().map(|event_type| text(event_type.value())),
        })
    }

    pub(super) fn attempt(
        self,
        worker: String,
        fence: Option<u64>,
        took: Duration,
        ended: Ended,
    ) -> InlineAttempt {
        let Self { provider, tenant, external_id, event_type } = self;
        let (outcome, failure, code, error) = ended.into_parts();
        let code = code.map(|code| code.as_u16());
        InlineAttempt {
            provider,
            tenant,
            external_id,
            event_type,
            fence,
            took,
            outcome,
            failure,
            code,
            error,
            worker,
        }
    }
}

impl Ended {
    pub(super) fn outcome(&self) -> AttemptOutcome {
        match self {
            Self::Returned(_, Verdict::Done) => AttemptOutcome::Done,
            Self::Returned(_, Verdict::Permanent) => AttemptOutcome::Dead,
            Self::Returned(_, Verdict::Failed | Verdict::Masked) | Self::Panicked(_) => AttemptOutcome::Retry,
            Self::Lost(_) => AttemptOutcome::Lost,
        }
    }

    fn into_parts(self) -> (AttemptOutcome, Option<FailureKind>, Option<StatusCode>, Option<String>) {
        let outcome = self.outcome();
        match self {
            Self::Returned(code, Verdict::Done) | Self::Lost(code) => (outcome, None, code, None),
            Self::Returned(code, Verdict::Permanent) => {
                (outcome, Some(FailureKind::Permanent), code, Some(error(code)))
            }
            Self::Returned(code, Verdict::Failed | Verdict::Masked) => {
                (outcome, Some(FailureKind::Error), code, Some(error(code)))
            }
            Self::Panicked(message) => {
                let error = format!("the handler panicked: {message}");
                (outcome, Some(FailureKind::Panic), None, Some(cut(error)))
            }
        }
    }
}

/// Describes a response. The reason phrase distinguishes statuses in the [pattern](crate::error_pattern), which has no numbers.
fn error(status: Option<StatusCode>) -> String {
    match status {
        Some(status) => format!("the handler responded with {status}"),
        None => "the handler returned an error instead of a response".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_2xx_and_what_is_permanent_is_never_handled_again() {
        let permanent = [StatusCode::UNPROCESSABLE_ENTITY];
        for code in 100..600 {
            let expected = match code {
                200..300 => Verdict::Done,
                422 => Verdict::Permanent,
                500..600 => Verdict::Failed,
                _ => Verdict::Masked,
            };
            let status = StatusCode::from_u16(code).unwrap();
            assert_eq!(Verdict::of(Some(status), &permanent), expected, "{code}");
        }
        assert_eq!(Verdict::of(None, &permanent), Verdict::Failed);
        assert_eq!(
            Verdict::of(Some(permanent[0]), &[]),
            Verdict::Failed,
            "it is relayed, and the claim released"
        );
        assert_eq!(Verdict::of(Some(StatusCode::BAD_REQUEST), &[]), Verdict::Masked);
    }
}
