use std::convert::Infallible;

use bytes::Bytes;
use countersign::receiver::{Receiver, Rejection};
use countersign::{DecodeError, Delivery, ErrorKind, Event, EventCatalog};
use countersign_tower::VerifyWebhookLayer;
use http::{Method, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tower::{Service, ServiceBuilder, ServiceExt};

use super::Framework;
use crate::{Answer, Reply, Request, Wire};

/// Plain tower: the layer around a function, and the delivery among the extensions of the request. The body type
/// cannot be made from bytes.
pub struct Tower;

impl Framework for Tower {
    async fn plain(receiver: Receiver, request: Request) -> Answer {
        send(receiver, request, plain).await
    }

    async fn typed<T: EventCatalog + Send + 'static>(receiver: Receiver, request: Request) -> Answer {
        send(receiver, request, typed::<T>).await
    }
}

/// The inputs of a reply.
type Handled = Result<(Delivery, Option<&'static str>), DecodeError>;

fn plain(delivery: Delivery) -> Handled {
    Ok((delivery, None))
}

fn typed<T: EventCatalog>(delivery: Delivery) -> Handled {
    Event::<T>::decode(delivery).map(|Event { data, delivery }| (delivery, Some(data.variant())))
}

async fn send(receiver: Receiver, request: Request, handler: fn(Delivery) -> Handled) -> Answer {
    let layer = VerifyWebhookLayer::new(receiver.clone()).with_full_body();
    let service = ServiceBuilder::new().layer(layer).service_fn(move |request| {
        let receiver = receiver.clone();
        async move { Ok::<_, Infallible>(endpoint(request, handler, &receiver).await.map(Full::new)) }
    });
    ask(service, request).await
}

/// Returns the response of a service.
pub(crate) async fn ask<S>(service: S, request: Request) -> Answer
where
    S: Service<http::Request<Wire>, Response = Response<Full<Bytes>>, Error = Infallible>,
{
    let Request { method, target, headers, body } = request;
    let mut request = http::Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = target.parse().unwrap();
    *request.headers_mut() = headers;
    let (parts, body) = service.oneshot(request).await.unwrap().into_parts();
    Answer::new(parts.status.as_u16(), parts.headers, body.collect().await.unwrap().to_bytes())
}

async fn endpoint(
    request: http::Request<Full<Bytes>>,
    handler: fn(Delivery) -> Handled,
    receiver: &Receiver,
) -> Response<Bytes> {
    let (mut parts, body) = request.into_parts();
    if parts.method != Method::POST {
        let response = Response::builder().status(StatusCode::METHOD_NOT_ALLOWED);
        return response.body(Bytes::new()).unwrap();
    }
    match handler(parts.extensions.remove().expect("the proof is an extension")) {
        Ok((delivery, variant)) => {
            let body = body.collect().await.unwrap().to_bytes();
            Reply::to(&delivery, variant, &body, &parts.headers).to_response()
        }
        Err(_) => receiver.answer(&Rejection::from(ErrorKind::DecodeFailed)),
    }
}
