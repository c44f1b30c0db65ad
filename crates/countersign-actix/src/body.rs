use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use actix_web::rt::time::sleep;
use bytes::Bytes;
use countersign::ErrorKind;
use countersign::receiver::{Reception, Rejection};
use futures_core::Stream;

use crate::log;

/// Feeds a body to the reception, as it comes from the wire.
pub(crate) async fn read(
    mut payload: Payload,
    deadline: Duration,
    reception: &mut Reception,
) -> Result<(), Rejection> {
    let mut timer = None;
    let mut asked_twice = false;
    let mut next = poll_fn(|cx| {
        if let Poll::Ready(chunk) = Pin::new(&mut payload).poll_next(cx) {
            return Poll::Ready(Ok(chunk));
        }
        if !asked_twice {
            // actix calls its services before it looks at what came together with the head, so the first answer is
            // always that nothing is there. To ask again costs less than the timer, which most bodies do not need.
            asked_twice = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let timer = timer.get_or_insert_with(|| Box::pin(sleep(deadline)));
        timer.as_mut().poll(cx).map(|()| Err(ErrorKind::BodyTimeout))
    });
    while let Some(chunk) = (&mut next).await? {
        reception.push(chunk.map_err(|cause| {
            log::unreadable(&cause);
            ErrorKind::BodyUnreadable
        })?)?;
    }
    Ok(())
}

/// Puts the verified bytes back, for the extractors that come later.
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
