//! Tests of secrets per tenant, with the middleware in all positions: when they are looked up, and what a sender
//! can observe.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::rt::System;
use countersign::receiver::{self, Budget, Receiver, ResolveError, Tenant};
use countersign::{Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, providers};
use countersign_tests::Request;
use countersign_tests::stacks::ask_all;
use http::{Method, StatusCode};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const BODY: &str = r#"{"id":"evt_1","type":"charge.succeeded"}"#;
const STRIPE: &str = "stripe-signature";

#[test]
fn no_resolver_is_asked_for_a_head_that_cannot_be_right() {
    let unsigned = signed("acme").without(STRIPE);
    let rows = [
        ("no signature", 400, unsigned.clone()),
        ("GET without a signature", 400, unsigned.clone().with_method(Method::GET)),
        ("junk", 400, unsigned.clone().with(STRIPE, "junk")),
        ("stale", 401, unsigned.clone().with(STRIPE, "t=1,v1=00")),
        ("another version", 400, signed("acme").map(STRIPE, |value| value.replace("v1=", "v0="))),
        ("too long", 413, signed("acme").with("content-length", "2000000")),
    ];
    for (name, status, request) in rows {
        let (receiver, asked) = receiver();
        for (stack, answer, runs) in ask(&receiver, &request) {
            assert_eq!((answer.status, runs), (status, 0), "{stack}: {name}");
        }
        assert_eq!(asked.load(Ordering::Relaxed), 0, "{name}");
    }
}

#[test]
fn each_signed_request_is_one_look_up() {
    let (receiver, asked) = receiver();
    let answers = ask(&receiver, &signed("acme"));
    assert!(answers.iter().all(|(_, answer, runs)| (answer.status, *runs) == (200, 1)), "{answers:?}");
    assert_eq!(asked.load(Ordering::Relaxed), answers.len());
}

#[test]
fn an_unknown_tenant_and_a_wrong_signature_are_answered_alike() {
    let wrong = |tenant: &str| sign("another secret", tenant);
    let shapes: [(&str, Shape); 7] = [
        ("at once", |request| request),
        ("in chunks", |request| request.in_chunks_of(7)),
        ("broken off", Request::breaking),
        ("stalling", Request::stalling),
        ("no body", |request| request.with_body("")),
        ("too large when it arrives", |request| request.with_body(vec![b' '; 200]).in_chunks_of(50)),
        ("another body", |request| request.with_body("{}")),
    ];
    for (name, shape) in shapes {
        let receiver = receiver()
            .0
            .to_builder()
            .with_body_limit(100)
            .with_body_deadline(Duration::from_secs(1))
            .build()
            .unwrap();
        let known = ask(&receiver, &shape(wrong("acme")));
        let unknown = ask(&receiver, &shape(wrong("unknown")));
        assert_eq!(known, unknown, "{name}");
        assert!(
            known.iter().all(|(_, answer, runs)| answer.status >= 400 && *runs == 0),
            "{name}: {known:?}"
        );
    }
}

#[test]
fn an_unknown_tenant_takes_of_the_budget_what_another_one_takes() {
    let receiver = receiver().0.to_builder().with_budget(Budget::new(10)).build().unwrap();
    let answers = ["acme", "unknown"].map(|tenant| ask(&receiver, &sign("another secret", tenant)));
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].iter().all(|(_, answer, _)| answer.status == 503));
}

#[test]
fn an_unknown_tenant_can_be_reported_by_choice_and_then_before_the_body() {
    let receiver =
        receiver().0.to_builder().with_unknown_tenant_status(StatusCode::NOT_FOUND).build().unwrap();
    for (stack, answer, runs) in ask(&receiver, &signed("unknown").without_body()) {
        assert_eq!((answer.status, runs), (404, 0), "{stack}");
        assert_eq!(answer.body, r#"{"title":"unknown_tenant","status":404}"#, "{stack}");
    }
    // Unsigned requests cause no look-up.
    for (stack, answer, _) in ask(&receiver, &signed("unknown").without(STRIPE)) {
        assert_eq!(answer.status, 400, "{stack}");
    }
}

#[test]
fn a_failing_look_up_is_answered_with_503_and_only_where_it_was_needed() {
    let (receiver, _) = receiver();
    assert!(ask(&receiver, &signed("broken")).iter().all(|(_, answer, _)| answer.status == 503));
    let unsigned = ask(&receiver, &signed("broken").without(STRIPE));
    assert!(unsigned.iter().all(|(_, answer, _)| answer.status == 400));
}

#[test]
fn stored_requests_are_looked_up_in_the_same_order() {
    let (receiver, asked) = receiver();
    let verify = |request: Request| {
        let stored = async { receiver.verify_stored("POST", "/", &request.headers, BODY.into(), NOW).await };
        System::with_tokio_rt(paused).block_on(stored)
    };
    let delivery = verify(signed("acme")).unwrap();
    assert_eq!((delivery.tenant(), delivery.key()), (Some("acme"), "current"));
    assert_eq!(verify(signed("unknown")).unwrap_err().kind().as_str(), "unknown_tenant");
    let before = asked.load(Ordering::Relaxed);
    assert!(verify(signed("acme").without(STRIPE)).is_err());
    assert_eq!(asked.load(Ordering::Relaxed), before);
}

/// Changes the form in which a request arrives.
type Shape = fn(Request) -> Request;

/// Returns a receiver of two tenants, and the number of look-ups of their secrets.
fn receiver() -> (Receiver, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let tenants = move |request: receiver::RequestHead| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            let tenant = request.headers().get("x-tenant").and_then(|tenant| tenant.to_str().ok());
            match tenant.unwrap_or_default() {
                "acme" => {
                    let secrets = SecretSet::named("current", Secret::new("acme's secret").unwrap());
                    Ok(Some(Tenant::new("acme", secrets)))
                }
                "broken" => Err(ResolveError::new("the database is away")),
                _ => Ok(None),
            }
        }
    };
    let verifier = Verifier::new(&providers::STRIPE, Secret::new("the verifier's own").unwrap()).unwrap();
    (Receiver::builder(verifier).with_clock(NOW).with_tenants(tenants).build().unwrap(), asked)
}

fn signed(tenant: &str) -> Request {
    sign("acme's secret", tenant)
}

fn sign(secret: &str, tenant: &str) -> Request {
    let signer = Signer::new(&providers::STRIPE, Secret::new(secret).unwrap()).unwrap();
    let headers = signer.sign(&SigningRequest::new(BODY, NOW)).unwrap();
    Request::post("/webhooks/hook", headers, BODY.into()).with("x-tenant", tenant)
}

fn ask(receiver: &Receiver, request: &Request) -> Vec<(&'static str, countersign_tests::Answer, usize)> {
    System::with_tokio_rt(paused).block_on(ask_all(receiver, request))
}

fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}
