//! Only for tower: a resource of actix-web boxes the futures of its handler.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::Body;
use http_body_util::Full;
use pin_project_lite::pin_project;

use super::accept::{Accept, Accepting};
use crate::verify::BoxError;
use crate::{FullBody, ResponseFuture};

pin_project! {
    /// The future of [`InboxService`](super::InboxService). Once verified, a delivery is stored even if this future is dropped.
    pub struct InboxFuture<B> {
        #[pin]
        verified: ResponseFuture<Accept, Accepting, B, FullBody>,
    }
}

impl<B> InboxFuture<B> {
    pub(super) fn new(verified: ResponseFuture<Accept, Accepting, B, FullBody>) -> Self {
        Self { verified }
    }
}

impl<B: Body<Error: Into<BoxError>>> Future for InboxFuture<B> {
    type Output = Result<Response<Full<Bytes>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().verified.poll(cx)
    }
}

impl<B> fmt::Debug for InboxFuture<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxFuture").finish_non_exhaustive()
    }
}
