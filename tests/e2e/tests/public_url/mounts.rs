//! Positions of the middleware: around everything, around a nesting router, or inside the nested one.

use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use axum::Router;
use axum::body::Body;
use axum::routing::post;
use countersign::receiver::Receiver;
use countersign_actix::VerifyWebhook;
use countersign_tests::Request;
use countersign_tower::VerifyWebhookLayer;
use http_body_util::BodyExt;
use tower::ServiceExt;

/// The path of the nested router.
pub(crate) const MOUNTED_AT: &str = "/webhooks";

#[derive(Clone, Copy, Debug)]
pub(crate) enum Mount {
    Axum(Place),
    Actix(Place),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// No nesting.
    Flat,
    /// Outside the router, and around the scope.
    Outside,
    /// On the route inside.
    Inside,
}

pub(crate) fn all_mounts() -> impl Iterator<Item = Mount> {
    [Place::Flat, Place::Outside, Place::Inside]
        .into_iter()
        .flat_map(|at| [Mount::Axum(at), Mount::Actix(at)])
}

impl Mount {
    /// Returns the part of the path that the middleware does not see.
    pub(crate) fn takes_away(&self) -> &'static str {
        match self {
            Self::Axum(Place::Inside) => MOUNTED_AT,
            Self::Axum(_) | Self::Actix(_) => "",
        }
    }

    /// Returns status and body of the response.
    pub(crate) async fn answers(&self, receiver: Receiver, request: Request) -> (u16, String) {
        match self {
            Self::Axum(place) => axum(*place, receiver, request).await,
            Self::Actix(place) => actix(*place, receiver, request).await,
        }
    }
}

async fn axum(place: Place, receiver: Receiver, request: Request) -> (u16, String) {
    let layer = VerifyWebhookLayer::new(receiver);
    let handler = post(async || "handled");
    let nested = Router::new().route("/{*rest}", handler.clone());
    let app = match place {
        Place::Flat => Router::new().route("/webhooks/{*rest}", handler).layer(layer),
        Place::Outside => Router::new().nest(MOUNTED_AT, nested).layer(layer),
        Place::Inside => Router::new().nest(MOUNTED_AT, nested.layer(layer)),
    };
    let mut sent = http::Request::post(&request.target).body(Body::from(request.bytes())).unwrap();
    *sent.headers_mut() = request.headers;
    let (parts, body) = app.oneshot(sent).await.unwrap().into_parts();
    (parts.status.as_u16(), text(body.collect().await.unwrap().to_bytes()))
}

async fn actix(place: Place, receiver: Receiver, request: Request) -> (u16, String) {
    let wrap = VerifyWebhook::new(receiver);
    let handler = web::post().to(async || "handled");
    let sent =
        request.headers.iter().fold(TestRequest::post().uri(&request.target), |sent, (name, value)| {
            sent.append_header((name.as_str(), value.as_bytes()))
        });
    let sent = sent.set_payload(request.bytes()).to_request();
    macro_rules! answer {
        ($app:expr) => {{
            let response = call_service(&init_service($app).await, sent).await;
            (response.status().as_u16(), text(read_body(response).await))
        }};
    }
    match place {
        Place::Flat => {
            answer!(App::new().route("/webhooks/{rest:.*}", handler).wrap(wrap))
        }
        Place::Outside => {
            let scope = web::scope(MOUNTED_AT).route("/{rest:.*}", handler);
            answer!(App::new().service(scope.wrap(wrap)))
        }
        Place::Inside => {
            let resource = web::resource("/{rest:.*}").wrap(wrap).route(handler);
            answer!(App::new().service(web::scope(MOUNTED_AT).service(resource)))
        }
    }
}

fn text(body: bytes::Bytes) -> String {
    String::from_utf8(body.to_vec()).unwrap()
}
