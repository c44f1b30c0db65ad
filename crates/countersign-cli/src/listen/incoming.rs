//! Reads requests: the receiver takes what it needs, and what is kept is a copy.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use countersign::ErrorKind;
use countersign::receiver::{self, Received, Receiver, Receiving};
use http::HeaderMap;
use http::request::Parts;
use http::uri::PathAndQuery;
use tokio::time::{Sleep, sleep};

/// A request whose body is kept as it is read, if it is to be kept.
struct Incoming<'a> {
    parts: &'a Parts,
    body: Body,
    keeps: bool,
    kept: BytesMut,
    has_ended: bool,
    /// Started when the body is not ready for the first time.
    timer: Option<Pin<Box<Sleep>>>,
    deadline: Duration,
}

/// Reads a request to its verdict, and returns its whole body, too: that of a rejected request only if it is to be kept, and not
/// if it is larger than the receiver allows, or breaks off. A body that announces a larger size is not read any further: its sender
/// waits for the answer.
pub(super) async fn read(
    receiver: &Receiver,
    parts: &Parts,
    body: Body,
    keeps: bool,
) -> (Received, Option<Bytes>) {
    let deadline = receiver.body_deadline();
    let mut incoming =
        Incoming { parts, body, keeps, kept: BytesMut::new(), has_ended: false, timer: None, deadline };
    let received = Receiving::new(receiver).run(&mut incoming).await;
    if let Received::Delivery(delivery) = &received {
        let body = delivery.body().clone();
        return (received, Some(body));
    }
    let limit = receiver.body_limit();
    while keeps && !incoming.has_ended && incoming.announced() <= limit as u64 {
        let chunk = std::future::poll_fn(|cx| receiver::Incoming::poll_chunk(&mut incoming, cx)).await;
        if matches!(chunk, Some(Err(_))) {
            break;
        }
    }
    let is_whole = keeps && incoming.has_ended && incoming.kept.len() <= limit;
    (received, is_whole.then(|| incoming.kept.freeze()))
}

/// Returns path and query as they were received.
pub(super) fn target(parts: &Parts) -> &str {
    parts.uri.path_and_query().map_or("/", PathAndQuery::as_str)
}

impl Incoming<'_> {
    /// Returns the size of the body as far as it is known: what was read, and what is announced beyond it.
    fn announced(&self) -> u64 {
        (self.kept.len() as u64).saturating_add(self.body.size_hint().lower())
    }
}

impl receiver::Incoming for Incoming<'_> {
    type Headers = HeaderMap;

    fn method(&self) -> &str {
        self.parts.method.as_str()
    }

    fn target(&self) -> &str {
        target(self.parts)
    }

    fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, ErrorKind>>> {
        while !self.body.is_end_stream() {
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
                let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(self.deadline)));
                return timer.as_mut().poll(cx).map(|()| Some(Err(ErrorKind::BodyTimeout)));
            };
            match frame.transpose() {
                Ok(Some(frame)) => {
                    // Other frames are trailers, which are never signed.
                    if let Ok(data) = frame.into_data() {
                        if self.keeps {
                            self.kept.extend_from_slice(&data);
                        }
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
                Ok(None) => break,
                Err(_) => return Poll::Ready(Some(Err(ErrorKind::BodyUnreadable))),
            }
        }
        self.has_ended = true;
        Poll::Ready(None)
    }
}
