use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use countersign::__private::NotVerified;
#[cfg(feature = "axum")]
use countersign::__private::VerifiedBy;
use countersign::receiver::{Received, Receiver, Receiving};
use countersign::{__private, Delivery};
use http::request::Parts;
use http::{HeaderValue, Request, Response, header};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::deadline::Deadline;
use super::incoming::{BoxError, Incoming};
use super::{InnerBody, OuterBody};

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
        Verify { receiving: Receiving, #[pin] body: B, deadline: Option<Deadline> },
        Inner { #[pin] future: F },
        Answered,
    }
}

impl<S, F, B, M> ResponseFuture<S, F, B, M> {
    pub(super) fn new(inner: S, receiver: Receiver, request: Request<B>) -> Self {
        let (parts, body) = request.into_parts();
        let state = State::Verify { receiving: Receiving::new(&receiver), body, deadline: None };
        Self { receiver, held: Some(Held { inner, parts }), state, mode: PhantomData }
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
            let (receiving, body, deadline) = match this.state.as_mut().project() {
                StateProjection::Verify { receiving, body, deadline } => (receiving, body, deadline),
                StateProjection::Inner { future } => {
                    return future.poll(cx).map_ok(|response| response.map(M::relay));
                }
                StateProjection::Answered => return Poll::Pending,
            };
            let Some(held) = &*this.held else { return Poll::Pending };
            let length = this.receiver.body_deadline();
            let mut request = Incoming { parts: &held.parts, body, deadline, length };
            let received = ready!(receiving.poll(cx, &mut request));
            __private::received(this.receiver, &received);
            let response = match (received, this.held.take()) {
                (Received::Delivery(delivery), Some(held)) => {
                    let future = held.call::<B, M>(delivery, this.receiver);
                    this.state.set(State::Inner { future });
                    continue;
                }
                (Received::Observed { rejection, body }, Some(held)) => {
                    let future = held.pass::<B, M>(NotVerified(rejection.kind()), body, this.receiver);
                    this.state.set(State::Inner { future });
                    continue;
                }
                (Received::Handshake(response), _) => response.into_response(),
                (Received::Rejected(rejection), _) => this.receiver.answer(&rejection),
                (_, _) => return Poll::Pending,
            };
            // Release the rest of the body before responding; the reservation of the service is released, too.
            this.state.set(State::Answered);
            return Poll::Ready(Ok(response.map(M::answer)));
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
        self.parts.extensions.insert(delivery);
        self.with_body::<B, M>(body, receiver)
    }

    /// Calls the inner service with a request that did not verify, at a receiver that only observes.
    #[cold]
    fn pass<B, M>(mut self, marker: NotVerified, body: Bytes, receiver: &Receiver) -> S::Future
    where
        S: Service<Request<M::Body>>,
        M: InnerBody<B>,
    {
        self.parts.extensions.insert(marker);
        self.with_body::<B, M>(body, receiver)
    }

    fn with_body<B, M>(mut self, body: Bytes, receiver: &Receiver) -> S::Future
    where
        S: Service<Request<M::Body>>,
        M: InnerBody<B>,
    {
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
        let mut request = Request::from_parts(self.parts, M::from_bytes(body));
        prepare(&mut request, receiver, length);
        self.inner.call(request)
    }
}

/// Does nothing without axum.
#[cfg(not(feature = "axum"))]
fn prepare<B>(_request: &mut Request<B>, _receiver: &Receiver, _length: usize) {}

/// Stores the receiver if it has custom responses for the extractors to return, and raises axum's limit. Most requests
/// need neither.
#[cfg(feature = "axum")]
fn prepare<B>(request: &mut Request<B>, receiver: &Receiver, length: usize) {
    if receiver.has_own_responses() {
        request.extensions_mut().insert(VerifiedBy(receiver.clone()));
    }
    super::limits::raise(request, length);
}
