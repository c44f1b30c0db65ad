//! Tests of two schemes at one endpoint, with the middleware in all positions.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "../../../crates/countersign/tests/common/receive.rs"]
mod receive;

use actix_web::rt::System;
use countersign::receiver::{Budget, Receiver, Tenant};
use countersign::{Delivery, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier};
use countersign_inbox::{IdentityPolicy, UnsignedIds};
use countersign_tests::stacks::ask_all;
use countersign_tests::{Answer, Request};
use http::{HeaderMap, HeaderName, HeaderValue};

const NOW: UnixTime = UnixTime::from_secs(1_790_000_000);
const BODY: &str = r#"{"event":"message.received","data":{"n":1}}"#;
const SIGNATURE: &str = "x-zavu-signature";

/// Returns a version of a declaration, for a provider that moves from `v1`, over the body alone, to `v2`, over the
/// timestamp and the body.
fn declaration(version: &str, content: &str, data: &str) -> Provider {
    let text = format!(
        r#"
            slug = "zavu-{version}"
            name = "Zavu {version}"
            doc = "https://docs.zavu.dev/guides/receiving-messages/security"
            [scheme]
            algorithm = "hmac-sha256"
            content = "{content}"
            signature = {{ at = "header:{SIGNATURE}", format = {{ list = {{ separator = ",", assign = "=", tags = "{version}" }} }}, encoding = "hex" }}
            timestamp = {{ at = "sig:t", format = "seconds", tolerance = 300 }}
            [event]
            type = "json:/event"
            {data}
        "#
    );
    Provider::from_toml(&text).unwrap()
}

fn v1() -> Provider {
    declaration("v1", "{body}", "")
}

