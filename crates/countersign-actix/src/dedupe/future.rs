use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::Error;
use actix_web::body::EitherBody;
use actix_web::dev::ServiceResponse;
use actix_web::error::InternalError;
use actix_web::rt::task::JoinHandle;
use bytes::Bytes;
use countersign::__private::{self, to_actix};
use countersign_inbox::RefusalKind;
use http::Response;

/// The future of [`DedupeMiddleware`](super::DedupeMiddleware). Dropping it does not end the handler.
#[must_use = "futures do nothing unless they are polled"]
pub struct DedupeFuture<B> {
    state: State<B>,
}

enum State<B> {
    Running(JoinHandle<Result<ServiceResponse<EitherBody<B>>, Error>>),
    Answered(Option<ServiceResponse<EitherBody<B>>>),
}

impl<B> DedupeFuture<B> {
    pub(super) fn running(task: JoinHandle<Result<ServiceResponse<EitherBody<B>>, Error>>) -> Self {
        Self { state: State::Running(task) }
    }

    pub(super) fn answered(response: ServiceResponse<EitherBody<B>>) -> Self {
        Self { state: State::Answered(Some(response)) }
    }
}

/// No field is pinned.
impl<B> Unpin for DedupeFuture<B> {}

impl<B> Future for DedupeFuture<B> {
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

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
            Err(instead(RefusalKind::HandlerFailed.response()))
        }))
    }
}

impl<B> fmt::Debug for DedupeFuture<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DedupeFuture").finish_non_exhaustive()
    }
}

/// Returns the middleware's own response as an error, for when the request is no longer available.
pub(super) fn instead(answer: Response<Bytes>) -> Error {
    InternalError::from_response("the handler did not finish", to_actix(answer)).into()
}
