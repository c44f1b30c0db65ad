//! Tests of handshakes that issue a secret.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use countersign::handshake::catalogue;
use countersign::receiver::{
    Halt, HandshakePolicy, Handshaken, IssuedSecret, Receiver, Rejection, RequestHead, ResolveError,
    SinkError, Tenant,
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
    let nobody = |_: RequestHead| async { Ok::<_, ResolveError>(None) };
    let receiver = receiver(catalogue::ASANA, SecretSet::none())
        .with_tenants(nobody)
        .with_handshakes(HandshakePolicy::new().with_secret_sink(sink));
    let hook = headers([("x-hook-secret", "s")]);
    let halt = receiver.begin("POST", "/", &hook, Some(Ok(None))).unwrap_err();
    assert_eq!(rejected(Err(halt)).status(), 403);
}

/// Creates a sink that stores secrets, and completes when the test allows it.
fn slow_sink(
    stored: &Arc<Mutex<Vec<String>>>,
) -> (impl Fn(IssuedSecret) -> Gated + Send + Sync + 'static, Arc<AtomicBool>) {
    let (stored, open) = (Arc::clone(stored), Arc::new(AtomicBool::new(false)));
    let gate = Arc::clone(&open);
    let sink = move |issued: IssuedSecret| Gated {
        secret: issued.into_secret().expose_secret().to_owned(),
        stored: Arc::clone(&stored),
        open: Arc::clone(&gate),
    };
    (sink, open)
}

struct Gated {
    secret: String,
    stored: Arc<Mutex<Vec<String>>>,
    open: Arc<AtomicBool>,
}

impl Future for Gated {
    type Output = Result<(), SinkError>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.open.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        self.stored.lock().unwrap().push(self.secret.clone());
        Poll::Ready(Ok(()))
    }
}

fn poll_once(
    halt: &mut Pin<Box<impl Future<Output = Result<Handshaken, Rejection>>>>,
) -> Option<Result<u16, u16>> {
    match halt.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(answer)) => Some(Ok(answer.into_response().status().as_u16())),
        Poll::Ready(Err(rejection)) => Some(Err(rejection.status().as_u16())),
        Poll::Pending => None,
    }
}

