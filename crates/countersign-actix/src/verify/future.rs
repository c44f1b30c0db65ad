use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::EitherBody;
use actix_web::dev::ServiceResponse;
use futures_core::future::LocalBoxFuture;

/// The future of [`VerifyWebhookMiddleware`](super::VerifyWebhookMiddleware).
#[must_use = "futures do nothing unless they are polled"]
pub struct ResponseFuture<B, E> {
    pub(super) inner: LocalBoxFuture<'static, Result<ServiceResponse<EitherBody<B>>, E>>,
}

impl<B, E> Future for ResponseFuture<B, E> {
    type Output = Result<ServiceResponse<EitherBody<B>>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.inner.as_mut().poll(cx)
    }
}

impl<B, E> fmt::Debug for ResponseFuture<B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
