use std::error::Error;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use countersign::receiver::{Receiver, Rejection};
use countersign::{DecodeError, ErrorKind};

use crate::log;
use crate::response::to_actix;

/// The reason why an extractor failed. It is logged on creation; the sender receives only the kind.
///
/// A handler that takes `Result<Event<T>, ExtractError>` decides itself how to respond to data that does not fit.
pub struct ExtractError {
    failure: Option<DecodeError>,
    /// The message.
    message: &'static str,
    receiver: Option<Receiver>,
}

impl ExtractError {
    /// Returns the reason as one word.
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

    pub(crate) fn not_installed(extractor: &str, req: &HttpRequest, cure: &'static str) -> Self {
        log::not_installed(extractor, req.match_pattern().as_deref(), cure);
        Self { failure: None, message: cure, receiver: None }
    }

    pub(crate) fn decode(failure: DecodeError, receiver: Option<Receiver>) -> Self {
        log::decode_failed(receiver.as_ref().map_or("", Receiver::provider), &failure);
        Self { failure: Some(failure), message: NOT_DECODED, receiver }
    }
}

impl ResponseError for ExtractError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind().status().as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let rejection = Rejection::from(self.kind());
        to_actix(match &self.receiver {
            Some(receiver) => receiver.answer(&rejection),
            None => rejection.response(),
        })
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
    /// Omits the source of the error, which may quote the body: actix logs this text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtractError")
            .field("kind", &self.kind())
            .field("event_type", &self.failure.as_ref().and_then(DecodeError::event_type))
            .field("path", &self.failure.as_ref().map(DecodeError::path))
            .finish()
    }
}

const NOT_DECODED: &str = "the delivery is genuine, but its data does not fit the type that was asked for";
