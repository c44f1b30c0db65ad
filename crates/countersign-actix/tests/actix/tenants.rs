use actix_web::test::init_service;
use actix_web::{App, web};
use countersign::receiver::{RequestHead, ResolveError, Tenant};
use countersign::{Delivery, Secret, SecretSet};
use countersign_actix::VerifyWebhook;

use crate::support::{BODY, SECRET, problem, receiver, send, signed, signed_head};

async fn tenant(request: RequestHead) -> Result<Option<Tenant>, ResolveError> {
    assert_eq!(request.headers().get_all("x-many").iter().count(), 2);
    let named =
        |name, secret| Ok(Some(Tenant::new(name, SecretSet::named(name, Secret::new(secret).unwrap()))));
    match request.uri().path_and_query().unwrap().as_str() {
        "/hooks/acme?x=%20y" => named("acme", "acme's secret"),
        "/hooks/other" => named("other", "other's secret"),
        "/hooks/down" => Err(ResolveError::new("connection refused")),
        _ => Ok(None),
    }
}

#[actix_web::test]
async fn tenant_are_looked_up_per_request() {
    let app = init_service(
        App::new().service(
            web::resource("/hooks/{tenant}")
                .wrap(VerifyWebhook::new(receiver().to_builder().with_tenants(tenant).build().unwrap()))
                .route(web::post().to(async |delivery: Delivery| delivery.key().to_owned())),
        ),
    )
    .await;
    let request = |uri: &str, secret: &str| {
        let request = signed_head(secret, &BODY.into()).uri(uri).set_payload(BODY);
        request.append_header(("x-many", "1")).append_header(("x-many", "2"))
    };
    for (name, uri, secret, expected) in [
        ("known", "/hooks/acme?x=%20y", "acme's secret", (200, "acme".to_owned())),
        ("also known", "/hooks/other", "other's secret", (200, "other".to_owned())),
        ("of another", "/hooks/other", "acme's secret", problem("signature_mismatch", 401)),
        ("of the verifier", "/hooks/other", SECRET, problem("signature_mismatch", 401)),
        ("unknown", "/hooks/unknown", "acme's secret", problem("signature_mismatch", 401)),
        ("failing", "/hooks/down", "acme's secret", problem("secrets_unavailable", 503)),
    ] {
        assert_eq!(send(&app, request(uri, secret)).await, expected, "{name}");
    }
}

#[actix_web::test]
async fn the_default_is_the_secret_of_the_verifier() {
    let app = init_service(
        App::new().service(
            web::resource("/hook")
                .wrap(VerifyWebhook::new(receiver()))
                .route(web::post().to(async |delivery: Delivery| delivery.key().to_owned())),
        ),
    )
    .await;
    assert_eq!(send(&app, signed(BODY)).await, (200, "primary".to_owned()));
}
