use std::fmt;
use std::future::{self, Future};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use countersign::receiver::Receiver;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

use crate::event::EventId;
use crate::inline::DUPLICATE;
use crate::refusal::RefusalKind;
use crate::store::StoreError;

/// The response to a genuine delivery.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "the provider waits for it"]
pub struct AcceptAnswer {
    verdict: Result<StatusCode, RefusalKind>,
    duplicate: Option<&'static str>,
}

impl AcceptAnswer {
    pub(super) const fn success(status: StatusCode) -> Self {
        Self { verdict: Ok(status), duplicate: None }
    }

    pub(super) const fn duplicate_of(status: StatusCode, word: &'static str) -> Self {
        Self { verdict: Ok(status), duplicate: Some(word) }
    }

    pub(super) const fn refused(kind: RefusalKind) -> Self {
        Self { verdict: Err(kind), duplicate: None }
    }

    /// Returns the reason for which the provider must send the delivery again, or `None`.
    #[must_use]
    pub const fn refusal(&self) -> Option<RefusalKind> {
        match self.verdict {
            Ok(_) => None,
            Err(kind) => Some(kind),
        }
    }

    /// Returns the value of `X-Webhook-Duplicate`: the state of the stored event, or `replayed`.
    #[must_use]
    pub const fn duplicate(&self) -> Option<&'static str> {
        self.duplicate
    }

    /// Joins the answers for two subscriptions: a refusal if one was refused, new if it is new to one of them.
    pub(super) const fn and(self, other: Self) -> Self {
        match (self.verdict, other.verdict) {
            (Err(_), _) => self,
            (_, Err(_)) => other,
            _ if self.duplicate.is_none() => self,
            _ if other.duplicate.is_none() => other,
            _ => self,
        }
    }

    pub(super) fn response(self, receiver: &Receiver) -> Response<Bytes> {
        let status = match self.verdict {
            Ok(status) => status,
            Err(kind) => return receiver.answer(kind.problem()),
        };
        // Some providers count a delivery without this text as failed.
        let text = &receiver.declaration().responses.accepted;
        let mut response = Response::new(Bytes::from(text.clone().into_owned()));
        *response.status_mut() = status;
        if !text.is_empty() {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        }
        if let Some(word) = self.duplicate {
            response.headers_mut().insert(DUPLICATE, HeaderValue::from_static(word));
        }
        response
    }
}

/// The reason for which a delivery is not acknowledged.
#[derive(Debug)]
pub(super) enum NotStored {
    Store(StoreError),
    /// It is a duplicate of an event that is being handled and whose stored request does not verify. The attempt ends as unverified,
    /// unless it has begun with the old key: the provider's next delivery finds out which.
    InFlight(EventId),
}

impl From<StoreError> for NotStored {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The future of [`Acceptor::accept`](super::Acceptor::accept). Dropping it cancels nothing: the event is stored,
/// but its result is lost.
#[must_use = "futures do nothing unless they are polled"]
pub struct AcceptFuture(Pin<Box<dyn Future<Output = AcceptAnswer> + Send>>);

impl AcceptFuture {
    pub(super) fn new(answer: impl Future<Output = AcceptAnswer> + Send + 'static) -> Self {
        Self(Box::pin(answer))
    }

    pub(super) fn ready(answer: AcceptAnswer) -> Self {
        Self::new(future::ready(answer))
    }
}

impl Future for AcceptFuture {
    type Output = AcceptAnswer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<AcceptAnswer> {
        self.0.as_mut().poll(cx)
    }
}

impl fmt::Debug for AcceptFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptFuture").finish_non_exhaustive()
    }
}
