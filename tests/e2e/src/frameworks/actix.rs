use actix_web::body::MessageBody;
use actix_web::dev::{Payload, Service, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::{ConnectionType, Method};
use actix_web::test::{TestRequest, init_service, read_body, try_call_service};
use actix_web::{App, HttpRequest, HttpResponse, Route, web};
use bytes::Bytes;
use countersign::receiver::Receiver;
use countersign::{Delivery, Event, EventCatalog};
use countersign_actix::VerifyWebhook;
use http::header::CONNECTION;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::BodyExt;

use super::Framework;
use crate::{Answer, Reply, Request};

/// actix: the middleware around an app, and extractors in the handler.
pub struct Actix;

impl Framework for Actix {
    async fn plain(receiver: Receiver, request: Request) -> Answer {
        send(receiver, web::post().to(plain), request).await
    }

    async fn typed<T: EventCatalog + Send + 'static>(receiver: Receiver, request: Request) -> Answer {
        send(receiver, web::post().to(typed::<T>), request).await
    }
}

async fn plain(delivery: Delivery, request: HttpRequest, body: Bytes) -> HttpResponse {
    respond(&Reply::to(&delivery, None, &body, &to_http(request.headers())))
}

async fn typed<T: EventCatalog + 'static>(
    event: Event<T>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let variant = event.data.variant();
    respond(&Reply::to(&event.delivery, Some(variant), &body, &to_http(request.headers())))
}

fn respond(reply: &Reply<'_>) -> HttpResponse {
    HttpResponse::Ok().content_type(Reply::CONTENT_TYPE).body(reply.to_bytes())
}

async fn send(receiver: Receiver, endpoint: Route, request: Request) -> Answer {
    let hooks = web::resource("/webhooks/{rest:.*}").route(endpoint);
    let app = init_service(App::new().service(hooks).wrap(VerifyWebhook::new(receiver))).await;
    ask(&app, request).await
}

/// Returns the response of an app.
///
/// # Panics
///
/// If the request or the response cannot be passed on.
pub async fn ask<B: MessageBody + 'static>(
    app: &impl Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    request: Request,
) -> Answer {
    let Request { method, target, headers, body } = request;
    let method = Method::from_bytes(method.as_str().as_bytes()).unwrap();
    let request =
        headers.iter().fold(TestRequest::default().method(method).uri(&target), |request, (name, value)| {
            request.append_header((name.as_str(), value.as_bytes()))
        });
    let mut request = request.to_request();
    let broken = |_| PayloadError::Incomplete(None);
    let payload = Box::pin(body.map_err(broken).into_data_stream());
    *request.payload() = Payload::Stream { payload };
    let response = match try_call_service(app, request).await {
        Ok(response) => response.map_into_boxed_body(),
        // As actix's server does.
        Err(error) => {
            let carrier = TestRequest::default().to_srv_request();
            carrier.into_response(error.error_response())
        }
    };
    let mut headers = to_http(response.headers());
    // actix stores this header separately.
    if response.response().head().connection_type() == ConnectionType::Close {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Answer::new(response.status().as_u16(), headers, read_body(response).await)
}

fn to_http(headers: &actix_web::http::header::HeaderMap) -> HeaderMap {
    let converted = headers.iter().map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).unwrap();
        (name, HeaderValue::from_bytes(value.as_bytes()).unwrap())
    });
    converted.collect()
}
