use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING, UPGRADE};
use bytes::Bytes;
use countersign::receiver::{self, RequestHead};
use countersign::{__private, ErrorKind};
use futures_core::Stream;
use http::{HeaderName, HeaderValue, Uri};

use super::deadline::Deadline;

/// Returns the length of a body whose end actix does not detect: with `Upgrade: websocket` and for `CONNECT`, its
/// payload is everything on the connection, whatever `Content-Length` states. Returns `None` if the payload ends
/// with the body.
pub(super) fn bounded(req: &ServiceRequest) -> Option<usize> {
    let headers = req.headers();
    let is_websocket =
        headers.get_all(UPGRADE).any(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"));
    let is_endless = is_websocket || req.method() == Method::CONNECT;
    if !is_endless || headers.contains_key(TRANSFER_ENCODING) {
        return None;
    }
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    Some(announced.unwrap_or(0))
}

/// A request of actix-web.
pub(super) struct Incoming<'a> {
    pub(super) req: &'a ServiceRequest,
    pub(super) payload: Payload,
    /// The bytes of the body that may follow; `None` if the payload ends with the body.
    left: Option<usize>,
    /// Started when the body is not ready for the second time.
    deadline: Option<Deadline>,
    has_polled_twice: bool,
    length: Duration,
}

impl<'a> Incoming<'a> {
    pub(super) const fn new(
        req: &'a ServiceRequest,
        payload: Payload,
        bound: Option<usize>,
        length: Duration,
    ) -> Self {
        Self { req, payload, left: bound, deadline: None, has_polled_twice: false, length }
    }

    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<ErrorKind> {
        if !self.has_polled_twice {
            // actix calls its services before it processes bytes that arrived together with the head, so the first
            // poll always returns pending. A second poll is cheaper than the timer, which most bodies do not need.
            self.has_polled_twice = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let deadline = self.deadline.get_or_insert_with(|| Deadline::new(self.length));
        deadline.poll(cx).map(|()| ErrorKind::BodyTimeout)
    }
}

impl receiver::Incoming for Incoming<'_> {
    type Headers = HeaderMap;

    fn method(&self) -> &str {
        self.req.method().as_str()
    }

    fn target(&self) -> &str {
        target(self.req)
    }

    fn headers(&self) -> &HeaderMap {
        self.req.headers()
    }

    fn to_head(&self) -> RequestHead {
        request(self.req)
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, ErrorKind>>> {
        if self.left == Some(0) {
            return Poll::Ready(None);
        }
        let Poll::Ready(chunk) = Pin::new(&mut self.payload).poll_next(cx) else {
            return self.poll_deadline(cx).map(|kind| Some(Err(kind)));
        };
        Poll::Ready(match (chunk, &mut self.left) {
            (Some(Ok(chunk)), None) => Some(Ok(chunk)),
            (Some(Ok(mut chunk)), Some(left)) => {
                chunk.truncate(*left);
                *left -= chunk.len();
                Some(Ok(chunk))
            }
            (Some(Err(cause)), _) => Some(Err(unreadable(&cause))),
            (None, None) => None,
            // A bounded body that ends early is incomplete.
            (None, Some(_)) => Some(Err(ErrorKind::BodyUnreadable)),
        })
    }
}

#[cold]
fn unreadable(cause: &PayloadError) -> ErrorKind {
    __private::unreadable(cause);
    match cause {
        // A limit around this middleware.
        PayloadError::Overflow => ErrorKind::PayloadTooLarge,
        _ => ErrorKind::BodyUnreadable,
    }
}

/// Restores the verified bytes for later extractors.
pub(super) fn put_back(req: &mut ServiceRequest, body: Bytes) {
    let length = body.len();
    req.set_payload(Payload::Stream { payload: Box::pin(Once(Some(body))) });
    let headers = req.headers();
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced != Some(length) || headers.contains_key(TRANSFER_ENCODING) {
        let headers = req.headers_mut();
        headers.remove(TRANSFER_ENCODING);
        headers.insert(CONTENT_LENGTH, length.into());
    }
}

/// A payload of one chunk.
struct Once(Option<Bytes>);

impl Stream for Once {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// Copies the head of the request for a resolver of secrets, which outlives this borrow and uses other types.
fn request(req: &ServiceRequest) -> RequestHead {
    // Both sides have the same grammar, so the conversions do not fail. If one did, the resolver would not find the
    // tenant, and the request would be rejected.
    let uri = Uri::try_from(target(req)).unwrap_or_default();
    let method = http::Method::from_bytes(req.method().as_str().as_bytes()).unwrap_or_default();
    RequestHead::new(uri, copy(req.headers())).with_method(method)
}

/// Converts the headers into `http` types.
pub(crate) fn copy(from: &HeaderMap) -> http::HeaderMap {
    let headers = from.iter().filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
    });
    let mut copy = http::HeaderMap::with_capacity(from.len());
    for (name, value) in headers {
        copy.append(name, value);
    }
    copy
}

/// Returns path and query as they were received.
fn target(req: &ServiceRequest) -> &str {
    req.uri().path_and_query().map_or("/", |target| target.as_str())
}
