//! Tests of handshakes that issue a secret.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use countersign::providers;
use countersign::receiver::{
    HandshakePolicy, HandshakeResponse, IssuedSecret, Receiver, Rejection, RequestHead, ResolveError,
    SinkError, Tenant,
};
use countersign::{Delivery, SecretSet};
use http::HeaderMap;

use crate::receive::{Early, Request, begin};
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
    let new = receiver(providers::ASANA_HANDSHAKES, SecretSet::none())
        .to_builder()
        .with_handshakes(policy.clone())
        .build()
        .unwrap();
    let hook = headers([("x-hook-secret", "s3cret")]);
    let answer = finished(send(&new, "POST", "/hooks/7?a=b", &hook, b"{}")).unwrap().into_response();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["x-hook-secret"]),
        (200, &"s3cret".parse().unwrap())
    );
    let expected = ("github-sha256 x-hook-secret /hooks/7?a=b".to_owned(), "s3cret".to_owned());
    assert_eq!(*stored.lock().unwrap(), [expected]);

    let known = receiver(providers::ASANA_HANDSHAKES, secret("known"))
        .to_builder()
        .with_handshakes(policy.clone())
        .build()
        .unwrap();
    let rejection = rejected(send(&known, "POST", "/", &hook, b"{}"));
    assert_eq!((rejection.status().as_u16(), rejection.handshake()), (403, Some("x-hook-secret")));
    assert_eq!(known.handshakes()[0].refused, 1);
    assert_eq!(stored.lock().unwrap().len(), 1);

    let replacing = known.to_builder().with_handshakes(policy.insecure_secret_replacement()).build().unwrap();
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
    for headers in [HeaderMap::new(), signed(providers::NOTION_HANDSHAKES, body)] {
        let receiver = receiver(providers::NOTION_HANDSHAKES, SecretSet::none())
            .to_builder()
            .with_handshakes(policy.clone())
            .build()
            .unwrap();
        let answer = finished(send(&receiver, "POST", "/", &headers, body.as_bytes())).unwrap();
        assert_eq!(answer.name(), "verification_token");
        assert_eq!(receiver.handshakes()[0].answered, 1);
    }
}

#[test]
fn a_secret_without_a_sink_is_not_answered() {
    let receiver = receiver(providers::NOTION_HANDSHAKES, SecretSet::none());
    let body = r#"{"verification_token":"secret_abc"}"#;
    let headers = signed(providers::NOTION_HANDSHAKES, body);
    let rejection = rejected(send(&receiver, "POST", "/", &headers, body.as_bytes()));
    assert_eq!(rejection.kind().as_str(), "signature_mismatch");
    assert_eq!(rejection.unanswered_handshake(), Some("verification_token"));
}

#[test]
fn a_secret_that_could_not_be_stored_is_asked_for_again() {
    let fail = |_: IssuedSecret| async { Err(SinkError::new("the disk is full")) };
    let policy = HandshakePolicy::new().with_secret_sink(fail);
    let receiver = receiver(providers::ASANA_HANDSHAKES, SecretSet::none())
        .to_builder()
        .with_handshakes(policy)
        .build()
        .unwrap();
    let rejection =
        finished(send(&receiver, "POST", "/", &headers([("x-hook-secret", "s")]), b"")).unwrap_err();
    assert_eq!(rejection.status(), 503);
    assert!(rejection.causes().unwrap().to_string().ends_with("the disk is full"));
    assert_eq!(receiver.handshakes()[0].refused, 1);
}

