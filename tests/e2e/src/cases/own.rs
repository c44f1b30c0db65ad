//! A user-defined provider that signs everything that a framework could change: method, path, query and headers.

use countersign::scheme::{Algorithm, Encoding, Location, Scheme, SignatureField};
use countersign::{Confidence, Provider, Secret, Signer, SigningRequest};
use http::{HeaderName, HeaderValue, Method};

use crate::sender::{NOW, PUBLIC_URL, SECRET};
use crate::{Case, Event, Expected, Keys, Request, Sender};

pub(super) fn cases() -> Vec<Case> {
    let post = |target: &str| signed(Method::POST, target);
    let genuine = || post(TARGET);
    let case = |what: &str, request, expected| Case::new(what, &OWN, request, expected);
    let targets = TARGETS.map(|target| case(&format!("to {target}"), post(target), OWN.handled()));
    let others = [
        case("in chunks", genuine().in_chunks_of(5), OWN.handled()),
        case("a signed GET", signed(Method::GET, TARGET), Expected::Routed(405)),
        case("another method", genuine().with_method(Method::PUT), MISMATCH),
        case("another path", genuine().with_target("/webhooks/own/2?a=1"), MISMATCH),
        case("another query", genuine().with_target("/webhooks/own?a=2"), MISMATCH),
        case("no query", genuine().with_target("/webhooks/own"), MISMATCH),
        case("another case", post("/webhooks/own?a=%C3").with_target("/webhooks/own?a=%c3"), MISMATCH),
        case("a header before the body is changed", genuine().with(NONCE.as_str(), "n-2"), MISMATCH),
        case("a header after the body is changed", genuine().with(ACCOUNT.as_str(), "a-2"), MISMATCH),
        case("a header after the body is changed, in chunks", changed_in_chunks(), MISMATCH),
        case("a signed header is missing", genuine().without(ACCOUNT.as_str()), MISSING),
        case("a signed header is empty", genuine().with(NONCE.as_str(), ""), MISMATCH),
        case("a signed header twice", genuine().and(NONCE.as_str(), "n-1"), OWN.handled()),
        case("two signed headers that differ", genuine().and(NONCE.as_str(), "n-2"), MALFORMED),
        case("a signed header that is not ASCII", genuine().with(NONCE.as_str(), "é"), MISMATCH),
    ];
    targets.into_iter().chain(others).collect()
}

/// Signs a request in the form in which it is sent.
fn signed(method: Method, target: &str) -> Request {
    let headers = [(NONCE, HeaderValue::from_static("n-1")), (ACCOUNT, HeaderValue::from_static("a-1"))];
    let signing = SigningRequest::new(OWN.event.body, NOW)
        .with_method(method.as_str())
        .with_url(format!("{PUBLIC_URL}{target}"))
        .with_header(NONCE, headers[0].1.clone())
        .with_header(ACCOUNT, headers[1].1.clone());
    let signer = Signer::new(OWN.provider, Secret::new(SECRET).unwrap()).unwrap();
    let mut all = signer.sign(&signing).unwrap();
    all.extend(headers);
    Request::post(target, all, OWN.event.body.into()).with_method(method)
}

fn changed_in_chunks() -> Request {
    signed(Method::POST, TARGET).with(ACCOUNT.as_str(), "a-2").in_chunks_of(5)
}

const TARGET: &str = "/webhooks/own?a=1";
/// Targets that must be signed exactly as received.
const TARGETS: [&str; 7] = [
    TARGET,
    "/webhooks/own",
    "/webhooks/own?",
    "/webhooks/own/?a=1&a=2&b=",
    "/webhooks/a%2Fb%20c/%C3%B6/%2e%2e/~d",
    "/webhooks//own;v=1/../x?a=b%26c+d%20e",
    "/webhooks/own?a[]=1&url=https://x.example/?y",
];
const NONCE: HeaderName = HeaderName::from_static("acme-nonce");
const ACCOUNT: HeaderName = HeaderName::from_static("acme-account");

const MISMATCH: Expected = Expected::rejected(401, "signature_mismatch");
const MISSING: Expected = Expected::rejected(400, "missing_header");
const MALFORMED: Expected = Expected::rejected(400, "malformed_header");

static OWN: Sender = Sender {
    provider: &PROVIDER,
    signature: "acme-signature",
    headers: &[],
    keys: Keys::WHSEC,
    dating: None,
    content_type: "application/json",
    event: Event {
        body: r#"{"event":{"id":"evt_1","type":"shipped"}}"#,
        id: Some("evt_1"),
        event_type: Some("shipped"),
        variant: None,
    },
    id_signed: true,
    catalog: None,
};

static PROVIDER: Provider = Provider::new("own", "Our own", SCHEME)
    .with_source(Confidence::Own, "this file")
    .with_id(Location::json("/event/id"))
    .with_event_type(Location::json("/event/type"));

const SCHEME: Scheme = Scheme::new(
    Algorithm::HmacSha512,
    SignatureField::header("acme-signature", Encoding::Base64Url),
    "{method}\n{path}\n{query}\n{header:acme-nonce}\n{body}\n{header:acme-account}",
);
