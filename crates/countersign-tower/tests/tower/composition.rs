//! Tests that the layers work between any others of tower-http: on a route, on a router and on a nested router.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::post;
use countersign::receiver::Receiver;
use countersign::{
    Event, EventCatalog, RawBody, Secret, Signer, SigningRequest, UnixTime, Verifier, providers,
};
use countersign_inbox::MemoryStore;
use countersign_inbox::inline::{DUPLICATE, Deduplicator};
use countersign_tower::{AxumBody, DedupeLayer, VerifyWebhookLayer};
use http::{HeaderName, HeaderValue, StatusCode};
use tower::{Layer, ServiceBuilder, ServiceExt};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::map_response_body::MapResponseBodyLayer;
use tower_http::normalize_path::NormalizePathLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveHeadersLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, ResponseBodyTimeoutLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const BODY: &str = r#"{"zen":"Approachable is better than simple."}"#;
const SECRET: &str = "It's a Secret to Everybody";

#[derive(serde::Deserialize, EventCatalog)]
#[event("ping")]
struct Ping {
    zen: String,
}

async fn handle(body: RawBody, event: Event<Ping>) -> String {
    assert_eq!(*body, BODY);
    event.data.zen
}

fn verify() -> VerifyWebhookLayer<AxumBody> {
    let verifier = Verifier::new(&providers::GITHUB, Secret::new(SECRET).unwrap()).unwrap();
    VerifyWebhookLayer::new(Receiver::builder(verifier).with_clock(NOW).build().unwrap()).with_axum_body()
}

fn dedupe() -> DedupeLayer<AxumBody> {
    let store = Arc::new(MemoryStore::new(100));
    let dedupe = Deduplicator::builder(store, "github", &providers::GITHUB).build();
    DedupeLayer::new(dedupe.unwrap()).with_axum_body()
}

fn genuine(path: &str) -> Request {
    let signer = Signer::new(&providers::GITHUB, Secret::new(SECRET).unwrap()).unwrap();
    let signing = SigningRequest::new(BODY, NOW).with_id("72d3162e").with_event_type("ping");
    let mut request = Request::post(path).body(Body::from(BODY)).unwrap();
    request.headers_mut().extend(signer.sign(&signing).unwrap());
    request
}

fn tampered(path: &str) -> Request {
    genuine(path).map(|_| Body::from(BODY.replace("simple", "easy")))
}

/// Sends a genuine delivery twice and a tampered one.
async fn check(app: Router, path: &str) {
    let send = |request| app.clone().oneshot(request);
    let first = send(genuine(path)).await.unwrap();
    assert_eq!(first.status(), StatusCode::OK);
    let body = axum::body::to_bytes(first.into_body(), usize::MAX).await.unwrap();
    assert_eq!(body, "Approachable is better than simple.");
    let second = send(genuine(path)).await.unwrap();
    assert_eq!((second.status(), &second.headers()[DUPLICATE]), (StatusCode::OK, &"done".parse().unwrap()));
    let tampered = send(tampered(path)).await.unwrap();
    assert_eq!(tampered.status(), StatusCode::UNAUTHORIZED);
}

/// A test per layer: around both of ours, inside of both, and between them; on a route, a router and a nested router.
macro_rules! composes {
    ($($name:ident: $layer:expr;)*) => {
        $(#[tokio::test]
        async fn $name() {
            let around = || ServiceBuilder::new().layer($layer).layer(verify()).layer(dedupe());
            let between = || ServiceBuilder::new().layer(verify()).layer($layer).layer(dedupe());
            let inside = || ServiceBuilder::new().layer(verify()).layer(dedupe()).layer($layer);
            let hook = || Router::new().route("/hook", post(handle));

            check(Router::new().route("/hook", post(handle).route_layer(around())), "/hook").await;
            check(Router::new().route("/hook", post(handle).route_layer(between())), "/hook").await;
            check(Router::new().route("/hook", post(handle).layer(inside())), "/hook").await;
            check(hook().layer(around()), "/hook").await;
            check(hook().route_layer(between()), "/hook").await;
            check(hook().layer(inside()), "/hook").await;
            check(Router::new().nest("/in", hook().layer(around())), "/in/hook").await;
            check(Router::new().nest("/in", hook()).layer(inside()), "/in/hook").await;
        })*
    };
}

const SECOND: Duration = Duration::from_secs(1);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

async fn pass(request: Request, next: Next) -> Response {
    next.run(request).await
}

composes! {
    trace: TraceLayer::new_for_http();
    timeout: TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SECOND);
    compression: CompressionLayer::new();
    request_decompression: RequestDecompressionLayer::new();
    request_body_limit: RequestBodyLimitLayer::new(4096);
    request_body_timeout: RequestBodyTimeoutLayer::new(SECOND);
    response_body_timeout: ResponseBodyTimeoutLayer::new(SECOND);
    catch_panic: CatchPanicLayer::new();
    set_request_id: SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid);
    propagate_request_id: PropagateRequestIdLayer::new(REQUEST_ID);
    cors: CorsLayer::permissive();
    sensitive_headers: SetSensitiveHeadersLayer::new([http::header::AUTHORIZATION]);
    set_response_header: SetResponseHeaderLayer::overriding(http::header::SERVER, HeaderValue::from_static("a"));
    map_response_body: MapResponseBodyLayer::new(Body::new);
    axum_middleware: from_fn(pass);
}

#[tokio::test]
async fn all_of_them_compose() {
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(TraceLayer::new_for_http())
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(RequestBodyLimitLayer::new(4096))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SECOND))
        .layer(RequestBodyTimeoutLayer::new(SECOND))
        .layer(verify())
        .layer(dedupe())
        .layer(RequestDecompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(PropagateRequestIdLayer::new(REQUEST_ID));
    check(Router::new().route("/hook", post(handle).route_layer(layers)), "/hook").await;
}

#[tokio::test]
async fn a_limit_outside_is_still_413() {
    let layers = ServiceBuilder::new().layer(RequestBodyLimitLayer::new(8)).layer(verify());
    let app = Router::new().route("/hook", post(handle).route_layer(layers));
    assert_eq!(app.oneshot(genuine("/hook")).await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn paths_are_normalised_around_an_app() {
    let app = Router::new().route("/hook", post(handle).route_layer(verify()));
    let app = NormalizePathLayer::trim_trailing_slash().layer(app);
    let response = app.oneshot(genuine("/hook/")).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}
