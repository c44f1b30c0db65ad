//! Classifies errors of bodies that ended early.

use std::error::Error;

use countersign::{__private, ErrorKind};
use http_body_util::LengthLimitError;

/// The error type that body errors are converted into.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// Returns the kind of a body that could not be read. A limit around this layer, such as
/// `tower_http::limit::RequestBodyLimitLayer` or axum's, is detected among the sources and reported as too large.
#[cold]
pub(crate) fn unreadable(error: &(dyn Error + Send + Sync + 'static)) -> ErrorKind {
    __private::unreadable(&error);
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return ErrorKind::PayloadTooLarge;
        }
        cause = error.source();
    }
    ErrorKind::BodyUnreadable
}