#[test]
fn nothing_is_issued_to_a_tenant_that_does_not_exist() {
    let sink = |_: IssuedSecret| async { panic!("there is no such tenant") };
    let no_tenant = |_: RequestHead| async { Ok::<_, ResolveError>(None) };
    let receiver = receiver(providers::ASANA_HANDSHAKES, SecretSet::none())
        .to_builder()
        .with_tenants(no_tenant)
        .with_handshakes(HandshakePolicy::new().with_secret_sink(sink))
        .build()
        .unwrap();
    let hook = headers([("x-hook-secret", "s")]);
    assert_eq!(rejected(send(&receiver, "POST", "/", &hook, b"")).status(), 403);
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

/// Polls a request that is whole; returns the status of the response.
fn poll_once(request: &mut Request<'_, HeaderMap>) -> Option<Result<u16, u16>> {
    Some(match request.end()?.unwrap_err() {
        Early::Handshake(response) => Ok(response.into_response().status().as_u16()),
        Early::Rejected(rejection) => Err(rejection.status().as_u16()),
    })
}

#[test]
fn a_receiver_with_fixed_secrets_takes_one_and_its_clones_know() {
    for (handshakes, body) in [(providers::ASANA_HANDSHAKES, "{}"), (providers::NOTION_HANDSHAKES, "")] {
        let stored = Arc::new(Mutex::new(Vec::new()));
        let (sink, open) = slow_sink(&stored);
        open.store(true, Ordering::Relaxed);
        let policy = HandshakePolicy::new().with_secret_sink(sink);
        let receiver = receiver(handshakes, SecretSet::none())
            .to_builder()
            .with_handshakes(policy.clone())
            .build()
            .unwrap();
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
        let clone = receiver
            .clone()
            .to_builder()
            .with_body_limit(1 << 10)
            .with_handshakes(policy.clone())
            .build()
            .unwrap();
        for secret in ["first", "of a stranger", "of another"] {
            assert_eq!(issue(&clone, secret), Err(403));
        }
        assert_eq!(*stored.lock().unwrap(), ["first"]);
        assert_eq!(receiver.handshakes()[0].refused, 3);
        clone.reset_issued_secret();
        assert_eq!((issue(&receiver, "second"), issue(&clone, "third")), (Ok(()), Err(403)));
        let replacing =
            clone.to_builder().with_handshakes(policy.insecure_secret_replacement()).build().unwrap();
        assert_eq!(issue(&replacing, "third"), Ok(()));
        assert_eq!(*stored.lock().unwrap(), ["first", "second", "third"]);
    }
}

#[test]
fn of_two_secrets_at_once_one_is_stored() {
    let stored = Arc::new(Mutex::new(Vec::new()));
    let (sink, open) = slow_sink(&stored);
    let receiver = receiver(providers::ASANA_HANDSHAKES, SecretSet::none())
        .to_builder()
        .with_handshakes(HandshakePolicy::new().with_secret_sink(sink))
        .build()
        .unwrap();
    let heads = ["given up", "first", "second", "third"].map(|secret| headers([("x-hook-secret", secret)]));
    let [given_up, first, second, third] = &heads;
    let issue = |headers| begin(&receiver, "POST", "/", headers);
    drop(issue(given_up).ok());
    let mut first = issue(first).ok().unwrap();
    assert_eq!(poll_once(&mut first), None);
    assert_eq!(rejected(Err(issue(second).err().unwrap())).status(), 403);
    open.store(true, Ordering::Relaxed);
    assert_eq!(poll_once(&mut first), Some(Ok(200)));
    assert_eq!(rejected(Err(issue(third).err().unwrap())).status(), 403);
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
    let receiver = receiver(providers::ASANA_HANDSHAKES, SecretSet::none())
        .to_builder()
        .with_handshakes(HandshakePolicy::new().with_secret_sink(sink))
        .build()
        .unwrap();
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
    let policy = HandshakePolicy::new().with_secret_sink(sink);
    let issue = |secrets: SecretSet| {
        let find = move |_: RequestHead| std::future::ready(Ok(Some(Tenant::new("acme", secrets.clone()))));
        let receiver = receiver(providers::ASANA_HANDSHAKES, SecretSet::none())
            .to_builder()
            .with_tenants(find)
            .build()
            .unwrap();
        let hook = headers([("x-hook-secret", "s")]);
        finished(send(
            &receiver.to_builder().with_handshakes(policy.clone()).build().unwrap(),
            "POST",
            "/",
            &hook,
            b"",
        ))
    };
    assert!(issue(SecretSet::none()).is_ok() && issue(SecretSet::none()).is_ok());
    assert_eq!(issue(SecretSet::new(secret("known"))).unwrap_err().status(), 403);
    assert_eq!(stored.lock().unwrap().len(), 2);
}

#[test]
fn a_signed_request_replaces_a_secret_only_where_the_signature_covers_the_new_one() {
    let policy = HandshakePolicy::new().with_secret_sink(async |_: IssuedSecret| Ok(()));
    let body = r#"{"verification_token":"secret_new"}"#;
    let notion = receiver(providers::NOTION_HANDSHAKES, secret("secret"))
        .to_builder()
        .with_handshakes(policy.clone())
        .build()
        .unwrap();
    let replaced = send(&notion, "POST", "/", &signed(providers::NOTION_HANDSHAKES, body), body.as_bytes());
    assert_eq!(finished(replaced).unwrap().name(), "verification_token");
    // A sender can add a header to a recorded delivery.
    let asana = receiver(providers::ASANA_HANDSHAKES, secret("secret"))
        .to_builder()
        .with_handshakes(policy)
        .build()
        .unwrap();
    let mut recorded = signed(providers::ASANA_HANDSHAKES, "{}");
    recorded.insert("x-hook-secret", "planted".parse().unwrap());
    assert!(send(&asana, "POST", "/", &recorded, b"{}").is_ok());
}

fn finished(result: Result<Delivery, Early>) -> Result<HandshakeResponse, Rejection> {
    match result.unwrap_err() {
        Early::Handshake(response) => Ok(response),
        Early::Rejected(rejection) => Err(rejection),
    }
}
