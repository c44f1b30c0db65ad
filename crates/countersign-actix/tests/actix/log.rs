use actix_web::test::init_service;
use actix_web::{App, HttpResponse, web};
use countersign::providers;
use countersign::providers::preflix;
use countersign::receiver::{
    Explanation, HandshakePolicy, Receiver, RejectedRequest, RequestHead, ResolveError, Tenant,
};
use countersign::{Delivery, Event, Secret, Verifier};
use countersign_actix::VerifyWebhook;
use countersign_test_logs::Logs;

use crate::support::{BODY, SECRET, receiver, send, signed};

async fn typed(_: Event<preflix::Event>) -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// Returns the log of a request.
macro_rules! logged {
    ($app:expr, $request:expr) => {{
        let app = init_service($app).await;
        let logs = Logs::collect();
        send(&app, $request).await;
        logs.text()
    }};
}

#[actix_web::test]
async fn an_accepted_delivery_is_logged_at_debug() {
    let app = App::new().wrap(VerifyWebhook::new(receiver())).route("/hook", web::post().to(typed));
    let logs = logged!(app, signed(BODY));
    assert!(logs.contains("DEBUG countersign: accepted"), "{logs}");
    for field in [r#"provider="preflix""#, r#"key="primary""#, "id_signed=true"] {
        assert!(logs.contains(field), "{field} in {logs}");
    }
}

#[actix_web::test]
async fn a_rejection_is_logged_with_its_cause_and_without_secrets() {
    let signature = "5a".repeat(32);
    let app = App::new().wrap(VerifyWebhook::new(receiver())).route("/hook", web::post().to(typed));
    let logs = logged!(app, signed(BODY).insert_header(("preflixai-signature", signature.clone())));
    assert!(logs.contains("WARN countersign: rejected"), "{logs}");
    for field in
        [r#"provider="preflix""#, r#"kind="signature_mismatch""#, "cause=signature mismatch: wrong secret"]
    {
        assert!(logs.contains(field), "{field} in {logs}");
    }
    for leak in [SECRET, &signature, "evt_1", "bill_1"] {
        assert!(!logs.contains(leak), "{leak} in {logs}");
    }
}

#[actix_web::test]
async fn faults_of_ours_are_errors_with_everything_behind_them() {
    async fn down(_: RequestHead) -> Result<Option<Tenant>, ResolveError> {
        let refused = Secret::new("").map(|_| ()).unwrap_err();
        Err(ResolveError::new(refused))
    }
    let receiver = receiver().to_builder().with_tenants(down).build().unwrap();
    let app = App::new().wrap(VerifyWebhook::new(receiver)).route("/hook", web::post().to(typed));
    let logs = logged!(app, signed(BODY));
    assert!(logs.contains("ERROR countersign: rejected"), "{logs}");
    assert!(logs.contains("could not be looked up: `secret`: is empty"), "{logs}");
}

#[actix_web::test]
async fn noise_is_information() {
    let app = App::new().wrap(VerifyWebhook::new(receiver())).route("/hook", web::post().to(typed));
    let logs = logged!(app, actix_web::test::TestRequest::post().uri("/hook"));
    assert!(logs.contains("INFO countersign: rejected"), "{logs}");
    assert!(logs.contains(r#"kind="missing_signature""#), "{logs}");
}

#[actix_web::test]
async fn data_that_does_not_fit_is_logged_with_its_place() {
    let misfit = r#"{"id":"evt_2","type":"audit.completed","data":{"bill_id":["jane doe"]}}"#;
    let app = App::new().wrap(VerifyWebhook::new(receiver())).route("/hook", web::post().to(typed));
    let logs = logged!(app, signed(misfit));
    assert!(logs.contains("WARN countersign: rejected"), "{logs}");
    let cause = r#"cause="invalid type: sequence, expected a string""#;
    for field in
        [r#"kind="decode_failed""#, r#"event_type="audit.completed""#, r#"path="data.bill_id""#, cause]
    {
        assert!(logs.contains(field), "{field} in {logs}");
    }
    let mut operators = logs.lines().filter(|line| !line.starts_with("DEBUG"));
    assert!(operators.all(|line| !line.contains("jane doe")), "{logs}");
}

#[actix_web::test]
async fn a_handshake_is_logged_with_its_name_and_its_result() {
    let meta = preflix::PROVIDER.clone().with_handshakes(providers::META_HANDSHAKES);
    let policy = HandshakePolicy::new().with_verify_token(Secret::new("t0ken").unwrap());
    let verifier = Verifier::new(meta, Secret::new(SECRET).unwrap()).unwrap();
    let receiver = Receiver::builder(verifier).with_handshakes(policy).build().unwrap();
    for (token, logged) in [
        (
            "t0ken",
            r#"INFO countersign: handshake provider="preflix" handshake="subscription" result="answered""#,
        ),
        ("x", r#"WARN countersign: handshake provider="preflix" handshake="subscription" result="refused""#),
    ] {
        let app = App::new().wrap(VerifyWebhook::new(receiver.clone())).route("/hook", web::post().to(typed));
        let target = format!("/hook?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=8f4c");
        let logs = logged!(app, actix_web::test::TestRequest::get().uri(&target));
        assert!(logs.contains(logged), "{logs}");
        let ours = logs.lines().filter(|line| line.contains("countersign:"));
        assert!(!ours.into_iter().any(|line| line.contains("t0ken") || line.contains("8f4c")), "{logs}");
    }
}

#[actix_web::test]
async fn a_missing_middleware_is_logged_with_the_cure() {
    let app = App::new().route("/hook/{token}", web::post().to(async |_: Delivery| HttpResponse::Ok()));
    let logs = logged!(app, signed(BODY).uri("/hook/t0ken"));
    assert!(logs.contains("ERROR countersign: no verified delivery"), "{logs}");
    assert!(logs.contains("is `VerifyWebhook` installed on this app, scope or resource?"), "{logs}");
    assert!(
        logs.contains(r#"extractor="Delivery" route="/hook/{token}""#) && !logs.contains("t0ken"),
        "{logs}"
    );
}

#[actix_web::test]
async fn a_wrong_signature_is_explained_if_the_receiver_has_an_explainer() {
    let explained = |request: &RejectedRequest| {
        let text = format!("{} bytes were rejected", request.body().len());
        Some(Explanation::new("a_code", text))
    };
    let receiver = receiver().to_builder().with_explainer(explained).build().unwrap();
    let app = App::new().wrap(VerifyWebhook::new(receiver)).route("/hook", web::post().to(typed));
    let logs = logged!(app, signed(BODY).set_payload(format!("{BODY}\n")));
    let line = format!("DEBUG countersign: {} bytes were rejected", BODY.len() + 1);
    assert!(logs.contains(&line) && logs.contains(r#"code="a_code""#), "{logs}");
    for leak in [SECRET, "evt_1", "bill_1"] {
        assert!(!logs.contains(leak), "{leak} in {logs}");
    }
}
