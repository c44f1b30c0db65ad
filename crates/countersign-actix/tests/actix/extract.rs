use actix_web::test::{TestRequest, init_service};
use actix_web::{App, HttpResponse, web};
use countersign::EventCatalog as _;
use countersign::providers::preflix;
use countersign::receiver::RejectionBody;
use countersign::{Delivery, Event, ExtractError, RawBody};
use countersign_actix::VerifyWebhook;

use crate::support::{BODY, problem, receiver, send, signed};

const MISFIT: &str = r#"{"id":"evt_2","type":"audit.completed","data":{"bill_id":17}}"#;

async fn typed(event: Event<preflix::Event>) -> String {
    format!("{} {}", event.data.variant(), event.delivery.id().unwrap().as_str())
}

async fn own_answer(event: Result<Event<preflix::Event>, ExtractError>) -> HttpResponse {
    match event {
        Ok(_) => HttpResponse::Ok().finish(),
        Err(error) => {
            let path = error.decode_error().unwrap().path().to_owned();
            HttpResponse::Accepted().body(format!("{} {path}", error.kind()))
        }
    }
}

#[actix_web::test]
async fn events_are_decoded_by_type() {
    let app = init_service(
        App::new()
            .wrap(VerifyWebhook::new(receiver()))
            .route("/typed", web::post().to(typed))
            .route("/own", web::post().to(own_answer)),
    )
    .await;
    let unknown = r#"{"id":"evt_3","type":"bill.eaten","data":{"by":"dog"}}"#;
    for (name, path, body, expected) in [
        ("known", "/typed", BODY, (200, "BillCreated evt_1".to_owned())),
        ("unknown", "/typed", unknown, (200, "Unknown evt_3".to_owned())),
        ("misfit", "/typed", MISFIT, problem("decode_failed", 422)),
        ("no type", "/typed", r#"{"id":"evt_4"}"#, problem("decode_failed", 422)),
        ("no JSON", "/typed", "<xml/>", problem("decode_failed", 422)),
        ("handled by the handler", "/own", MISFIT, (202, "decode_failed data.bill_id".to_owned())),
    ] {
        assert_eq!(send(&app, signed(body).uri(path)).await, expected, "{name}");
    }
}

#[actix_web::test]
async fn several_extractors_share_one_delivery() {
    async fn all(delivery: Delivery, event: Event<preflix::Event>, body: RawBody) -> String {
        assert_eq!(delivery.body(), event.delivery.body());
        assert!(body.as_ptr() == event.delivery.body().as_ptr(), "not a copy");
        event.delivery.key().to_owned()
    }
    let app =
        init_service(App::new().wrap(VerifyWebhook::new(receiver())).route("/hook", web::post().to(all)))
            .await;
    assert_eq!(send(&app, signed(BODY)).await, (200, "primary".to_owned()));
}

#[actix_web::test]
async fn without_the_middleware_nothing_is_extracted() {
    let app = init_service(
        App::new()
            .route("/delivery", web::post().to(async |_: Delivery| HttpResponse::Ok()))
            .route("/event", web::post().to(async |_: Event<preflix::Event>| HttpResponse::Ok()))
            .route("/raw", web::post().to(async |_: RawBody| HttpResponse::Ok())),
    )
    .await;
    for path in ["/delivery", "/event", "/raw"] {
        assert_eq!(send(&app, signed(BODY).uri(path)).await, problem("not_installed", 500), "{path}");
    }
}

#[actix_web::test]
async fn one_hook_answers_all_rejections() {
    let receiver = receiver()
        .to_builder()
        .with_rejection_body(|problem| RejectionBody::text(problem.title()))
        .build()
        .unwrap();
    let app =
        init_service(App::new().wrap(VerifyWebhook::new(receiver)).route("/hook", web::post().to(typed)))
            .await;
    let unsigned = TestRequest::post().uri("/hook");
    assert_eq!(send(&app, unsigned).await, (400, "missing_signature".to_owned()));
    assert_eq!(send(&app, signed(MISFIT)).await, (422, "decode_failed".to_owned()));
}
