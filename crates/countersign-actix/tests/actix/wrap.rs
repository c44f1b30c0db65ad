use std::cell::Cell;
use std::rc::Rc;

use actix_web::dev::Service;
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, HttpMessage, HttpRequest, HttpResponse, web};
use countersign::Delivery;
use countersign_actix::VerifyWebhook;

use crate::support::{BODY, NOW, chunks, problem, receiver, send, signed, signed_head, with_stream};

async fn id(delivery: Delivery) -> String {
    delivery.id().unwrap().as_str().to_owned()
}

#[actix_web::test]
async fn wraps_apps_scopes_and_resources() {
    let verify = VerifyWebhook::new(receiver());
    let resource = || web::resource("/hook").route(web::post().to(id));
    let around_app = init_service(App::new().wrap(verify.clone()).service(resource())).await;
    let around_scope =
        init_service(App::new().service(web::scope("").wrap(verify.clone()).service(resource()))).await;
    let around_resource = init_service(App::new().service(resource().wrap(verify))).await;

    let tampered = || signed(BODY).set_payload("tampered");
    assert_eq!(send(&around_app, signed(BODY)).await, (200, "evt_1".to_owned()));
    assert_eq!(send(&around_app, tampered()).await, problem("signature_mismatch", 401));
    assert_eq!(send(&around_scope, signed(BODY)).await, (200, "evt_1".to_owned()));
    assert_eq!(send(&around_scope, tampered()).await, problem("signature_mismatch", 401));
    assert_eq!(send(&around_resource, signed(BODY)).await, (200, "evt_1".to_owned()));
    assert_eq!(send(&around_resource, tampered()).await, problem("signature_mismatch", 401));
}

#[actix_web::test]
async fn the_sender_receives_the_kind_and_nothing_else() {
    let app = init_service(
        App::new().wrap(VerifyWebhook::new(receiver())).route("/hook", web::post().to(HttpResponse::Ok)),
    )
    .await;
    let stamp = |secs: i64| (NOW.as_secs() + secs).to_string();
    let with = |name: &'static str, value: String| signed(BODY).insert_header((name, value));
    for (name, request, expected) in [
        ("no headers", TestRequest::post().uri("/hook"), problem("missing_signature", 400)),
        ("empty", with("preflixai-signature", String::new()), problem("missing_signature", 400)),
        ("wrong signature", with("preflixai-signature", "00".repeat(32)), problem("signature_mismatch", 401)),
        ("no number", with("preflixai-timestamp", "now".to_owned()), problem("malformed_timestamp", 400)),
        ("stale", with("preflixai-timestamp", stamp(-301)), problem("timestamp_too_old", 401)),
        ("future", with("preflixai-timestamp", stamp(301)), problem("timestamp_too_new", 401)),
        ("resigned time", with("preflixai-timestamp", stamp(1)), problem("signature_mismatch", 401)),
        (
            "two signatures",
            signed(BODY).append_header(("preflixai-signature", "00".repeat(32))),
            problem("malformed_signature", 400),
        ),
        ("other body", signed(BODY).set_payload("{}"), problem("signature_mismatch", 401)),
    ] {
        assert_eq!(send(&app, request).await, expected, "{name}");
    }
}

#[actix_web::test]
async fn what_is_rejected_does_not_reach_the_service() {
    let calls = Rc::new(Cell::new(0));
    let counter = Rc::clone(&calls);
    let app = init_service(
        App::new()
            .wrap_fn(move |req, service| {
                counter.set(counter.get() + 1);
                service.call(req)
            })
            .wrap(VerifyWebhook::new(receiver()))
            .route("/hook", web::post().to(HttpResponse::Ok)),
    )
    .await;
    send(&app, signed(BODY).set_payload("tampered")).await;
    assert_eq!(calls.get(), 0);
    send(&app, signed(BODY)).await;
    assert_eq!(calls.get(), 1);
}

#[actix_web::test]
async fn extensions_and_head_are_preserved() {
    async fn handle(req: HttpRequest) -> String {
        let marker = *req.extensions().get::<&str>().unwrap();
        let custom = req.headers().get("x-custom").unwrap().to_str().unwrap();
        format!("{marker} {custom} {} {}", req.method(), req.uri())
    }
    let app = init_service(
        App::new()
            .service(
                web::resource("/hook").wrap(VerifyWebhook::new(receiver())).route(web::post().to(handle)),
            )
            .wrap_fn(|req, service| {
                req.extensions_mut().insert("set before");
                service.call(req)
            }),
    )
    .await;
    let request = signed(BODY).uri("/hook?a=b").insert_header(("x-custom", "kept"));
    assert_eq!(send(&app, request).await, (200, "set before kept POST /hook?a=b".to_owned()));
}

#[actix_web::test]
async fn inner_middleware_finds_the_delivery() {
    let app = init_service(
        App::new()
            .wrap_fn(|req, service| {
                let delivery = req.extensions().get::<countersign::Delivery>().cloned().unwrap();
                assert_eq!(delivery.received_at(), NOW);
                service.call(req)
            })
            .wrap(VerifyWebhook::new(receiver()))
            .route("/hook", web::post().to(HttpResponse::Ok)),
    )
    .await;
    assert_eq!(send(&app, signed(BODY)).await.0, 200);
}

#[actix_web::test]
async fn a_chunked_body_goes_on_with_its_length() {
    async fn handle(req: HttpRequest, body: web::Bytes) -> String {
        assert!(!req.headers().contains_key(TRANSFER_ENCODING));
        assert_eq!(body, BODY);
        req.headers().get(CONTENT_LENGTH).unwrap().to_str().unwrap().to_owned()
    }
    let app = init_service(
        App::new()
            .wrap(VerifyWebhook::new(receiver()))
            .wrap_fn(|req, service| {
                let (start, end) = BODY.split_at(7);
                service.call(with_stream(req, chunks(&[start, "", end])))
            })
            .route("/hook", web::post().to(handle)),
    )
    .await;
    let request =
        signed_head("the endpoint's secret", &BODY.into()).insert_header((TRANSFER_ENCODING, "chunked"));
    assert_eq!(send(&app, request).await, (200, BODY.len().to_string()));
}
