use std::error::Error;
use std::fmt;

use bytes::Bytes;
use http::Response;
use tracing::{debug, warn};

use crate::adapter;
use crate::error::ErrorKind;
use crate::event::DecodeError;
use crate::receiver::{Receiver, Rejection};

/// The reason why an extractor failed. It is logged on creation; as a response it is the receiver's response to
/// rejections of this kind, and the sender sees only the kind.
///
/// A handler that takes `Result<Event<T>, ExtractError>` decides itself how to respond to data that does not fit.
pub struct ExtractError {
    kind: ErrorKind,
    failure: Option<DecodeError>,
    message: &'static str,
    receiver: Option<Receiver>,
}

impl ExtractError {
    /// Returns the reason as one word: [`DecodeFailed`](ErrorKind::DecodeFailed),
    /// [`NotInstalled`](ErrorKind::NotInstalled), or the reason for which the request would have been rejected, if the
    /// receiver [only observes](crate::receiver::ReceiverBuilder::insecure_observe_only).
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the decoding error, if that is the reason.
    #[must_use]
    pub const fn decode_error(&self) -> Option<&DecodeError> {
        self.failure.as_ref()
    }

    /// Logs that a layer is missing, with the pattern of the route, not its path, which may contain a token.
    #[doc(hidden)]
    #[must_use]
    pub fn not_installed(extractor: &str, route: Option<&str>, cure: &'static str) -> Self {
        adapter::not_installed(extractor, route, cure);
        Self { kind: ErrorKind::NotInstalled, failure: None, message: cure, receiver: None }
    }

    /// Creates the error for a request that did not verify, and was passed on by a receiver that only observes.
    pub(super) const fn not_verified(kind: ErrorKind) -> Self {
        Self { kind, failure: None, message: NOT_VERIFIED, receiver: None }
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
            problem = failure.problem(),
            "rejected"
        );
        Self { kind: ErrorKind::DecodeFailed, failure: Some(failure), message: NOT_DECODED, receiver }
    }

    pub(super) fn response(&self) -> Response<Bytes> {
        let rejection = Rejection::from(self.kind());
        match &self.receiver {
            Some(receiver) => receiver.answer(&rejection),
            None => rejection.response(),
        }
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
    /// Omits the source of the error, which may quote the body: actix-web logs this text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractError")
            .field("kind", &self.kind())
            .field("event_type", &self.failure.as_ref().and_then(DecodeError::event_type))
            .field("path", &self.failure.as_ref().map(DecodeError::path))
            .finish()
    }
}

const NOT_VERIFIED: &str = "the request did not verify, and the receiver only observes: take an `Option`";
const NOT_DECODED: &str = "the delivery is genuine, but its data does not fit the type that was asked for";
