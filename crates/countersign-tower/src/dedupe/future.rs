use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use countersign::__private;
use countersign_inbox::RefusalKind;
use http::Response;
use tokio::task::JoinHandle;

/// The future of [`Dedupe`](super::Dedupe). Dropping it does not end the handler.
#[must_use = "futures do nothing unless they are polled"]
pub struct DedupeFuture<B, E> {
    state: State<B, E>,
}

enum State<B, E> {
    Running(JoinHandle<Result<Response<B>, E>>),
    Answered(Option<Response<B>>),
}

impl<B, E> DedupeFuture<B, E> {
    pub(super) fn running(task: JoinHandle<Result<Response<B>, E>>) -> Self {
        Self { state: State::Running(task) }
    }

    pub(super) fn answered(response: Response<B>) -> Self {
        Self { state: State::Answered(Some(response)) }
    }
}

/// No field is pinned.
impl<B, E> Unpin for DedupeFuture<B, E> {}

impl<B: From<Bytes>, E> Future for DedupeFuture<B, E> {
    type Output = Result<Response<B>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let task = match &mut self.state {
            State::Running(task) => task,
            State::Answered(response) => {
                return response.take().map_or(Poll::Pending, |r| Poll::Ready(Ok(r)));
            }
        };
        Poll::Ready(ready!(Pin::new(task).poll(cx)).unwrap_or_else(|error| {
            // Panics of handlers are caught inside: this is the end of the runtime, or a panic in a destructor.
            __private::task_ended(&error);
            Ok(RefusalKind::HandlerFailed.response().map(B::from))
        }))
    }
}

impl<B, E> fmt::Debug for DedupeFuture<B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DedupeFuture").finish_non_exhaustive()
    }
}
