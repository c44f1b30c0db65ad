//! Checks that `Debug` of all public types shows no header value, query value, secret or body.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "../../../crates/countersign/tests/common/receive.rs"]
mod receive;

use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use countersign::receiver::{
    Explainer, HandshakePolicy, IssuedSecret, Received, Receiver, Receiving, RejectedRequest, Rejection,
    RejectionBody, RequestHead, Tenant,
};
use countersign::{
    ErrorKind, Event, Head, Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, UnknownEvent,
    Verifier, providers,
};
use countersign_diagnose::{Captured, Diagnoser, RejectionAdvice, ShownRequest};
use countersign_inbox::{IdentityPolicy, NewEvent, RejectionSample, StoredHead};
use http::HeaderMap;
use http::header::USER_AGENT;

const MARK: &str = "MARKEDVALUE123";
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

#[track_caller]
fn is_silent(what: &str, value: &dyn Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!shown.contains(MARK), "{what} shows a value: {shown}");
        // The marker as bytes.
        assert!(!shown.contains("77, 65, 82"), "{what} shows bytes: {shown}");
    }
}

fn secret() -> Secret {
    Secret::new(MARK).unwrap()
}

fn headers(name: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(name.parse().unwrap(), MARK.parse().unwrap())])
}

fn body() -> String {
    format!(r#"{{"type":"a.b","secret":"{MARK}"}}"#)
}

fn target() -> String {
    format!("/hook?token={MARK}")
}

#[test]
fn what_holds_secrets_shows_none() {
    let provider: Provider = providers::PAYPAL.clone().with_parameter("webhook_id", "WH");
    is_silent("Provider", &provider);
    for provider in [&providers::GITHUB, &providers::GITLAB, &providers::NETLIFY] {
        let verifier = Verifier::new(provider, secret()).unwrap();
        is_silent("Secret", &secret());
        is_silent("SecretSet", &SecretSet::new(secret()));
        is_silent("VerifierBuilder", &Verifier::builder(provider, secret()));
        is_silent("Verifier", &verifier);
        is_silent("Signer", &Signer::new(provider, secret()).unwrap());
        is_silent("ReceiverBuilder", &Receiver::builder(verifier.clone()));
        is_silent("Receiver", &Receiver::new(verifier));
        is_silent("Tenant", &Tenant::new("acme", secret()));
    }
    let policy = HandshakePolicy::new().with_verify_token(secret()).with_setting("service_id", MARK);
    is_silent("HandshakePolicy", &policy);
    let diagnoser = Diagnoser::new(&providers::GITLAB).with_secrets(&SecretSet::new(secret()));
    is_silent("Diagnoser", &diagnoser);
    let captured = Captured::new(headers("x-gitlab-token"), body()).with_url(target());
    is_silent("Captured", &captured);
    is_silent("Diagnosis", &diagnoser.diagnose(&captured, NOW));
    is_silent("LogExplainer", &diagnoser.into_explainer());
    let advice = RejectionAdvice::new("missing_signature", Some("gitlab"), &["x-a"]).unwrap();
    is_silent("RejectionAdvice", &advice);
    let (body, query) = (format!(r#"{{"a":"{MARK}"}}"#), format!("token={MARK}"));
    let shown = ShownRequest::new(Some(MARK), Some(MARK)).with_headers(headers("x-gitlab-token"));
    let shown = shown.with_query(&query).with_body(body.as_bytes());
    is_silent("ShownRequest", &shown);
    let fields = shown.fields(&providers::GITLAB);
    assert!(fields.iter().any(|field| field.value == MARK));
    fields.iter().for_each(|field| is_silent("EventField", field));
}

#[test]
fn what_an_explainer_gets_and_returns_shows_names() {
    let verifier = Verifier::new(&providers::GITHUB, secret()).unwrap();
    let explainer =
        Diagnoser::new(&providers::GITHUB).with_secrets(&SecretSet::new(secret())).into_explainer();
    let examined = move |request: &RejectedRequest| {
        is_silent("RejectedRequest", request);
        explainer.explain(request)
    };
    let receiver = Receiver::builder(verifier).with_clock(NOW).with_explainer(examined).build().unwrap();
    let signer = Signer::new(&providers::GITHUB, Secret::new("another").unwrap()).unwrap();
    let mut headers = signer.sign(&SigningRequest::new(body(), NOW)).unwrap();
    headers.insert("x-a", MARK.parse().unwrap());
    let Err(receive::Early::Rejected(rejection)) =
        receive::receive(&receiver, "POST", &target(), &headers, body().as_bytes(), 1 << 20)
    else {
        panic!("the secret is another one");
    };
    is_silent("Explanation", &rejection.explain().unwrap());
}

#[test]
fn what_holds_a_request_shows_names() {
    let headers = headers("x-gitlab-token");
    let target = target();
    is_silent("Head", &Head::new(&headers).with_url(&target).with_target(&target));
    is_silent("receiver::RequestHead", &RequestHead::new(target.parse().unwrap(), headers.clone()));
    is_silent("StoredHead", &StoredHead::new("POST", target.clone(), headers.clone()));
    let request = SigningRequest::new(body(), NOW).with_url(&target);
    let request = request.with_header("x-a".parse().unwrap(), MARK.parse().unwrap());
    is_silent("SigningRequest", &request);

    let verifier = Verifier::new(&providers::GITLAB, secret()).unwrap();
    let intake = verifier.begin(&Head::new(&headers), NOW).unwrap();
    is_silent("Intake", &intake);
    let receiver = Receiver::builder(verifier.clone()).with_clock(NOW).build().unwrap();
    is_silent("Receiving", &Receiving::new(&receiver));
    let rejection = Rejection::from(ErrorKind::SignatureMismatch);
    is_silent("Received", &Received::Observed { rejection, body: body().into() });
    is_silent("RejectionBody", &RejectionBody::json(body()));
    let head =
        RejectionSample::head_of("POST", "/", &HeaderMap::from_iter([(USER_AGENT, MARK.parse().unwrap())]));
    assert!(head.contains(MARK));
    is_silent("RejectionSample", &RejectionSample::new("malformed", "", head));
    is_silent("IdentityPolicy", &IdentityPolicy::new("hook"));
    let delivery =
        receive::receive(&receiver, "POST", &target, &headers, body().as_bytes(), 1 << 20).unwrap();
    is_silent("Delivery", &delivery);
    is_silent("CloudEvent", &delivery.to_cloudevent());
    let event: Event<serde_json::Value> =
        Event { data: serde_json::json!({ "a": MARK }), delivery: delivery.clone() };
    is_silent("Event", &event);
    let data = serde_json::value::RawValue::from_string(body()).unwrap();
    is_silent("UnknownEvent", &UnknownEvent::decode("a.b", &*data).unwrap());
    let head = StoredHead::new("POST", target, headers);
    is_silent("NewEvent", &NewEvent::new(&IdentityPolicy::new("hook"), &delivery, head));
}

#[test]
fn handshakes_show_neither_the_secret_nor_what_they_answer() {
    let shown = Arc::new(Mutex::new(0));
    for (provider, headers, body) in [
        (&providers::ASANA, headers("x-hook-secret"), "{}".to_owned()),
        (&providers::NOTION, HeaderMap::new(), format!(r#"{{"verification_token":"{MARK}"}}"#)),
    ] {
        let seen = Arc::clone(&shown);
        let sink = move |issued: IssuedSecret| {
            is_silent("IssuedSecret", &issued);
            *seen.lock().unwrap() += 1;
            async { Ok(()) }
        };
        let receiver = Receiver::builder(Verifier::new(provider, SecretSet::none()).unwrap())
            .with_clock(NOW)
            .with_handshakes(HandshakePolicy::new().with_secret_sink(sink))
            .build()
            .unwrap();
        let early = receive::receive(&receiver, "POST", &target(), &headers, body.as_bytes(), 1 << 20);
        let Err(receive::Early::Handshake(response)) = early else { panic!("it is a handshake") };
        is_silent("HandshakeResponse", &response);
        is_silent("Received", &Received::Handshake(response));
    }
    assert_eq!(*shown.lock().unwrap(), 2);
}

#[test]
fn what_a_delivery_is_made_into_shows_no_body() {
    let verifier = Verifier::new(&providers::GITHUB, secret()).unwrap();
    let signer = Signer::new(&providers::GITHUB, secret()).unwrap();
    let headers = signer.sign(&SigningRequest::new(body(), NOW).with_event_type("push")).unwrap();
    let delivery = verifier.verify(&Head::new(&headers), body(), NOW).unwrap();
    is_silent("SignedContent", &delivery.signed_content().unwrap());
    let signed = signer.sign_request(&SigningRequest::new(body(), NOW).with_event_type("push")).unwrap();
    is_silent("SignedRequest", &signed);

    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code, reason = "it never fits")]
    struct Numbers {
        secret: u32,
    }
    let error = delivery.json::<Numbers>().unwrap_err();
    is_silent("DecodeError", &error);
    assert!(!error.to_string().contains(MARK), "{error}");
    let error = verifier.verify(&Head::new(&headers), format!("{} ", body()), NOW).unwrap_err();
    is_silent("VerifyError", &error);
    assert!(!error.to_string().contains(MARK), "{error}");
}

#[test]
fn raw_bodies_show_their_length() {
    use actix_web::FromRequest;
    use axum::extract::FromRequestParts;
    let verifier = Verifier::new(&providers::GITLAB, secret()).unwrap();
    let delivery = verifier.verify(&Head::new(&headers("x-gitlab-token")), body(), NOW).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut request = http::Request::new(());
    request.extensions_mut().insert(delivery.clone());
    let (mut parts, ()) = request.into_parts();
    let extracted = runtime.block_on(countersign::RawBody::from_request_parts(&mut parts, &()));
    is_silent("RawBody", &extracted.unwrap());

    let request = actix_web::test::TestRequest::default().to_http_request();
    actix_web::HttpMessage::extensions_mut(&request).insert(delivery);
    let extracted = runtime.block_on(countersign::RawBody::extract(&request));
    is_silent("RawBody", &extracted.unwrap());
}

/// Types that hold bytes of a request, headers or addresses implement `Debug` by hand.
#[test]
fn nothing_that_holds_a_request_derives_debug() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates");
    let mut found = Vec::new();
    for file in sources(&crates) {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
        for (derive, rest) in derives(code) {
            let held = rest.split("\n}").next().unwrap_or_default();
            let holds = HOLDERS.iter().any(|holder| held.contains(holder));
            let name = held.split_whitespace().skip_while(|word| !matches!(*word, "struct" | "enum")).nth(1);
            let name = name.unwrap_or_default().trim_end_matches(['(', ';', '{']).to_owned();
            if holds && derive.contains("Debug") && !HARMLESS.contains(&&*name) {
                found.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(found.is_empty(), "these derive `Debug` and hold values of requests:\n{}", found.join("\n"));
}

/// Returns the derives of a source, each with the text after it.
fn derives(code: &str) -> impl Iterator<Item = (&str, &str)> {
    code.split("#[derive(").skip(1).filter_map(|after| after.split_once(")]"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| {
        if path.is_dir() {
            let is_other = ["tests", "target", "benches"].iter().any(|name| path.ends_with(name));
            if is_other { Vec::new() } else { sources(&path) }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            vec![path]
        } else {
            Vec::new()
        }
    });
    found.collect()
}

const HOLDERS: [&str; 6] = ["HeaderMap", ": Bytes", "<Bytes>", "RawValue", "HeaderValue", ": Uri"];
/// Types that hold the receiver's own responses, a marker for a body type, or a body that an operator has
/// requested.
const HARMLESS: [&str; 8] = [
    "Admission",
    "AxumBody",
    "BodyView",
    "Finished<T>",
    "FullBody",
    "Problem",
    "RejectionDetails",
    "SameBody",
];
