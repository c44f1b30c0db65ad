//! Tests of the extractors in axum.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::post;
use bytes::Bytes;
use countersign::providers::preflix;
use countersign::receiver::Receiver;
use countersign::receiver::RejectionBody;
use countersign::{Delivery, ErrorKind, Event, EventCatalog, ExtractError, RawBody};
use countersign_tower::VerifyWebhookLayer;
use http::{Response, StatusCode};
use tower::ServiceExt;

use crate::support::{BODY, receiver, signed, text};

const PATH: &str = "/webhooks/preflix";

async fn send(app: Router, body: impl AsRef<[u8]>) -> Response<Body> {
    let sent = Body::from(body.as_ref().to_vec());
    app.oneshot(signed(body, sent)).await.unwrap()
}

fn app(receiver: Receiver, handler: axum::routing::MethodRouter) -> Router {
    Router::new().route(PATH, handler).layer(VerifyWebhookLayer::new(receiver))
}

async fn typed(Event { data, delivery, .. }: Event<preflix::Event>) -> String {
    format!("{} {}", data.variant(), delivery.id().unwrap().as_str())
}

#[tokio::test]
async fn an_event_is_its_data_and_its_delivery() {
    let response = send(app(receiver(), post(typed)), BODY).await;
    assert_eq!(text(response).await, "AuditStarted evt_7b2");
}

#[tokio::test]
async fn extractors_go_together_and_leave_the_body_to_others() {
    async fn handle(
        State(state): State<u8>,
        delivery: Delivery,
        event: Event<preflix::Event>,
        raw: RawBody,
        body: Bytes,
    ) -> String {
        assert_eq!((delivery.body(), &*raw), (event.delivery.body(), &body));
        assert_eq!(raw.into_inner(), body);
        format!("{state} {}", delivery.event_type().unwrap().as_str())
    }
    let router = Router::new().route(PATH, post(handle)).layer(VerifyWebhookLayer::new(receiver()));
    assert_eq!(text(send(router.with_state(7), BODY).await).await, "7 audit.started");
}

#[tokio::test]
async fn axums_own_limit_does_not_cut_off_what_ours_let_in() {
    async fn handle(body: Bytes) -> String {
        body.len().to_string()
    }
    let body = vec![b' '; 3 << 20];
    let raised = app(receiver().to_builder().with_body_limit(4 << 20).build().unwrap(), post(handle));
    assert_eq!(text(send(raised, &body).await).await, body.len().to_string());
    let default = app(receiver(), post(handle));
    assert_eq!(send(default, &body).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn without_the_middleware_it_is_our_mistake() {
    let app = Router::new()
        .route("/delivery", post(async |_: Delivery| ()))
        .route("/event", post(async |_: Event<preflix::Event>| ()))
        .route("/raw", post(async |_: RawBody| ()));
    for path in ["/delivery", "/event", "/raw"] {
        let mut request = signed(BODY, Body::from(BODY));
        *request.uri_mut() = path.parse().unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert_eq!(text(response).await, r#"{"title":"not_installed","status":500}"#, "{path}");
    }
}

/// A genuine delivery of a known type, whose data has another shape.
const MISFIT: &str =
    r#"{"id":"evt_1","type":"audit.completed","data":{"bill_id":"bill_8f4","report_id":33}}"#;

#[tokio::test]
async fn data_that_does_not_fit_is_unprocessable() {
    let response = send(app(receiver(), post(typed)), MISFIT).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(text(response).await, r#"{"title":"decode_failed","status":422}"#);
}

#[tokio::test]
async fn the_receiver_answers_for_the_extractors_too() {
    let receiver = receiver()
        .to_builder()
        .with_rejection_body(|problem| RejectionBody::text(problem.title()))
        .build()
        .unwrap();
    let response = send(app(receiver, post(typed)), MISFIT).await;
    assert_eq!(
        (response.status(), text(response).await),
        (StatusCode::UNPROCESSABLE_ENTITY, "decode_failed".to_owned())
    );
}

#[tokio::test]
async fn a_handler_may_decide_what_does_not_fit() {
    async fn handle(event: Result<Event<preflix::Event>, ExtractError>) -> axum::response::Response {
        match event {
            Ok(_) => "fits".into_response(),
            Err(error) if error.kind() == ErrorKind::DecodeFailed => {
                assert!(!format!("{error:?}").contains("33"), "quotes the body");
                error.decode_error().unwrap().path().to_owned().into_response()
            }
            Err(error) => error.into_response(),
        }
    }
    let response = send(app(receiver(), post(handle)), MISFIT).await;
    assert_eq!(text(response).await, "data.report_id");
}
