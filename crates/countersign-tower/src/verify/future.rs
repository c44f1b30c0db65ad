use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use countersign::Delivery;
use countersign::receiver::{Handshaken, Receiver, Rejection};
use http::request::Parts;
use http::{HeaderValue, Request, Response, header};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::verification::Verification;
use super::{InnerBody, OuterBody};
use crate::unreadable::BoxError;
use crate::{handover, log};

pin_project! {
    /// The future of [`VerifyWebhook`](super::VerifyWebhook). It adds no errors: rejections and handshakes resolve
    /// to responses.
    pub struct ResponseFuture<S, F, B, M> {
        receiver: Receiver,
        // Present until the decision.
        held: Option<Held<S>>,
        #[pin]
        state: State<F, B>,
        mode: PhantomData<M>,
    }
}

/// The parts needed after the decision.
struct Held<S> {
    inner: S,
    parts: Parts,
}

pin_project! {
    #[project = StateProjection]
    enum State<F, B> {
        Verify { #[pin] verification: Verification<B> },
        Inner { #[pin] future: F },
        Answered,
    }
}

impl<S, F, B, M> ResponseFuture<S, F, B, M> {
    pub(super) fn new(inner: S, receiver: Receiver, request: Request<B>) -> Self {
        let (parts, body) = request.into_parts();
        let verification = Verification::new(&receiver, &parts, body);
        Self {
            receiver,
            held: Some(Held { inner, parts }),
            state: State::Verify { verification },
            mode: PhantomData,
        }
    }
}

impl<S, F, B, M, ResBody> Future for ResponseFuture<S, F, B, M>
where
    S: Service<Request<<M as InnerBody<B>>::Body>, Response = Response<ResBody>, Future = F>,
    F: Future<Output = Result<Response<ResBody>, S::Error>>,
    B: Body<Error: Into<BoxError>>,
    M: InnerBody<B> + OuterBody<ResBody>,
{
    type Output = Result<Response<<M as OuterBody<ResBody>>::Body>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let verification = match this.state.as_mut().project() {
                StateProjection::Verify { verification } => verification,
                StateProjection::Inner { future } => {
                    return future.poll(cx).map_ok(|response| response.map(M::relay));
                }
                StateProjection::Answered => return Poll::Pending,
            };
            let Some(held) = &*this.held else { return Poll::Pending };
            let verdict = ready!(verification.poll(cx, this.receiver, &held.parts));
            match (verdict, this.held.take()) {
                (Ok(delivery), Some(held)) => {
                    log::accepted(&delivery);
                    let future = held.call::<B, M>(delivery, this.receiver);
                    this.state.set(State::Inner { future });
                }
                (Ok(_), None) => return Poll::Pending,
                (Err(settled), held) => {
                    // Release the reservation of the service and the rest of the body before responding.
                    drop(held);
                    this.state.set(State::Answered);
                    return Poll::Ready(Ok(answer(this.receiver, settled).map(M::answer)));
                }
            }
        }
    }
}

/// Returns the response to a request that does not reach the inner service.
#[cold]
fn answer(receiver: &Receiver, settled: Result<Handshaken, Rejection>) -> Response<Bytes> {
    match settled {
        Ok(handshaken) => {
            log::handshake(receiver.provider(), handshaken.name());
            handshaken.into_response()
        }
        Err(rejection) => {
            log::rejected(receiver.provider(), &rejection);
            receiver.answer(&rejection)
        }
    }
}

impl<S> Held<S> {
    /// Calls the inner service with the delivery and the complete body.
    fn call<B, M>(mut self, delivery: Delivery, receiver: &Receiver) -> S::Future
    where
        S: Service<Request<M::Body>>,
        M: InnerBody<B>,
    {
        let body = delivery.body().clone();
        let length = body.len();
        let headers = &mut self.parts.headers;
        let announced =
            headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        // An upgrade has no body, and needs no length.
        let is_upgrade = length == 0 && announced.is_none() && headers.contains_key(header::UPGRADE);
        if !is_upgrade && announced != Some(length) || headers.contains_key(header::TRANSFER_ENCODING) {
            headers.remove(header::TRANSFER_ENCODING);
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        self.parts.extensions.insert(delivery);
        let mut request = Request::from_parts(self.parts, M::from_bytes(body));
        handover::prepare(&mut request, receiver, length);
        self.inner.call(request)
    }
}
