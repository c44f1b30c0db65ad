//! The tables of `docs/layers.md`: where a layer stands, and how requests are answered there.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::{App, HttpResponse, web};
use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use countersign::receiver::{HandshakePolicy, Receiver};
use countersign::{Delivery, Secret, SignedRequest, Signer, SigningRequest, UnixTime, Verifier, providers};
use countersign_actix::{SignedRequestExt, VerifyWebhook};
use countersign_tower::VerifyWebhookLayer;
use tower::ServiceExt;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// Returns a receiver of Meta's webhooks: its handshake is a `GET`.
fn receiver() -> Receiver {
    let verifier = Verifier::new(&providers::META, Secret::new("s3cret").unwrap()).unwrap();
    let policy = HandshakePolicy::new().with_verify_token(Secret::new("verify-me").unwrap());
    Receiver::builder(verifier).with_clock(NOW).with_handshakes(policy).build().unwrap()
}

/// Returns the requests of the columns: a delivery, a forged one, a handshake, other ones to the hook, to an unknown path
/// beside it, and to another route.
fn requests() -> [SignedRequest; 6] {
    let signed = |method: &str, url: &str| {
        let signer = Signer::new(&providers::META, Secret::new("s3cret").unwrap()).unwrap();
        signer.sign_request(&SigningRequest::new("{}", NOW).with_method(method).with_url(url)).unwrap()
    };
    let plain = |method: &str, url: &str| {
        let mut request = signed(method, url);
        request.headers.clear();
        request
    };
    let handshake = "/in/hook?hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=17";
    [
        signed("POST", "/in/hook"),
        plain("POST", "/in/hook"),
        plain("GET", handshake),
        plain("GET", "/in/hook"),
        plain("POST", "/in/unknown"),
        plain("GET", "/health"),
    ]
}

async fn received(_: Delivery) {}

fn axum_places() -> Vec<(&'static str, Router)> {
    let verify = VerifyWebhookLayer::try_new(receiver()).unwrap();
    let health = || Router::new().route("/health", get(async || ()));
    let at = |path: &str| Router::new().route(path, post(received));
    vec![
        ("`post(f).layer(verify)`", health().route("/in/hook", post(received).layer(verify.clone()))),
        (
            "`post(f).route_layer(verify)`",
            health().route("/in/hook", post(received).route_layer(verify.clone())),
        ),
        (
            "`Router::route_layer(verify)`, then other routes",
            at("/in/hook").route_layer(verify.clone()).route("/health", get(async || ())),
        ),
        (
            "`Router::layer(verify)`, then other routes",
            at("/in/hook").layer(verify.clone()).route("/health", get(async || ())),
        ),
        ("`Router::layer(verify)` after all routes", health().merge(at("/in/hook")).layer(verify.clone())),
        (
            "`nest(\"/in\", hooks)`, `hooks` with `route_layer(verify)`",
            health().nest("/in", at("/hook").route_layer(verify.clone())),
        ),
        (
            "`nest(\"/in\", hooks)`, `hooks` with `layer(verify)`",
            health().nest("/in", at("/hook").layer(verify.clone())),
        ),
        (
            "`merge(hooks)`, `hooks` with `route_layer(verify)`",
            health().merge(at("/in/hook").route_layer(verify.clone())),
        ),
        ("`merge(hooks)`, `hooks` with `layer(verify)`", health().merge(at("/in/hook").layer(verify))),
    ]
}

#[tokio::test]
async fn the_table_of_axum_is_true() {
    let mut table = String::new();
    for (place, app) in axum_places() {
        let mut row = format!("| {place} |");
        for request in requests() {
            let request = request.into_http().unwrap().map(Body::from);
            let status = app.clone().oneshot(request).await.unwrap().status();
            row += &format!(" {} |", status.as_u16());
        }
        table += &format!("{row}\n");
    }
    check(&table);
}

#[actix_web::test]
async fn the_table_of_actix_is_true() {
    let verify = VerifyWebhook::try_new(receiver()).unwrap();
    let health = || web::resource("/health").route(web::get().to(HttpResponse::Ok));
    let hook = |path: &str| {
        web::resource(path.to_owned()).route(web::post().to(async |_: Delivery| HttpResponse::Ok().finish()))
    };
    let app = || App::new().service(health());
    let mut table =
        row("`resource.wrap(verify)`", app().service(hook("/in/hook").wrap(verify.clone()))).await;
    let scope = web::scope("/in").wrap(verify.clone()).service(hook("/hook"));
    table += &row("`scope(\"/in\").wrap(verify)`", app().service(scope)).await;
    let scope = web::scope("/in").service(hook("/hook").wrap(verify.clone()));
    table += &row("`scope(\"/in\")` with `resource.wrap(verify)`", app().service(scope)).await;
    let resource = hook("/in/hook").wrap(verify.clone());
    let configured = app().configure(|config| {
        config.service(resource);
    });
    table += &row("`configure` with `resource.wrap(verify)`", configured).await;
    table += &row("`App::wrap(verify)`", app().service(hook("/in/hook")).wrap(verify)).await;
    check(&table);
}

async fn row<T, B>(place: &str, app: App<T>) -> String
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    T::Future: 'static,
    B: MessageBody,
{
    let app = actix_web::test::init_service(app).await;
    let mut row = format!("| {place} |");
    for request in requests() {
        let request = request.into_test_request().unwrap().to_request();
        let status = actix_web::test::call_service(&app, request).await.status();
        row += &format!(" {} |", status.as_u16());
    }
    row + "\n"
}

fn check(table: &str) {
    let page = include_str!("../../../docs/layers.md");
    assert!(page.contains(table), "replace the rows of docs/layers.md by these:\n{table}");
}
