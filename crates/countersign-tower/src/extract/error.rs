use std::error::Error;
use std::fmt;

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use countersign::receiver::{Receiver, Rejection};
use countersign::{DecodeError, ErrorKind};
use tracing::{debug, error, warn};

/// The reason why an extractor failed. It is logged on creation; as a response it is the receiver's response to
/// rejections of this kind.
///
/// A handler that takes `Result<Event<T>, ExtractError>` decides itself how to respond to data that does not fit.
pub struct ExtractError {
    failure: Option<DecodeError>,
    /// The message.
    message: &'static str,
    receiver: Option<Receiver>,
}

impl ExtractError {
    /// Returns the reason as one word: [`NotInstalled`](ErrorKind::NotInstalled) or
    /// [`DecodeFailed`](ErrorKind::DecodeFailed).
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self.failure {
            Some(_) => ErrorKind::DecodeFailed,
            None => ErrorKind::NotInstalled,
        }
    }

    /// Returns the decoding error, if that is the reason.
    #[must_use]
    pub const fn decode_error(&self) -> Option<&DecodeError> {
        self.failure.as_ref()
    }

    pub(crate) fn not_installed(extractor: &str, cure: &'static str) -> Self {
        let error = Self { failure: None, message: cure, receiver: None };
        error!(target: "countersign", kind = error.kind().as_str(), extractor, "{error}");
        error
    }

    pub(super) fn not_decoded(failure: DecodeError, provider: &str, receiver: Option<Receiver>) -> Self {
        // The source of the error may quote the body.
        debug!(target: "countersign", provider, error = failure.source().map(ToString::to_string), "data does not fit");
        warn!(
            target: "countersign",
            provider,
            kind = ErrorKind::DecodeFailed.as_str(),
            event_type = failure.event_type(),
            path = failure.path(),
            cause = failure.cause(),
            "rejected"
        );
        Self { failure: Some(failure), message: NOT_DECODED, receiver }
    }
}

impl IntoResponse for ExtractError {
    fn into_response(self) -> Response {
        let rejection = Rejection::from(self.kind());
        let response = match &self.receiver {
            Some(receiver) => receiver.answer(&rejection),
            None => rejection.response(),
        };
        response.map(Body::from)
    }
}

impl Error for ExtractError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.failure.as_ref().map(|failure| failure as _)
    }
}

impl fmt::Display for ExtractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl fmt::Debug for ExtractError {
    /// Omits the source of the error, which may quote the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractError")
            .field("kind", &self.kind())
            .field("event_type", &self.failure.as_ref().and_then(DecodeError::event_type))
            .field("path", &self.failure.as_ref().map(DecodeError::path))
            .finish()
    }
}

const NOT_DECODED: &str = "the delivery is genuine, but its data does not fit the type that was asked for";
