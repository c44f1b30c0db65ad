//! Tests of log events: their content, and the absence of secrets.

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use countersign::providers;
use countersign::providers::preflix;
use countersign::receiver::{self, Explanation, HandshakePolicy, Receiver, RejectedRequest, ResolveError};
use countersign::{Event, Secret, UnixTime, Verifier};
use countersign_test_logs::Logs;
use countersign_tower::VerifyWebhookLayer;
use http::Request;
use tower::ServiceExt;

use crate::support::{BODY, NOW, SECRET, receiver, signed};

/// Returns the log of this request, after checking it for forbidden content.
async fn logged(app: Router, request: Request<Body>) -> String {
    let signature = request.headers()["preflixai-signature"].to_str().unwrap().to_owned();
    let logs = Logs::collect();
    app.oneshot(request).await.unwrap();
    let text = logs.text();
    let lines = text.lines().filter(|line| line.contains("countersign:")).collect::<Vec<_>>().join("\n");
    for line in text.lines() {
        // The one line that may quote a value of the body.
        let quotes = line.starts_with("DEBUG countersign: data does not fit");
        let never = [SECRET, &signature, "bill_8f4"].into_iter().take(if quotes { 2 } else { 3 });
        never.for_each(|never| assert!(!line.contains(never), "{never} in {text}"));
    }
    lines
}

fn app(receiver: Receiver) -> Router {
    let handler = post(async |_: Event<preflix::Event>| ());
    Router::new().route("/webhooks/preflix", handler).layer(VerifyWebhookLayer::new(receiver))
}

fn request(body: &'static str) -> Request<Body> {
    signed(body, Body::from(body))
}

#[tokio::test]
async fn a_delivery_that_is_accepted_shows_provider_and_key() {
    assert_eq!(
        logged(app(receiver()), request(BODY)).await,
        r#"DEBUG countersign: accepted provider="preflix" key="primary" id_signed=true"#
    );
}

#[tokio::test]
async fn a_delivery_of_a_tenant_shows_the_tenant() {
    async fn acme(_: receiver::RequestHead) -> Result<Option<receiver::Tenant>, ResolveError> {
        Ok(Some(receiver::Tenant::new("acme", Secret::new(SECRET).unwrap())))
    }
    assert_eq!(
        logged(app(receiver().to_builder().with_tenants(acme).build().unwrap()), request(BODY)).await,
        r#"DEBUG countersign: accepted provider="preflix" key="primary" tenant="acme" id_signed=true"#
    );
}

#[tokio::test]
async fn a_rejection_shows_kind_and_cause() {
    let tampered = signed(BODY, Body::from("{}"));
    assert_eq!(
        logged(app(receiver()), tampered).await,
        r#" WARN countersign: rejected provider="preflix" kind="signature_mismatch" cause=signature mismatch: wrong secret, or the body is not the one that was signed"#
    );
    let stale = receiver().to_builder().with_clock(UnixTime::from_secs(NOW.as_secs() + 400)).build().unwrap();
    assert_eq!(
        logged(app(stale), request(BODY)).await,
        r#" WARN countersign: rejected provider="preflix" kind="timestamp_too_old" cause=timestamp too old: 400 s, tolerance 300 s"#
    );
    assert_eq!(
        logged(app(receiver().to_builder().with_body_limit(9).build().unwrap()), request(BODY)).await,
        r#" INFO countersign: rejected provider="preflix" kind="payload_too_large" cause=the body is larger than 9 bytes"#
    );
}

#[tokio::test]
async fn a_failure_of_ours_shows_what_is_behind_it() {
    async fn down(_: receiver::RequestHead) -> Result<Option<receiver::Tenant>, ResolveError> {
        Err(ResolveError::new("the database is down"))
    }
    assert_eq!(
        logged(app(receiver().to_builder().with_tenants(down).build().unwrap()), request(BODY)).await,
        r#"ERROR countersign: rejected provider="preflix" kind="secrets_unavailable" cause=the secrets or keys could not be looked up: the database is down"#
    );
}

#[tokio::test]
async fn data_that_does_not_fit_shows_its_path_and_not_its_value() {
    let misfit = r#"{"id":"evt_1","type":"audit.completed","data":"bill_8f4"}"#;
    let lines = logged(app(receiver()), request(misfit)).await;
    assert_eq!(
        lines.lines().last().unwrap(),
        r#" WARN countersign: rejected provider="preflix" kind="decode_failed" event_type="audit.completed" path="data" cause="invalid type: string, expected struct Audit""#
    );
}

#[tokio::test]
async fn a_handshake_shows_its_name_and_its_result_and_no_value() {
    let meta = preflix::PROVIDER.clone().with_handshakes(providers::META_HANDSHAKES);
    let receiver = || Receiver::new(Verifier::new(meta.clone(), Secret::new(SECRET).unwrap()).unwrap());
    let policy = HandshakePolicy::new().with_verify_token(Secret::new("t0ken").unwrap());
    let asked = |token: &str| {
        let target =
            format!("/webhooks/preflix?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=bill_8f4");
        Request::get(target).header("preflixai-signature", "not shown").body(Body::empty()).unwrap()
    };
    assert_eq!(
        logged(app(receiver().to_builder().with_handshakes(policy.clone()).build().unwrap()), asked("t0ken"))
            .await,
        r#" INFO countersign: handshake provider="preflix" handshake="subscription" result="answered""#
    );
    assert_eq!(
        logged(app(receiver().to_builder().with_handshakes(policy).build().unwrap()), asked("bill_8f4"))
            .await,
        r#" WARN countersign: handshake provider="preflix" handshake="subscription" result="refused" kind="handshake_refused" cause=the verify token is missing or wrong"#
    );
    let unanswered = logged(app(receiver()), asked("t0ken")).await;
    assert!(unanswered.ends_with(r#"unanswered_handshake="subscription""#), "{unanswered}");
}

#[tokio::test]
async fn a_missing_layer_shows_the_cure() {
    let bare = Router::new().route("/webhooks/preflix", post(async |_: Event<preflix::Event>| ()));
    assert_eq!(
        logged(bare, request(BODY)).await,
        r#"ERROR countersign: no verified delivery: is `VerifyWebhookLayer` installed on this route? kind="not_installed" extractor="Event""#
    );
}

#[tokio::test]
async fn a_wrong_signature_is_explained_if_the_receiver_has_an_explainer() {
    let explained = |request: &RejectedRequest| {
        let text = format!("{} bytes were rejected", request.body().len());
        Some(Explanation::new("a_code", text))
    };
    let broken = || signed(BODY, Body::from(format!("{BODY}\n")));
    let explaining = receiver().to_builder().with_explainer(explained).build().unwrap();
    let lines = logged(app(explaining), broken()).await;
    let line = format!(
        r#"DEBUG countersign: {} bytes were rejected provider="preflix" code="a_code""#,
        BODY.len() + 1
    );
    assert!(lines.starts_with(&line), "{lines}");
    assert!(lines.lines().last().unwrap().starts_with(" WARN countersign: rejected"), "{lines}");
    let lines = logged(app(receiver()), broken()).await;
    assert!(lines.starts_with(" WARN"), "{lines}");
}