fn v2() -> Provider {
    declaration("v2", "{timestamp}.{body}", r#"data = "/data""#)
}

fn receiver() -> Receiver {
    let primary = Verifier::new(v2(), Secret::new("new secret").unwrap()).unwrap();
    let fallback = Verifier::new(v1(), Secret::new("old secret").unwrap()).unwrap();
    Receiver::builder(primary).with_fallback(fallback).with_clock(NOW).build().unwrap()
}

/// Returns the header value with the signatures of these versions.
fn signature(versions: &[(Provider, &str)]) -> String {
    let mut value = format!("t={}", NOW.as_secs());
    for (provider, secret) in versions {
        let signer = Signer::new(provider.clone(), Secret::new(*secret).unwrap()).unwrap();
        let signed =
            signer.sign(&SigningRequest::new(BODY, NOW)).unwrap()[SIGNATURE].to_str().unwrap().to_owned();
        value.push_str(&signed[signed.find(',').unwrap()..]);
    }
    value
}

fn request(versions: &[(Provider, &str)]) -> Request {
    Request::post("/webhooks/hook", HeaderMap::new(), BODY.into()).with(SIGNATURE, &signature(versions))
}

fn old() -> (Provider, &'static str) {
    (v1(), "old secret")
}

fn new() -> (Provider, &'static str) {
    (v2(), "new secret")
}

#[test]
fn what_either_scheme_signed_is_accepted_and_nothing_else() {
    let wrong = |provider| (provider, "an attacker's");
    let rows = [
        ("old", 200, request(&[old()])),
        ("new", 200, request(&[new()])),
        ("both", 200, request(&[old(), new()])),
        ("old is wrong", 200, request(&[wrong(v1()), new()])),
        ("new is wrong", 200, request(&[old(), wrong(v2())])),
        ("both are wrong", 401, request(&[wrong(v1()), wrong(v2())])),
        ("crossed secrets", 401, request(&[(v1(), "new secret"), (v2(), "old secret")])),
        ("old, another body", 401, request(&[old()]).with_body("{}")),
        ("both, another body", 401, request(&[old(), new()]).with_body("{}")),
        ("neither", 400, request(&[])),
        ("stale", 401, request(&[old(), new()]).map(SIGNATURE, |value| value.replace("t=179", "t=178"))),
        ("no header", 400, request(&[old(), new()]).without(SIGNATURE)),
        ("too large", 413, request(&[old()]).with_body(vec![b' '; (1 << 20) + 1])),
    ];
    for (name, status, request) in rows {
        for shape in [|request: Request| request, |request: Request| request.in_chunks_of(1 << 16)] {
            for (stack, answer, runs) in ask(&receiver(), &shape(request.clone())) {
                assert_eq!(answer.status, status, "{stack}: {name}: {answer:?}");
                assert_eq!(runs, usize::from(status == 200), "{stack}: {name}");
            }
        }
    }
}

#[test]
fn the_delivery_says_which_declaration_held_and_decodes_with_it() {
    let held = |request: &Request, chunk: usize| -> Delivery {
        let receiver = receiver();
        receive::receive(&receiver, "POST", "/", &request.headers, BODY.as_bytes(), chunk).unwrap()
    };
    for chunk in [7, BODY.len()] {
        let delivery = held(&request(&[old()]), chunk);
        assert!(delivery.is_from_fallback());
        assert_eq!((&*delivery.provider().slug, delivery.endpoint_slug()), ("zavu-v1", "zavu-v2"));
        assert_eq!(delivery.data::<serde_json::Value>().unwrap()["event"], "message.received");
        for request in [request(&[new()]), request(&[old(), new()])] {
            let delivery = held(&request, chunk);
            assert!(!delivery.is_from_fallback());
            assert_eq!((&*delivery.provider().slug, delivery.endpoint_slug()), ("zavu-v2", "zavu-v2"));
            assert_eq!(delivery.data::<serde_json::Value>().unwrap()["n"], 1);
        }
    }
}

#[test]
fn the_log_names_the_scheme_that_the_request_was_signed_with() {
    let kind = |request: &Request, now: UnixTime| {
        let receiver = receiver().to_builder().with_clock(now).build().unwrap();
        let Err(receive::Early::Rejected(rejection)) =
            receive::begin(&receiver, "POST", "/", &request.headers)
        else {
            panic!("it is refused")
        };
        rejection.kind().as_str()
    };
    let late = UnixTime::from_secs(NOW.as_secs() + 301);
    assert_eq!(kind(&request(&[old()]), late), "timestamp_too_old");
    assert_eq!(kind(&request(&[]), NOW), "no_signature_for_expected_version");
}

#[test]
fn stored_requests_verify_again_under_either() {
    for (versions, slug) in [(&[old()][..], "zavu-v1"), (&[old(), new()], "zavu-v2")] {
        let (request, receiver) = (request(versions), receiver());
        let stored = async { receiver.verify_stored("POST", "/", &request.headers, BODY.into(), NOW).await };
        let delivery = System::with_tokio_rt(paused).block_on(stored).unwrap();
        assert_eq!(delivery.provider().slug, slug);
    }
}

#[test]
fn the_body_is_held_once_and_given_back() {
    // The head counts, too. A body in chunks may take twice its bytes.
    let budget = Budget::new(2 * BODY.len() + 4_096);
    let receiver = receiver().to_builder().with_budget(budget.clone()).build().unwrap();
    for request in [request(&[old()]), request(&[old(), new()]).in_chunks_of(3)] {
        assert!(ask(&receiver, &request).iter().all(|(_, answer, _)| answer.status == 200));
        assert_eq!(budget.in_use(), 0);
    }
}

#[test]
fn the_larger_limit_is_that_of_both_and_another_one_counts_for_both() {
    let large = Verifier::new(v1(), Secret::new("old secret").unwrap()).unwrap().with_body_limit(4 << 20);
    let primary = || Verifier::new(v2(), Secret::new("new secret").unwrap()).unwrap();
    let receiver = Receiver::builder(primary()).with_fallback(large).build().unwrap();
    assert_eq!(receiver.body_limit(), 4 << 20);
    let receiver = self::receiver().to_builder().with_body_limit(BODY.len() - 1).build().unwrap();
    for request in [request(&[old()]), request(&[new()])] {
        assert!(ask(&receiver, &request).iter().all(|(_, answer, _)| answer.status == 413));
    }
}

#[test]
fn a_tenant_has_its_secret_for_both() {
    let tenants = |_| async { Ok(Some(Tenant::new("acme", Secret::new("acme's").unwrap()))) };
    let receiver = receiver().to_builder().with_tenants(tenants).build().unwrap();
    for provider in [v1(), v2()] {
        let answers = ask(&receiver, &request(&[(provider, "acme's")]));
        assert!(answers.iter().all(|(_, answer, _)| answer.status == 200), "{answers:?}");
    }
    for own in [old(), new()] {
        assert!(ask(&receiver, &request(&[own])).iter().all(|(_, answer, _)| answer.status == 401));
    }
}

/// Returns a declaration with the id in a header.
fn with_id_header(slug: &str, content: &str) -> Provider {
    let text = format!(
        "slug = '{slug}'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = 'hmac-sha256'\n\
         content = '{content}'\nsignature = {{ at = 'header:x-{slug}', encoding = 'hex' }}\n\
         timestamp = {{ at = 'header:x-time', format = 'seconds', tolerance = 300 }}\n\
         [event]\nid = 'header:x-id'\ntype = 'json:/event'\n"
    );
    Provider::from_toml(&text).unwrap()
}

/// A sender could leave out the signature of the declaration that signs the id, and change the id.
#[test]
fn a_signed_id_is_not_changed_through_a_fallback_that_leaves_it_open() {
    let secret = || Secret::new("a secret of both").unwrap();
    let identify = |policy, delivery: &Delivery| {
        IdentityPolicy::new("hook").with_unsigned_ids(policy).identify(delivery).unwrap()
    };
    for (new, old, is_guarded) in [
        ("{id}.{body}", "{body}", true),
        ("{id}.{timestamp}.{body}", "{timestamp}.{body}", true),
        ("{id}.{body}", "{body:sha256-hex}", true),
        ("{id}.{body}", "{header:x-a}.{body}", true),
        ("{id}.{body}", "{json:/event}", true),
        ("{id}.{body}", "{id}.{timestamp}.{body}", false),
    ] {
        let (primary, fallback) = (with_id_header("new", new), with_id_header("old", old));
        let receiver = Receiver::builder(Verifier::new(primary.clone(), secret()).unwrap())
            .with_fallback(Verifier::new(fallback.clone(), secret()).unwrap())
            .with_clock(NOW)
            .build()
            .unwrap();
        let mut headers = HeaderMap::new();
        for provider in [primary, fallback] {
            let request = SigningRequest::new(BODY, NOW)
                .with_id("evt_1")
                .with_header(HeaderName::from_static("x-a"), HeaderValue::from_static("1"));
            headers.extend(Signer::new(provider, secret()).unwrap().sign(&request).unwrap());
        }
        headers.insert("x-id", "evt_1".parse().unwrap());
        headers.insert("x-a", "1".parse().unwrap());
        headers.insert("x-time", NOW.as_secs().into());
        let held = |headers: &HeaderMap, chunk: usize| {
            receive::receive(&receiver, "POST", "/", headers, BODY.as_bytes(), chunk).unwrap()
        };
        for chunk in [7, BODY.len()] {
            let genuine = held(&headers, chunk);
            assert!(!genuine.is_from_fallback() && genuine.id().unwrap().is_signed());
            assert_eq!(identify(UnsignedIds::Off, &genuine).guard(), None, "{old}");
            let first = identify(UnsignedIds::Reject, &genuine);
            assert_eq!(first.guard().is_some(), is_guarded, "{old}");

            let mut alone = headers.clone();
            alone.remove("x-old");
            assert_eq!(identify(UnsignedIds::Reject, &held(&alone, chunk)).guard(), None, "{old}");

            let mut changed = headers.clone();
            changed.remove("x-new");
            if is_guarded {
                changed.insert("x-id", "evt_2".parse().unwrap());
            }
            let again = held(&changed, chunk);
            assert!(again.is_from_fallback());
            let again = identify(UnsignedIds::Reject, &again);
            assert_eq!((again.guard(), again.key() == first.key()), (first.guard(), !is_guarded), "{old}");
        }
    }
}

fn ask(receiver: &Receiver, request: &Request) -> Vec<(&'static str, Answer, usize)> {
    System::with_tokio_rt(paused).block_on(ask_all(receiver, request))
}

fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime")
}
