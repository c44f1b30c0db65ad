//! Tests of providers that send JWTs, with the middleware in all positions.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use actix_web::rt::System;
use countersign::receiver::Receiver;
use countersign::scheme::Location;
use countersign::{Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, providers};
use countersign_tests::Request;
use countersign_tests::stacks::ask_all;

const RSA: [&str; 2] = [include_str!("../keys/rsa-new.pem"), include_str!("../keys/rsa-new.public.pem")];
const P256: [&str; 2] = [include_str!("../keys/p256-new.pem"), include_str!("../keys/p256-new.public.pem")];
const SHARED: &str = "a secret of thirty-two letters!!";
const ORIGIN: &str = "https://hooks.example.com";
const NOW: i64 = 1_700_000_000;
const BODY: &str = r#"{"id":"evt_1","event":{"id":"evt_1","type":"user.create"},"webhook_type":"ITEM"}"#;

#[test]
fn a_jwt_that_binds_the_body_lets_no_other_through() {
    for provider in providers::all().filter(|provider| is_sent(provider)) {
        let binds = provider.coverage().unwrap().body;
        let (genuine, other) = (signed(provider), signed(provider).with_body(r#"{"another":"body"}"#));
        assert_eq!(statuses(provider, NOW, &genuine), [200], "{}", provider.slug);
        assert_eq!(statuses(provider, NOW, &genuine.clone().in_chunks_of(5)), [200], "{}", provider.slug);
        let expected = if binds { 401 } else { 200 };
        assert_eq!(statuses(provider, NOW, &other), [expected], "{}", provider.slug);
        assert_eq!(statuses(provider, NOW + 86_400, &genuine), [401], "{}: a day later", provider.slug);
    }
}

#[test]
fn most_of_them_are_in_this_table() {
    let sent = providers::all().filter(|provider| is_sent(provider)).count();
    let jwts = providers::all().filter(|provider| provider.scheme.jwt.is_some()).count();
    assert!(sent >= 7 && jwts - sent <= 11, "{sent} of {jwts}");
}

/// Returns whether the provider sends a JWT in a header, and has no open parameter.
fn is_sent(provider: &Provider) -> bool {
    let header = matches!(provider.scheme.signature.at, Location::Header(_));
    let rules = provider.scheme.jwt.as_ref();
    header && rules.is_some_and(|rules| !rules.detached) && Verifier::keyless(provider.clone()).is_ok()
}

fn keys(provider: &Provider) -> [&'static str; 2] {
    let rules = provider.scheme.jwt.as_ref().expect("a JWT");
    let algorithms = &rules.algorithms;
    // If other families are accepted, too, shared secrets must be enabled.
    let is_shared = algorithms.split('|').all(|name| name.starts_with("HS")) || rules.shared_secrets;
    match (is_shared, algorithms.contains("RS")) {
        (true, _) => [SHARED, SHARED],
        (_, true) => RSA,
        _ => P256,
    }
}

fn signed(provider: &'static Provider) -> Request {
    let request = SigningRequest::new(BODY, UnixTime::from_secs(NOW))
        .with_id("evt_1")
        .with_url(format!("{ORIGIN}/webhooks/hook"));
    let signer = Signer::new(provider, Secret::new(keys(provider)[0]).unwrap()).unwrap();
    Request::post("/webhooks/hook", signer.sign(&request).unwrap(), BODY.into())
}

/// Returns the statuses of the stacks, each once.
fn statuses(provider: &'static Provider, now: i64, request: &Request) -> Vec<u16> {
    let secrets = SecretSet::new(Secret::new(keys(provider)[1]).unwrap());
    let receiver = Receiver::builder(Verifier::new(provider, secrets).unwrap())
        .with_public_url(ORIGIN)
        .with_clock(UnixTime::from_secs(now))
        .build()
        .unwrap();
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime")
    };
    let answers = System::with_tokio_rt(runtime).block_on(ask_all(&receiver, request));
    let mut statuses: Vec<u16> = answers.iter().map(|(_, answer, _)| answer.status).collect();
    statuses.dedup();
    statuses
}
