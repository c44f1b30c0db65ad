//! Handshakes that bring a secret.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use countersign::handshake::catalogue;
use countersign::receiver::{
    Halt, HandshakePolicy, Handshaken, IssuedSecret, Rejection, Request, ResolveError, SinkError,
};
use countersign::{Delivery, SecretSet};
use http::HeaderMap;

use crate::support::{headers, receiver, rejected, secret, send, signed};

#[test]
fn a_secret_is_stored_before_the_answer_and_only_as_long_as_none_is_known() {
    let stored = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&stored);
    let keep = move |issued: IssuedSecret| {
        let place = format!("{} {} {}", issued.provider(), issued.handshake(), issued.request().uri());
        seen.lock().unwrap().push((place, issued.into_secret().expose_secret().to_owned()));
        async { Ok(()) }
    };
    let policy = HandshakePolicy::new().with_secret_sink(keep);
    let new = receiver(catalogue::ASANA, SecretSet::none()).with_handshakes(policy.clone());
    let hook = headers([("x-hook-secret", "s3cret")]);
    let answer = finished(send(&new, "POST", "/hooks/7?a=b", &hook, b"{}")).unwrap().into_response();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["x-hook-secret"]),
        (200, &"s3cret".parse().unwrap())
    );
    let expected = ("github-sha256 x-hook-secret /hooks/7?a=b".to_owned(), "s3cret".to_owned());
    assert_eq!(*stored.lock().unwrap(), [expected]);

    let known = receiver(catalogue::ASANA, secret("known")).with_handshakes(policy.clone());
    let rejection = rejected(send(&known, "POST", "/", &hook, b"{}"));
    assert_eq!((rejection.status().as_u16(), rejection.handshake()), (403, Some("x-hook-secret")));
    assert_eq!(known.handshakes()[0].refused, 1);
    assert_eq!(stored.lock().unwrap().len(), 1);

    let replacing = known.with_handshakes(policy.with_insecure_secret_replacement());
    assert!(finished(send(&replacing, "POST", "/", &hook, b"{}")).is_ok());
    assert_eq!(stored.lock().unwrap().len(), 2);
}

#[test]
fn a_secret_in_the_body_is_stored_too_although_the_request_is_not_signed_with_a_known_one() {
    let policy = HandshakePolicy::new().with_secret_sink(async |issued: IssuedSecret| {
        assert_eq!(issued.secret().expose_secret(), "secret_abc");
        Ok(())
    });
    let body = r#"{"verification_token":"secret_abc"}"#;
    for headers in [HeaderMap::new(), signed(catalogue::NOTION, body)] {
        let receiver = receiver(catalogue::NOTION, SecretSet::none()).with_handshakes(policy.clone());
        let answer = finished(send(&receiver, "POST", "/", &headers, body.as_bytes())).unwrap();
        assert_eq!(answer.name(), "verification_token");
        assert_eq!(receiver.handshakes()[0].answered, 1);
    }
}

#[test]
fn a_secret_that_nobody_keeps_is_not_answered() {
    let receiver = receiver(catalogue::NOTION, SecretSet::none());
    let body = r#"{"verification_token":"secret_abc"}"#;
    let headers = signed(catalogue::NOTION, body);
    let rejection = rejected(send(&receiver, "POST", "/", &headers, body.as_bytes()));
    assert_eq!(rejection.kind().as_str(), "signature_mismatch");
    assert_eq!(rejection.unanswered_handshake(), Some("verification_token"));
}

#[test]
fn a_secret_that_could_not_be_stored_is_asked_for_again() {
    let fail = |_: IssuedSecret| async { Err(SinkError::new("the disk is full")) };
    let policy = HandshakePolicy::new().with_secret_sink(fail);
    let receiver = receiver(catalogue::ASANA, SecretSet::none()).with_handshakes(policy);
    let rejection =
        finished(send(&receiver, "POST", "/", &headers([("x-hook-secret", "s")]), b"")).unwrap_err();
    assert_eq!(rejection.status(), 503);
    assert!(rejection.causes().unwrap().to_string().ends_with("the disk is full"));
    assert_eq!(receiver.handshakes()[0].refused, 1);
}

#[test]
fn nothing_is_issued_to_a_tenant_that_does_not_exist() {
    let sink = |_: IssuedSecret| async { panic!("it is nobody's") };
    let nobody = |_: Request| async { Ok::<_, ResolveError>(None) };
    let receiver = receiver(catalogue::ASANA, SecretSet::none())
        .with_tenants(nobody)
        .with_handshakes(HandshakePolicy::new().with_secret_sink(sink));
    let hook = headers([("x-hook-secret", "s")]);
    let halt = receiver.begin("POST", "/", &hook, Some(Ok(None))).unwrap_err();
    assert_eq!(rejected(Err(halt)).status(), 403);
}

fn finished(result: Result<Delivery, Halt>) -> Result<Handshaken, Rejection> {
    let mut settling = Box::pin(result.unwrap_err().settle());
    let mut context = Context::from_waker(Waker::noop());
    match settling.as_mut().poll(&mut context) {
        Poll::Ready(settled) => settled,
        Poll::Pending => panic!("nothing here has to wait"),
    }
}
