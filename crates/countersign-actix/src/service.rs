use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage;
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, StatusCode};
use bytes::Bytes;
use countersign::__private::{VerifiedBy, to_actix};
use countersign::receiver::{Halt, Receiver};
use futures_core::future::LocalBoxFuture;
use http::Response;

use crate::headers::{self, ActixHeaders};
use crate::{body, limits, log};

/// The service of [`VerifyWebhook`](crate::VerifyWebhook).
#[derive(Debug)]
pub struct VerifyWebhookMiddleware<S> {
    // Shared with the futures, which outlive the call. Everything stays on one thread.
    service: Rc<S>,
    receiver: Rc<Receiver>,
}

impl<S> VerifyWebhookMiddleware<S> {
    pub(crate) fn new(service: S, receiver: Receiver) -> Self {
        Self { service: Rc::new(service), receiver: Rc::new(receiver) }
    }
}

impl<S, B> Service<ServiceRequest> for VerifyWebhookMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>> + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = S::Error;
    type Future = ResponseFuture<B, S::Error>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&self, mut req: ServiceRequest) -> Self::Future {
        let service = Rc::clone(&self.service);
        let receiver = Rc::clone(&self.receiver);
        let inner = Box::pin(async move {
            let bound = body::bounded(&req);
            let mut response = match verify(&receiver, &mut req, bound).await {
                Ok(()) => service.call(req).await?.map_into_left_body(),
                Err(halt) => {
                    let response = to_actix(answer(&receiver, halt).await);
                    req.into_response(response).map_into_right_body()
                }
            };
            // Such a connection carries no further request: the sender waits for its end.
            if bound.is_some() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
                response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
            }
            Ok(response)
        });
        ResponseFuture { inner }
    }
}

/// The future of [`VerifyWebhookMiddleware`].
#[must_use = "futures do nothing unless they are polled"]
pub struct ResponseFuture<B, E> {
    inner: LocalBoxFuture<'static, Result<ServiceResponse<EitherBody<B>>, E>>,
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

/// Returns the response to a request that does not reach the service.
async fn answer(receiver: &Receiver, halt: Halt) -> Response<Bytes> {
    match halt.settle().await {
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

/// Verifies in the order tenant, head, body, decision. Afterwards every extractor can read the request.
async fn verify(receiver: &Rc<Receiver>, req: &mut ServiceRequest, bound: Option<usize>) -> Result<(), Halt> {
    let tenant = match receiver.lookup(|| headers::request(req)) {
        Some(lookup) => Some(lookup.await),
        None => None,
    };
    let (method, target) = (req.method().as_str(), headers::target(req));
    let mut reception = receiver.begin(method, target, &ActixHeaders(req.headers()), tenant)?;
    let mut payload = req.take_payload();
    body::read(&mut payload, bound, receiver.body_deadline(), &mut reception).await?;
    if let Some(lookup) = reception.lookup_keys() {
        reception = reception.with_keys(lookup.await)?;
    }
    let delivery = reception.finish()?;

    log::accepted(&delivery);
    let body = delivery.body();
    limits::raise(req, receiver.body_limit(), body.len());
    if bound == Some(0) {
        // The frames of a WebSocket are read from it.
        req.set_payload(payload);
    } else {
        body::put_back(req, body.clone());
    }
    let mut extensions = req.extensions_mut();
    extensions.insert(delivery);
    if receiver.has_own_responses() {
        extensions.insert(VerifiedBy(Receiver::clone(receiver)));
    }
    Ok(())
}
