//! Requests that are received step by step, without a framework.

#![allow(dead_code, reason = "each test needs some of it")]
#![allow(clippy::expect_used, clippy::panic, reason = "clippy does not see that this is a part of tests")]

use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use countersign::receiver::{HandshakeResponse, Incoming, Received, Receiver, Receiving, Rejection};
use countersign::{Delivery, ErrorKind, Headers};

/// The reason why a request does not reach the handler.
#[derive(Debug)]
pub(crate) enum Early {
    Handshake(HandshakeResponse),
    Rejected(Rejection),
}

/// A request, and its receiver, while its body arrives.
pub(crate) struct Request<'h, H> {
    receiving: Receiving,
    sent: Sent<'h, H>,
}

struct Sent<'h, H> {
    method: String,
    target: String,
    headers: &'h H,
    chunks: VecDeque<Bytes>,
    is_whole: bool,
}

/// Sends a head. An error is a response to it alone.
pub(crate) fn begin<'h, H: Headers>(
    receiver: &Receiver,
    method: &str,
    target: &str,
    headers: &'h H,
) -> Result<Request<'h, H>, Early> {
    let (method, target) = (method.to_owned(), target.to_owned());
    let sent = Sent { method, target, headers, chunks: VecDeque::new(), is_whole: false };
    let mut request = Request { receiving: Receiving::new(receiver), sent };
    match request.poll() {
        None => Ok(request),
        Some(received) => Err(outcome(received).unwrap_err()),
    }
}

/// Sends a request with its body in chunks of this size.
pub(crate) fn receive<H: Headers>(
    receiver: &Receiver,
    method: &str,
    target: &str,
    headers: &H,
    body: &[u8],
    chunk: usize,
) -> Result<Delivery, Early> {
    let mut request = begin(receiver, method, target, headers)?;
    for chunk in body.chunks(chunk) {
        request.push(Bytes::copy_from_slice(chunk)).map_err(Early::Rejected)?;
    }
    request.finish()
}

impl<H: Headers> Request<'_, H> {
    /// Sends the next bytes of the body.
    pub(crate) fn push(&mut self, chunk: Bytes) -> Result<(), Rejection> {
        self.sent.chunks.push_back(chunk);
        match self.poll().map(outcome) {
            None => Ok(()),
            Some(Err(Early::Rejected(rejection))) => Err(rejection),
            Some(other) => panic!("{other:?} before the end of the body"),
        }
    }

    /// Ends the body.
    pub(crate) fn finish(mut self) -> Result<Delivery, Early> {
        self.end().expect("nothing has to wait")
    }

    /// Ends the body, and polls once.
    pub(crate) fn end(&mut self) -> Option<Result<Delivery, Early>> {
        self.sent.is_whole = true;
        self.poll().map(outcome)
    }

    fn poll(&mut self) -> Option<Received> {
        match self.receiving.poll(&mut Context::from_waker(Waker::noop()), &mut self.sent) {
            Poll::Ready(received) => Some(received),
            Poll::Pending => None,
        }
    }
}

fn outcome(received: Received) -> Result<Delivery, Early> {
    match received {
        Received::Delivery(delivery) => Ok(delivery),
        Received::Handshake(response) => Err(Early::Handshake(response)),
        Received::Rejected(rejection) => Err(Early::Rejected(rejection)),
        // The request reaches the handler without a delivery.
        Received::Observed { rejection, .. } => Err(Early::Rejected(rejection)),
        other => panic!("{other:?}"),
    }
}

impl<H: Headers> Incoming for Sent<'_, H> {
    type Headers = H;

    fn method(&self) -> &str {
        &self.method
    }

    fn target(&self) -> &str {
        &self.target
    }

    fn headers(&self) -> &H {
        self.headers
    }

    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, ErrorKind>>> {
        match self.chunks.pop_front() {
            Some(chunk) => Poll::Ready(Some(Ok(chunk))),
            None if self.is_whole => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}
