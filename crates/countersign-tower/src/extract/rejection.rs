use std::error::Error;
use std::fmt;

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use countersign::receiver::{Receiver, Rejection};
use countersign::{DecodeError, ErrorKind};
use tracing::{error, warn};

/// Why an extractor has nothing to give. As a response it is what the receiver answers to this kind of rejection.
#[derive(Debug)]
pub struct ExtractRejection {
    kind: ErrorKind,
    receiver: Option<Receiver>,
    source: Option<DecodeError>,
}

impl ExtractRejection {
    /// Why, in one word: [`NotInstalled`](ErrorKind::NotInstalled) or [`DecodeFailed`](ErrorKind::DecodeFailed).
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(super) fn not_installed(extractor: &str) -> Self {
        let kind = ErrorKind::NotInstalled;
        error!(
            target: "countersign",
            kind = kind.as_str(),
            "`{extractor}` found no verified delivery: is `VerifyWebhookLayer` installed on this route?"
        );
        Self { kind, receiver: None, source: None }
    }

    pub(super) fn not_decoded(receiver: Option<Receiver>, failed: DecodeError) -> Self {
        let kind = ErrorKind::DecodeFailed;
        // Not the error behind `failed`: it may quote the body.
        warn!(
            target: "countersign",
            provider = receiver.as_ref().map(Receiver::provider),
            kind = kind.as_str(),
            event_type = failed.event_type(),
            path = failed.path(),
            "webhook not decoded"
        );
        Self { kind, receiver, source: Some(failed) }
    }
}

impl IntoResponse for ExtractRejection {
    fn into_response(self) -> Response {
        let rejection = Rejection::from(self.kind);
        match self.receiver {
            Some(receiver) => receiver.answer(&rejection),
            None => rejection.response(),
        }
        .map(Body::from)
    }
}

impl fmt::Display for ExtractRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            ErrorKind::NotInstalled => {
                "no verified delivery: is `VerifyWebhookLayer` installed on this route?"
            }
            _ => "the data of the delivery does not fit the type",
        })
    }
}

impl Error for ExtractRejection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
