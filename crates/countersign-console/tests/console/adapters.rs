//! Both frameworks serve the same pages, at any path.

use std::sync::Arc;

use actix_web::App;
use actix_web::body::MessageBody;
use axum::Router;
use axum::body::{Body, to_bytes};
use countersign_console::Console;
use countersign_inbox::OpsStore;
use http::{Method, Request, StatusCode};
use tower::ServiceExt;

use crate::support::{Fixture, set};

/// A response: status, location, type, and text.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    location: Option<String>,
    kind: Option<String>,
    csp: bool,
    text: String,
}

async fn by_axum(router: &Router, method: &Method, target: &str, body: &str) -> Answer {
    let request = Request::builder().method(method).uri(target).header("x-role", "operator");
    let response = router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (status, location, kind) = (response.status().as_u16(), header("location"), header("content-type"));
    let csp = header("content-security-policy").is_some();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    Answer { status, location, kind, csp, text: String::from_utf8(body.to_vec()).unwrap() }
}

async fn by_actix(console: &Console, mount: &str, method: &Method, target: &str, body: &str) -> Answer {
    let app = actix_web::test::init_service(App::new().service(console.scope(mount))).await;
    let request = actix_web::test::TestRequest::with_uri(target)
        .method(actix_web::http::Method::from_bytes(method.as_str().as_bytes()).unwrap())
        .insert_header(("x-role", "operator"))
        .set_payload(body.to_owned())
        .to_request();
    let response = actix_web::test::call_service(&app, request).await;
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (status, location, kind) = (response.status().as_u16(), header("location"), header("content-type"));
    let csp = header("content-security-policy").is_some();
    let body = response.into_body().try_into_bytes().ok().unwrap_or_default();
    Answer { status, location, kind, csp, text: String::from_utf8(body.to_vec()).unwrap() }
}

#[actix_web::test]
async fn both_frameworks_serve_the_same_pages() {
    let fixture = Fixture::in_memory();
    fixture.receive("orders", "evt", "{}").await;
    let console = &fixture.console;
    let router = Router::new().nest_service("/in/ops", console.router());
    let large = "x".repeat(Console::MAX_FORM_BYTES + 1);
    let cases = [
        (Method::GET, "/in/ops", "", 308),
        (Method::GET, "/in/ops/", "", 200),
        (Method::GET, "/in/ops/?window=24h", "", 200),
        (Method::GET, "/in/ops/events?source=orders", "", 200),
        (Method::GET, "/in/ops/events/1", "", 200),
        (Method::GET, "/in/ops/style.css", "", 200),
        (Method::GET, "/in/ops/other", "", 404),
        (Method::DELETE, "/in/ops/events/1", "", 405),
        (Method::POST, "/in/ops/change", "action=replay&ids=1", 403),
        (Method::POST, "/in/ops/change", large.as_str(), 413),
    ];
    for (method, target, body, status) in cases {
        let axum = by_axum(&router, &method, target, body).await;
        assert_eq!(axum.status, status, "{method} {target}: {}", axum.text);
        let actix = by_actix(console, "/in/ops", &method, target, body).await;
        assert_eq!(axum, actix, "{method} {target}");
        assert!(axum.csp);
    }
    let moved = by_axum(&router, &Method::GET, "/in/ops?window=24h", "").await;
    assert_eq!(moved.location.as_deref(), Some("./ops/?window=24h"));
    let (_, mut form) = fixture.get("operator", "/pause?source=orders").await.form();
    set(&mut form, "reason", "a & b");
    let mut body = form_urlencoded::Serializer::new(String::new());
    let body = body.extend_pairs(form).finish();
    let axum = by_axum(&router, &Method::POST, "/in/ops/pause", &body).await;
    // Sent twice: the endpoint is paused by then.
    let actix = by_actix(console, "/in/ops", &Method::POST, "/in/ops/pause", &body).await;
    for (answer, notice) in [(axum, "./?notice=orders+is+paused."), (actix, "./?notice=Nothing+was+changed")]
    {
        assert_eq!(answer.status, StatusCode::SEE_OTHER.as_u16());
        assert!(
            answer.location.as_deref().is_some_and(|location| location.starts_with(notice)),
            "{:?}",
            answer.location
        );
    }
    let store: Arc<dyn OpsStore> = fixture.store.clone();
    assert!(store.stats().await.unwrap().pause("orders").is_some());
}

#[tokio::test]
async fn a_router_may_be_an_application_of_its_own() {
    let fixture = Fixture::in_memory();
    let router: Router = fixture.console.router();
    assert_eq!(by_axum(&router, &Method::GET, "/", "").await.status, 200);
    assert_eq!(by_axum(&router, &Method::GET, "/events", "").await.status, 200);
}
