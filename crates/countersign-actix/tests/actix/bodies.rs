use std::io::Write as _;

use actix_web::dev::Service as _;
use actix_web::error::PayloadError;
use actix_web::test::init_service;
use actix_web::{App, HttpResponse, web};
use countersign::RawBody;
use countersign_actix::VerifyWebhook;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;

use crate::support::{BODY, problem, receiver, send, signed, with_stream};

#[derive(Deserialize)]
struct Envelope {
    id: String,
}

#[actix_web::test]
async fn later_extractors_work() {
    async fn stream(mut payload: web::Payload) -> String {
        let mut body = Vec::new();
        while let Some(chunk) = payload.next().await {
            body.extend_from_slice(&chunk.unwrap());
        }
        String::from_utf8(body).unwrap()
    }
    let app = init_service(
        App::new()
            .wrap(VerifyWebhook::new(receiver()))
            .route("/bytes", web::post().to(async |body: web::Bytes| body))
            .route("/string", web::post().to(async |body: String| body))
            .route("/json", web::post().to(async |body: web::Json<Envelope>| body.into_inner().id))
            .route("/payload", web::post().to(stream))
            .route("/raw", web::post().to(async |body: RawBody| body.into_inner()))
            .route(
                "/both",
                web::post().to(async |raw: RawBody, body: web::Bytes| {
                    assert_eq!(*raw, body);
                    body
                }),
            ),
    )
    .await;
    for (path, expected) in [
        ("/bytes", BODY),
        ("/string", BODY),
        ("/json", "evt_1"),
        ("/payload", BODY),
        ("/raw", BODY),
        ("/both", BODY),
    ] {
        let request = signed(BODY).uri(path).insert_header(("content-type", "application/json"));
        assert_eq!(send(&app, request).await, (200, expected.to_owned()), "{path}");
    }
}

#[actix_web::test]
async fn wire_bytes_are_verified_and_extractors_decompress_them_afterwards() {
    let wire = gzip(BODY.as_bytes());
    let app = init_service(
        App::new()
            .wrap(VerifyWebhook::new(receiver()))
            .route("/bytes", web::post().to(async |body: web::Bytes| body))
            .route(
                "/raw",
                web::post().to(async |body: RawBody| {
                    assert!(body.starts_with(&[0x1f, 0x8b]));
                    HttpResponse::Ok().finish()
                }),
            ),
    )
    .await;
    let request = || signed(wire.clone()).insert_header(("content-encoding", "gzip"));
    assert_eq!(send(&app, request().uri("/bytes")).await, (200, BODY.to_owned()));
    assert_eq!(send(&app, request().uri("/raw")).await.0, 200);
    // The compressed body was signed, not its content.
    let plain = request().uri("/bytes").set_payload(BODY);
    assert_eq!(send(&app, plain).await.0, 401);
}

#[actix_web::test]
async fn bodies_are_bytes_not_text() {
    let app = init_service(
        App::new()
            .wrap(VerifyWebhook::new(receiver()))
            .route("/hook", web::post().to(async |body: RawBody| format!("{:?}", &body[..]))),
    )
    .await;
    assert_eq!(send(&app, signed(vec![0xff, 0, 0xfe])).await, (200, "[255, 0, 254]".to_owned()));
    assert_eq!(send(&app, signed("")).await, (200, "[]".to_owned()));
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[actix_web::test]
async fn a_body_that_a_limit_around_the_middleware_cuts_off_is_too_large() {
    let app = App::new()
        .service(
            web::resource("/hook")
                .wrap(VerifyWebhook::new(receiver()))
                .route(web::post().to(HttpResponse::Ok)),
        )
        .wrap_fn(|req, service| {
            let cut = stream::iter([Ok(web::Bytes::from_static(b"{")), Err(PayloadError::Overflow)]);
            service.call(with_stream(req, cut))
        });
    let app = init_service(app).await;
    assert_eq!(send(&app, signed(BODY)).await, problem("payload_too_large", 413));
}
