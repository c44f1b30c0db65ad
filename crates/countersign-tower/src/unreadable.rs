//! Why a body ended before its end.

use std::error::Error;

use countersign::ErrorKind;
use http_body_util::LengthLimitError;

use crate::log;

/// What errors of bodies are turned into.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// The kind of a body that could not be read. A limit around this layer, like `tower_http::limit::RequestBodyLimitLayer`
/// or axum's, says so somewhere among the causes: too large is too large, whoever counts.
#[cold]
pub(crate) fn unreadable(error: &(dyn Error + Send + Sync + 'static)) -> ErrorKind {
    log::unreadable(&error);
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return ErrorKind::PayloadTooLarge;
        }
        cause = error.source();
    }
    ErrorKind::BodyUnreadable
}
