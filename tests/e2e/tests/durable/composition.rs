//! Tests that the service of an inbox works between any others: inside layers of tower-http, on a route, on a router and on a
//! nested router; inside middleware of actix-web, in an app and in a scope.

use std::time::Duration;

use actix_web::App;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{
    self, Compat, Compress, Condition, DefaultHeaders, ErrorHandlers, Logger, NormalizePath,
};
use actix_web::test::init_service;
use axum::Router;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use countersign_tests::durable::{Accepting, Scripted};
use countersign_tests::frameworks::{ask_actix, ask_axum};
use countersign_tests::{Answer, Request};
use http::StatusCode;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::support::{BODY, accepting, run, signed};

/// Sends a genuine delivery and a tampered one to each app, which stores one of them.
async fn check<A>(
    apps: impl IntoIterator<Item = A>,
    ask: impl AsyncFn(&A, Request) -> Answer,
    store: &Scripted,
) {
    for (nth, app) in apps.into_iter().enumerate() {
        let (genuine, tampered) = deliveries(nth);
        assert_eq!(ask(&app, genuine).await.status, 200, "app {nth}");
        let tampered = ask(&app, tampered).await;
        assert_eq!((tampered.status, &*tampered.body), (401, MISMATCH), "app {nth}");
        assert_eq!(store.stored().len(), nth + 1, "app {nth}");
    }
}

const MISMATCH: &[u8] = br#"{"title":"signature_mismatch","status":401}"#;

/// Creates a test per layer: around the service, around its route, its router and the one around that.
macro_rules! composes_in_tower {
    ($($name:ident: $layer:expr;)*) => {
        $(#[test]
        fn $name() {
            run(async {
                let store = Scripted::new([]);
                let accepting = accepting(&store);
                let hook = |path| Router::new().route_service(path, accepting.tower());
                let layered = ServiceBuilder::new().layer($layer).service(accepting.tower());
                let apps = [
                    Router::new().route_service("/webhooks/hook", layered.clone()),
                    Router::new().nest("/webhooks", Router::new().route_service("/hook", layered)),
                    hook("/webhooks/hook").layer($layer),
                    hook("/webhooks/hook").route_layer($layer),
                    Router::new().nest("/webhooks", hook("/hook").layer($layer)),
                    Router::new().nest("/webhooks", hook("/hook")).layer($layer),
                ];
                check(apps, async |app, request| ask_axum(app.clone(), request).await, &store).await;
            });
        })*
    };
}

async fn pass(request: axum::extract::Request, next: Next) -> Response {
    next.run(request).await
}

composes_in_tower! {
    trace: TraceLayer::new_for_http();
    timeout: TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(1));
    request_body_limit: RequestBodyLimitLayer::new(4096);
    catch_panic: CatchPanicLayer::new();
}

#[test]
fn a_function_of_axum_and_all_layers_compose() {
    run(async {
        let store = Scripted::new([]);
        let accepting = accepting(&store);
        let layers = ServiceBuilder::new()
            .layer(from_fn(pass))
            .layer(TraceLayer::new_for_http())
            .layer(CatchPanicLayer::new())
            .layer(RequestBodyLimitLayer::new(4096))
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(1)));
        let hook = Router::new().route_service("/hook", accepting.tower());
        let apps = [
            Router::new().nest("/webhooks", hook.clone().layer(layers.clone())),
            Router::new().nest("/webhooks", hook.clone().route_layer(layers.clone())),
            Router::new().nest("/webhooks", hook).layer(layers),
        ];
        check(apps, async |app, request| ask_axum(app.clone(), request).await, &store).await;
    });
}

#[test]
fn a_limit_outside_is_413_and_stores_nothing() {
    run(async {
        let store = Scripted::new([]);
        let hook = Router::new().route_service("/webhooks/hook", accepting(&store).tower());
        let answer = ask_axum(hook.layer(RequestBodyLimitLayer::new(8)), deliveries(0).0).await;
        assert_eq!((answer.status, store.stored().len()), (413, 0));
    });
}

/// Creates a test per middleware: around an app, around a scope, and around both.
macro_rules! composes_in_actix {
    ($($name:ident: $middleware:expr;)*) => {
        $(#[test]
        fn $name() {
            run(async {
                let store = Scripted::new([]);
                let accepting: Accepting = accepting(&store);
                let hook = || accepting.actix("/webhooks/hook");
                let scope = || actix_web::web::scope("/webhooks").service(accepting.actix("/hook"));
                macro_rules! check {
                    ($app:expr, $stored:expr) => {
                        let app = init_service($app).await;
                        let (genuine, tampered) = deliveries($stored);
                        assert_eq!(ask_actix(&app, genuine).await.status, 200);
                        let tampered = ask_actix(&app, tampered).await;
                        assert_eq!((tampered.status, &*tampered.body), (401, MISMATCH));
                        assert_eq!(store.stored().len(), $stored);
                    };
                }
                check!(App::new().wrap($middleware).service(hook()), 1);
                check!(App::new().service(scope().wrap($middleware)), 2);
                check!(App::new().wrap($middleware).service(scope().wrap($middleware)), 3);
                check!(App::new().wrap($middleware).service(scope()), 4);
            });
        })*
    };
}

async fn pass_in_actix(
    request: ServiceRequest,
    next: middleware::Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    next.call(request).await
}

composes_in_actix! {
    logger: Logger::default();
    compress: Compress::default();
    normalize_path: NormalizePath::trim();
    default_headers: DefaultHeaders::new().add(("server", "a"));
    error_handlers: ErrorHandlers::new();
    function_of_actix: middleware::from_fn(pass_in_actix);
    condition: Condition::new(true, Logger::default());
    compat: Compat::new(Compress::default());
}

/// Returns a delivery with an id of its own, genuine and tampered with.
fn deliveries(nth: usize) -> (Request, Request) {
    let body = BODY.replace("evt_1", &format!("evt_{nth}"));
    (signed(&body), signed(&body).with_body(body.replace("started", "stopped")))
}
