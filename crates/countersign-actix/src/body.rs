use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE};
use actix_web::rt::time::sleep;
use bytes::Bytes;
use countersign::ErrorKind;
use countersign::receiver::{Reception, Rejection};
use futures_core::Stream;

use crate::log;

/// Returns the length of a body whose end actix does not detect: with `Upgrade: websocket` and for `CONNECT`, its
/// payload is everything on the connection, whatever `Content-Length` states. Returns `None` if the payload ends
/// with the body.
pub(crate) fn bounded(req: &ServiceRequest) -> Option<usize> {
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

/// Feeds a body to the reception as it arrives, up to its end or to the bounding length.
pub(crate) async fn read(
    payload: &mut Payload,
    bound: Option<usize>,
    deadline: Duration,
    reception: &mut Reception,
) -> Result<(), Rejection> {
    let mut left = bound.unwrap_or(usize::MAX);
    if left == 0 {
        return Ok(());
    }
    let mut timer = None;
    let mut asked_twice = false;
    let mut next = poll_fn(|cx| {
        if let Poll::Ready(chunk) = Pin::new(&mut *payload).poll_next(cx) {
            return Poll::Ready(Ok(chunk));
        }
        if !asked_twice {
            // actix calls its services before it processes bytes that arrived together with the head, so the first
            // poll always returns pending. A second poll is cheaper than the timer, which most bodies do not need.
            asked_twice = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let timer = timer.get_or_insert_with(|| Box::pin(sleep(deadline)));
        timer.as_mut().poll(cx).map(|()| Err(ErrorKind::BodyTimeout))
    });
    while let Some(chunk) = (&mut next).await? {
        let mut chunk = chunk.map_err(|cause| {
            log::unreadable(&cause);
            // A limit around this middleware.
            if matches!(cause, PayloadError::Overflow) {
                ErrorKind::PayloadTooLarge
            } else {
                ErrorKind::BodyUnreadable
            }
        })?;
        chunk.truncate(left);
        left -= chunk.len();
        reception.push(chunk)?;
        if left == 0 {
            return Ok(());
        }
    }
    // A bounded body that ends early is incomplete.
    if bound.is_some() { Err(ErrorKind::BodyUnreadable.into()) } else { Ok(()) }
}

/// Restores the verified bytes for later extractors.
pub(crate) fn put_back(req: &mut ServiceRequest, body: Bytes) {
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
