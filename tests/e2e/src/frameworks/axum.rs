use axum::Router;
use axum::body::Body;
use axum::routing::{MethodRouter, post};
use bytes::Bytes;
use countersign::receiver::Receiver;
use countersign::{Delivery, Event, EventCatalog};
use countersign_tower::VerifyWebhookLayer;
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::Framework;
use crate::{Answer, Reply, Request};

/// axum: the layer around a router, and extractors in the handler.
pub struct Axum;

impl Framework for Axum {
    async fn plain(receiver: Receiver, request: Request) -> Answer {
        send(receiver, post(plain), request).await
    }

    async fn typed<T: EventCatalog + Send + 'static>(receiver: Receiver, request: Request) -> Answer {
        send(receiver, post(typed::<T>), request).await
    }
}

async fn plain(delivery: Delivery, headers: HeaderMap, body: Bytes) -> Response<Body> {
    Reply::to(&delivery, None, &body, &headers).to_response().map(Body::from)
}

async fn typed<T: EventCatalog>(event: Event<T>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let variant = event.data.variant();
    Reply::to(&event.delivery, Some(variant), &body, &headers).to_response().map(Body::from)
}

async fn send(receiver: Receiver, endpoint: MethodRouter, request: Request) -> Answer {
    let app = Router::new().route("/webhooks/{*rest}", endpoint).layer(VerifyWebhookLayer::new(receiver));
    ask(app, request).await
}

/// Returns the response of an app.
///
/// # Panics
///
/// If the request or the response cannot be passed on.
pub async fn ask(app: Router, request: Request) -> Answer {
    let Request { method, target, headers, body } = request;
    let mut request = http::Request::new(Body::new(body.map_err(axum::Error::new)));
    *request.method_mut() = method;
    *request.uri_mut() = target.parse().unwrap();
    *request.headers_mut() = headers;
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    Answer::new(parts.status.as_u16(), parts.headers, body.collect().await.unwrap().to_bytes())
}
