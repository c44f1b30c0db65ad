use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage;
use actix_web::body::EitherBody;
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, StatusCode};
use bytes::Bytes;
use countersign::__private::{NotVerified, VerifiedBy, to_actix};
use countersign::receiver::{Received, Receiver, Receiving, Rejection};
use countersign::{__private, ErrorKind};
use http::Response;

use super::{ResponseFuture, incoming, limits};

/// The service of [`VerifyWebhook`](crate::VerifyWebhook).
#[derive(Debug)]
pub struct VerifyWebhookMiddleware<S> {
    // Shared with the futures, which outlive the call. Everything stays on one thread.
    service: Rc<S>,
    receiver: Rc<Receiver>,
}

impl<S> VerifyWebhookMiddleware<S> {
    pub(super) fn new(service: S, receiver: Receiver) -> Self {
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
            let bound = incoming::bounded(&req);
            let payload = req.take_payload();
            let mut request = incoming::Incoming::new(&req, payload, bound, receiver.body_deadline());
            let received = Receiving::new(&receiver).run(&mut request).await;
            let payload = request.payload;
            __private::received(&receiver, &received);
            let mut response = match received {
                Received::Handshake(response) => respond(req, response.into_response()),
                Received::Delivery(delivery) => {
                    hand_over(&receiver, &mut req, payload, bound, delivery.body());
                    req.extensions_mut().insert(delivery);
                    service.call(req).await?.map_into_left_body()
                }
                Received::Observed { rejection, body } => {
                    hand_over(&receiver, &mut req, payload, bound, &body);
                    req.extensions_mut().insert(NotVerified(rejection.kind()));
                    service.call(req).await?.map_into_left_body()
                }
                Received::Rejected(rejection) => respond(req, receiver.answer(&rejection)),
                _ => respond(req, receiver.answer(&Rejection::from(ErrorKind::NotInstalled))),
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

fn respond<B>(req: ServiceRequest, response: Response<Bytes>) -> ServiceResponse<EitherBody<B>> {
    req.into_response(to_actix(response)).map_into_right_body()
}

/// Puts the body back, so that every extractor can read the request.
fn hand_over(
    receiver: &Receiver,
    req: &mut ServiceRequest,
    payload: Payload,
    bound: Option<usize>,
    body: &Bytes,
) {
    limits::raise(req, receiver.body_limit(), body.len());
    if bound == Some(0) {
        // The frames of a WebSocket are read from it.
        req.set_payload(payload);
    } else {
        incoming::put_back(req, body.clone());
    }
    if receiver.has_own_responses() {
        req.extensions_mut().insert(VerifiedBy(receiver.clone()));
    }
}
