//! Tests of actix's own limits, and of the application's configuration of its extractors.

use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, FormConfig, JsonConfig, PayloadConfig};
use actix_web::{App, error};
use countersign::receiver::Receiver;
use countersign_actix::VerifyWebhook;
use serde_json::Value;

use crate::bodies::gzip;
use crate::support::{receiver, send, signed};

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const GZIP: (&str, &str) = ("content-encoding", "gzip");

fn large() -> Receiver {
    receiver().to_builder().with_body_limit(4 << 20).build().unwrap()
}

async fn bytes(body: web::Bytes) -> String {
    body.len().to_string()
}

async fn string(body: String) -> String {
    body.len().to_string()
}

async fn json(body: web::Json<Value>) -> String {
    body["a"].as_str().unwrap().len().to_string()
}

async fn form(body: web::Form<Value>) -> String {
    body["a"].as_str().unwrap().len().to_string()
}

/// Returns a request to the extractor of this name, with a value of this many bytes.
fn request(extractor: &str, length: usize) -> TestRequest {
    let value = "x".repeat(length);
    let request = match extractor {
        "json" => signed(format!(r#"{{"a":"{value}"}}"#)).insert_header(JSON),
        "form" => signed(format!("a={value}")).insert_header(FORM),
        _ => signed(value),
    };
    request.uri(&format!("/{extractor}"))
}

macro_rules! app {
    ($receiver:expr $(, $config:expr)*) => {
        init_service(
            App::new()
                $(.app_data($config))*
                .wrap(VerifyWebhook::new($receiver))
                .route("/bytes", web::post().to(bytes))
                .route("/string", web::post().to(string))
                .route("/json", web::post().to(json))
                .route("/form", web::post().to(form)),
        )
        .await
    };
}

#[actix_web::test]
async fn limits_of_actix_do_not_cut_off_what_was_let_in() {
    let app = app!(large());
    for extractor in ["bytes", "string", "json", "form"] {
        for length in [1, 20 << 10, 300 << 10, 3 << 20] {
            let expected = (200, length.to_string());
            assert_eq!(send(&app, request(extractor, length)).await, expected, "{extractor} {length}");
        }
        let answer = send(&app, request(extractor, 4 << 20 | 1)).await;
        assert_eq!(answer.0, 413, "{extractor}");
    }
}

#[actix_web::test]
async fn lower_limits_of_the_application_are_raised() {
    let direct =
        app!(large(), PayloadConfig::new(9), JsonConfig::default().limit(9), FormConfig::default().limit(9));
    let shared = app!(
        large(),
        web::Data::new(PayloadConfig::new(9)),
        web::Data::new(JsonConfig::default().limit(9)),
        web::Data::new(FormConfig::default().limit(9))
    );
    for extractor in ["bytes", "string", "json", "form"] {
        for length in [10, 3 << 20] {
            let expected = (200, length.to_string());
            assert_eq!(send(&direct, request(extractor, length)).await, expected, "{extractor} {length}");
            assert_eq!(send(&shared, request(extractor, length)).await, expected, "{extractor} {length}");
        }
    }
}

#[actix_web::test]
async fn the_rest_of_a_configuration_is_kept() {
    let config = JsonConfig::default()
        .limit(9)
        .content_type(|mime| mime.as_ref() == "text/plain")
        .error_handler(|_, _| error::ErrorImATeapot("no tea"));
    let app = app!(large(), config);
    let plain = request("json", 3 << 20).insert_header(("content-type", "text/plain"));
    assert_eq!(send(&app, plain).await.0, 200);
    let no_json = signed("no json").uri("/json").insert_header(JSON);
    assert_eq!(send(&app, no_json).await, (418, "no tea".to_owned()));
}

#[actix_web::test]
async fn a_configuration_inside_of_the_middleware_is_nearer() {
    let inner = web::resource("/bytes").app_data(PayloadConfig::new(9)).route(web::post().to(bytes));
    let app = init_service(App::new().wrap(VerifyWebhook::new(large())).service(inner)).await;
    assert_eq!(send(&app, request("bytes", 9)).await.0, 200);
    assert_eq!(send(&app, request("bytes", 10)).await.0, 413);
}

#[actix_web::test]
async fn a_body_may_be_decompressed_to_the_limit() {
    let app = app!(receiver().to_builder().with_body_limit(1 << 20).build().unwrap());
    let zipped = |length: usize| signed(gzip(&vec![b'x'; length])).uri("/bytes").insert_header(GZIP);
    assert_eq!(send(&app, zipped(1 << 20)).await, (200, (1 << 20).to_string()));
    assert_eq!(send(&app, zipped(2 << 20)).await.0, 413);
}

#[actix_web::test]
async fn how_large_a_decompressed_body_may_be_is_for_the_application_to_say() {
    let app =
        app!(receiver().to_builder().with_body_limit(1 << 20).build().unwrap(), PayloadConfig::new(2 << 20));
    let zipped = |length: usize| signed(gzip(&vec![b'x'; length])).uri("/bytes").insert_header(GZIP);
    assert_eq!(send(&app, zipped(2 << 20)).await, (200, (2 << 20).to_string()));
    assert_eq!(send(&app, zipped(3 << 20)).await.0, 413);
}
