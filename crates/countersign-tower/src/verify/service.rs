use std::marker::PhantomData;
use std::mem;
use std::task::{Context, Poll};

use countersign::receiver::Receiver;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::incoming::BoxError;
use super::{InnerBody, OuterBody, ResponseFuture, SameBody};

/// The service of [`VerifyWebhookLayer`](super::VerifyWebhookLayer).
#[derive(Clone, Debug)]
pub struct VerifyWebhook<S, M = SameBody> {
    inner: S,
    receiver: Receiver,
    mode: PhantomData<M>,
}

impl<S, M> VerifyWebhook<S, M> {
    pub(super) fn new(inner: S, receiver: Receiver) -> Self {
        Self { inner, receiver, mode: PhantomData }
    }
}

impl<S, B, M, ResBody> Service<Request<B>> for VerifyWebhook<S, M>
where
    S: Service<Request<<M as InnerBody<B>>::Body>, Response = Response<ResBody>> + Clone,
    B: Body<Error: Into<BoxError>>,
    M: InnerBody<B> + OuterBody<ResBody>,
{
    type Response = Response<<M as OuterBody<ResBody>>::Body>;
    type Error = S::Error;
    type Future = ResponseFuture<S, S::Future, B, M>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that is ready is the one to be called, not its clone:
        // https://docs.rs/tower/0.5/tower/trait.Service.html#be-careful-when-cloning-inner-services
        let clone = self.inner.clone();
        let ready = mem::replace(&mut self.inner, clone);
        ResponseFuture::new(ready, self.receiver.clone(), request)
    }
}
