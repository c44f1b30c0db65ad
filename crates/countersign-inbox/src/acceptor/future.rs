use std::fmt;
use std::future::{self, Future};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Answer;

/// The future of [`Acceptor::accept`](super::Acceptor::accept). Dropping it cancels nothing: the event is stored,
/// but its result is lost.
#[must_use = "futures do nothing unless they are polled"]
pub struct AcceptFuture(Pin<Box<dyn Future<Output = Answer> + Send>>);

impl AcceptFuture {
    pub(super) fn new(answer: impl Future<Output = Answer> + Send + 'static) -> Self {
        Self(Box::pin(answer))
    }

    pub(super) fn ready(answer: Answer) -> Self {
        Self::new(future::ready(answer))
    }
}

impl Future for AcceptFuture {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        self.0.as_mut().poll(cx)
    }
}

impl fmt::Debug for AcceptFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptFuture").finish_non_exhaustive()
    }
}
