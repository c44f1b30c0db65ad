use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, Bytes};
use countersign::receiver::{self, RequestHead};
use countersign::{__private, ErrorKind};
use http::HeaderMap;
use http::request::Parts;
use http::uri::PathAndQuery;
use http_body::Body;
use http_body_util::LengthLimitError;

use super::deadline::Deadline;

/// The error type that body errors are converted into.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// A request of `http`.
pub(super) struct Incoming<'a, B> {
    pub(super) parts: &'a Parts,
    pub(super) body: Pin<&'a mut B>,
    /// Started when the body is not ready for the first time.
    pub(super) deadline: &'a mut Option<Deadline>,
    pub(super) length: Duration,
}

impl<B: Body<Error: Into<BoxError>>> receiver::Incoming for Incoming<'_, B> {
    type Headers = HeaderMap;

    fn method(&self) -> &str {
        self.parts.method.as_str()
    }

    fn target(&self) -> &str {
        self.parts.uri.path_and_query().map_or("/", PathAndQuery::as_str)
    }

    fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    fn to_head(&self) -> RequestHead {
        RequestHead::new(self.parts.uri.clone(), self.parts.headers.clone())
            .with_method(self.parts.method.clone())
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, ErrorKind>>> {
        // Checked before each frame, because a server may know the end of a body before it has closed it.
        while !self.body.is_end_stream() {
            let Poll::Ready(frame) = self.body.as_mut().poll_frame(cx) else {
                let deadline = self.deadline.get_or_insert_with(|| Deadline::new(self.length));
                return deadline.poll(cx).map(|()| Some(Err(ErrorKind::BodyTimeout)));
            };
            match frame.transpose() {
                Ok(Some(frame)) => {
                    // Other frames are trailers, which are never signed.
                    if let Ok(mut data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(data.copy_to_bytes(data.remaining()))));
                    }
                }
                Ok(None) => break,
                Err(error) => return Poll::Ready(Some(Err(unreadable(&*error.into())))),
            }
        }
        Poll::Ready(None)
    }
}

/// Returns the kind of a body that could not be read. A limit around this layer, such as
/// `tower_http::limit::RequestBodyLimitLayer` or axum's, is detected among the sources and reported as too large.
#[cold]
fn unreadable(error: &(dyn Error + Send + Sync + 'static)) -> ErrorKind {
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
