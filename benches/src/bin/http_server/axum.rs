//! axum: bare, with the layer, and with typical hand-written middleware.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use countersign::RawBody;
use countersign_benches::handwritten::Signed;
use countersign_tower::VerifyWebhookLayer;
use svix::webhooks::Webhook;

use crate::{LIMIT, announce, hash, sender, usage};

pub(crate) fn serve(middleware: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        announce(listener.local_addr().unwrap());
        axum::serve(listener, app(middleware)).await.unwrap();
    });
}

fn app(middleware: &str) -> Router {
    let bare = post(handle);
    let route = match middleware {
        "bare" => bare,
        "hash" => post(hash_and_handle),
        "countersign" => post(handle_verified).route_layer(VerifyWebhookLayer::new(sender().verifier())),
        "svix" => {
            let webhook = Arc::new(Webhook::new(&sender().secret()).unwrap());
            bare.route_layer(from_fn_with_state(webhook, with_svix))
        }
        "handwritten" => {
            let key: Arc<[u8]> = sender().key().into();
            bare.route_layer(from_fn_with_state(key, with_hmac))
        }
        other => usage(other),
    };
    Router::new().route("/", route)
}

async fn handle(body: Bytes) -> StatusCode {
    std::hint::black_box(body);
    StatusCode::NO_CONTENT
}

async fn handle_verified(body: RawBody) -> StatusCode {
    handle(body.into_inner()).await
}

async fn hash_and_handle(body: Bytes) -> StatusCode {
    hash(&body);
    handle(body).await
}

async fn with_svix(State(webhook): State<Arc<Webhook>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    if webhook.verify(&body, &parts.headers).is_err() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}

async fn with_hmac(State(key): State<Arc<[u8]>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let signed = Signed::from_headers(|name| parts.headers.get(name)?.to_str().ok());
    if !signed.is_some_and(|signed| signed.is_right(&key, &body)) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}