#[test]
fn a_receiver_with_fixed_secrets_takes_one_and_its_clones_know() {
    for (handshakes, body) in [(catalogue::ASANA, "{}"), (catalogue::NOTION, "")] {
        let stored = Arc::new(Mutex::new(Vec::new()));
        let (sink, open) = slow_sink(&stored);
        open.store(true, Ordering::Relaxed);
        let policy = HandshakePolicy::new().with_secret_sink(sink);
        let receiver = receiver(handshakes, SecretSet::none()).with_handshakes(policy.clone());
        let issue = |receiver: &Receiver, secret: &str| {
            let token = format!(r#"{{"verification_token":"{secret}"}}"#);
            let (headers, body) = match body {
                "" => (HeaderMap::new(), token.as_str()),
                body => (headers([("x-hook-secret", secret)]), body),
            };
            let finished = finished(send(receiver, "POST", "/", &headers, body.as_bytes()));
            finished.map(drop).map_err(|rejection| rejection.status().as_u16())
        };
        assert_eq!(issue(&receiver, "first"), Ok(()));
        let clone = receiver.clone().with_body_limit(1 << 10).with_handshakes(policy.clone());
        for secret in ["first", "of a stranger", "of another"] {
            assert_eq!(issue(&clone, secret), Err(403));
        }
        assert_eq!(*stored.lock().unwrap(), ["first"]);
        assert_eq!(receiver.handshakes()[0].refused, 3);
        clone.reset_issued_secret();
        assert_eq!((issue(&receiver, "second"), issue(&clone, "third")), (Ok(()), Err(403)));
        let replacing = clone.with_handshakes(policy.with_insecure_secret_replacement());
        assert_eq!(issue(&replacing, "third"), Ok(()));
        assert_eq!(*stored.lock().unwrap(), ["first", "second", "third"]);
    }
}

#[test]
fn of_two_secrets_at_once_one_is_stored() {
    let stored = Arc::new(Mutex::new(Vec::new()));
    let (sink, open) = slow_sink(&stored);
    let receiver = receiver(catalogue::ASANA, SecretSet::none())
        .with_handshakes(HandshakePolicy::new().with_secret_sink(sink));
    let issue = |secret: &str| {
        let halt = send(&receiver, "POST", "/", &headers([("x-hook-secret", secret)]), b"").unwrap_err();
        Box::pin(halt.settle())
    };
    let mut given_up = issue("given up");
    assert_eq!(poll_once(&mut given_up), None);
    drop(given_up);
    let (mut first, mut second) = (issue("first"), issue("second"));
    assert_eq!((poll_once(&mut first), poll_once(&mut second)), (None, Some(Err(403))));
    open.store(true, Ordering::Relaxed);
    assert_eq!(poll_once(&mut first), Some(Ok(200)));
    assert_eq!(poll_once(&mut issue("third")), Some(Err(403)));
    assert_eq!(*stored.lock().unwrap(), ["first"]);
}

#[test]
fn a_secret_that_was_not_stored_leaves_room_for_the_next() {
    let failing = Arc::new(AtomicBool::new(true));
    let fails = Arc::clone(&failing);
    let sink = move |_: IssuedSecret| {
        let result = if fails.load(Ordering::Relaxed) { Err(SinkError::new("full")) } else { Ok(()) };
        std::future::ready(result)
    };
    let receiver = receiver(catalogue::ASANA, SecretSet::none())
        .with_handshakes(HandshakePolicy::new().with_secret_sink(sink));
    let issue = || finished(send(&receiver, "POST", "/", &headers([("x-hook-secret", "s")]), b"")).map(drop);
    assert_eq!(issue().unwrap_err().status(), 503);
    failing.store(false, Ordering::Relaxed);
    assert!(issue().is_ok());
    assert_eq!(issue().unwrap_err().status(), 403);
}

#[test]
fn where_secrets_are_looked_up_the_resolver_decides() {
    let stored = Arc::new(Mutex::new(Vec::new()));
    let (sink, open) = slow_sink(&stored);
    open.store(true, Ordering::Relaxed);
    let receiver = receiver(catalogue::ASANA, SecretSet::none())
        .with_tenants(|_: RequestHead| async {
            Ok::<_, ResolveError>(Some(Tenant::new("acme", SecretSet::none())))
        })
        .with_handshakes(HandshakePolicy::new().with_secret_sink(sink));
    let issue = |tenant: SecretSet| {
        let hook = headers([("x-hook-secret", "s")]);
        finished(Err(receiver.begin("POST", "/", &hook, Some(Ok(Some(tenant)))).unwrap_err()))
    };
    assert!(issue(SecretSet::none()).is_ok() && issue(SecretSet::none()).is_ok());
    assert_eq!(issue(SecretSet::new(secret("known"))).unwrap_err().status(), 403);
    assert_eq!(stored.lock().unwrap().len(), 2);
}

#[test]
fn a_signed_request_replaces_a_secret_only_where_the_signature_covers_the_new_one() {
    let policy = HandshakePolicy::new().with_secret_sink(async |_: IssuedSecret| Ok(()));
    let body = r#"{"verification_token":"secret_new"}"#;
    let notion = receiver(catalogue::NOTION, secret("secret")).with_handshakes(policy.clone());
    let replaced = send(&notion, "POST", "/", &signed(catalogue::NOTION, body), body.as_bytes());
    assert_eq!(finished(replaced).unwrap().name(), "verification_token");
    // A sender can add a header to a recorded delivery.
    let asana = receiver(catalogue::ASANA, secret("secret")).with_handshakes(policy);
    let mut recorded = signed(catalogue::ASANA, "{}");
    recorded.insert("x-hook-secret", "planted".parse().unwrap());
    assert!(send(&asana, "POST", "/", &recorded, b"{}").is_ok());
}

fn finished(result: Result<Delivery, Halt>) -> Result<Handshaken, Rejection> {
    let mut settling = Box::pin(result.unwrap_err().settle());
    let mut context = Context::from_waker(Waker::noop());
    match settling.as_mut().poll(&mut context) {
        Poll::Ready(settled) => settled,
        Poll::Pending => panic!("nothing here has to wait"),
    }
}
