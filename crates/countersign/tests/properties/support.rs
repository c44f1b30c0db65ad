//! Signs a request for each provider.

use countersign::scheme::{Format, Location};
use countersign::{
    ErrorKind, Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, VerifyError, providers,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::common::{NOW, is_available, secret, signing_secret, signs_form};

pub(crate) const URL: &str = "https://hooks.example.com/in?x=1";

/// The providers that [`Signer`] or this test cannot make a request for.
pub(crate) const ELSEWHERE: &[(&str, &str)] = &[
    ("adyen-item", "the signature is in the body: tests/composed.rs"),
    ("aws-sns", "the signature is in the body: tests/published_keys.rs"),
    ("braintree", "the signature is in the body: tests/composed.rs"),
    ("cryptomus", "the signature is in the body: tests/signed_payloads"),
    ("dropbox-sign", "the signature is in the body: tests/signer.rs"),
    ("figma", "the token is in the body: in_bodies.rs"),
    ("hygraph", "the signature is JSON: tests/composed.rs"),
    ("keygen", "a header has the digest of the body: tests/published_keys.rs"),
    ("mailgun", "the signature is in the body: in_bodies.rs"),
    ("midtrans", "the signature is in the body: tests/key_kinds"),
    ("mailgun-routes", "the signature is in the body: tests/places/payloads.rs"),
    ("ms-graph", "the token is in each item of the body: in_bodies.rs"),
    ("openpay", "a member of the body is signed: tests/vectors.rs"),
    ("opennode", "the signature is in the body: tests/vectors.rs"),
    ("paddle-classic", "the signature is in the body: tests/published_keys.rs"),
    ("pandadoc", "the signature is in the query: tests/vectors.rs"),
    ("paypal", "a parameter is signed: tests/published_keys.rs"),
    ("przelewy24", "the signature is in the body: tests/signed_payloads"),
    ("twilio-body-sha256", "the digest of the body is in the URL: tests/composed.rs"),
];

/// Returns all other providers.
pub(crate) fn catalogue() -> impl Iterator<Item = &'static Provider> {
    let available =
        providers::all().filter(|provider| is_available(provider) && provider.open_parameters().is_empty());
    available.filter(|provider| ELSEWHERE.iter().all(|(slug, _)| *slug != provider.slug))
}

/// Returns whether the declaration has no open parameter.
pub(crate) fn is_complete(provider: &'static Provider) -> bool {
    Verifier::new(provider, secret(provider)).is_ok()
}

/// Runs the property several times for each provider.
macro_rules! for_each_provider {
    ($provider:ident in $providers:expr, |($($args:tt)*)| $body:block) => {
        for $provider in $providers {
            let slug = &$provider.slug;
            // RSA signatures are slow.
            let cases = if $provider.scheme.algorithm.feature() == Some("rsa") { 2 } else { 12 };
            let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
            proptest!(config, |($($args)*)| {
                let outcome = || -> Result<(), TestCaseError> { $body Ok(()) };
                outcome().map_err(|error| match error {
                    TestCaseError::Fail(why) => TestCaseError::fail(format!("{slug}: {why}")),
                    rejected => rejected,
                })?;
            });
        }
    };
}

pub(crate) use for_each_provider;

/// Returns a body that contains the values the scheme reads.
pub(crate) fn body_of(provider: &Provider, text: &str) -> Vec<u8> {
    let body = match &*provider.slug {
        "linear" => serde_json::json!({"webhookTimestamp": NOW * 1000, "text": text}),
        "proxiant" => serde_json::json!({"id": "evt_1", "created_at": "2023-11-14T22:13:20Z", "text": text}),
        _ if needs_json(provider) => serde_json::json!({"text": text}),
        _ if signs_form(provider) => return format!("Body={}", text.len()).into_bytes(),
        // A challenge that a handshake signs is rejected as a delivery, and none begins like JSON.
        _ if provider.handshakes.iter().any(|one| one.challenge.is_some()) => {
            return format!("{{{text}").into_bytes();
        }
        _ => return text.as_bytes().to_vec(),
    };
    body.to_string().into_bytes()
}

/// Returns whether only JSON can be signed, or told apart from the content before it.
fn needs_json(provider: &Provider) -> bool {
    let content = provider.scheme.content.as_str();
    content.contains("{body:json-sorted}") || content.contains("{headers:sig:")
}

/// Returns headers that are signed by their names.
fn other_headers(provider: &Provider) -> HeaderMap {
    let signed = provider.scheme.content.as_str().split("{header:").skip(1);
    let names = signed.map(|rest| rest.split('}').next().unwrap().try_into().unwrap());
    let rules = provider.scheme.message_signature.as_ref();
    let covered = rules.iter().flat_map(|rules| rules.components.split('|'));
    let covered = covered.filter(|name| !name.starts_with('@') && *name != "content-digest");
    let covered = covered.map(|name| name.try_into().unwrap());
    names.chain(covered).map(|name| (name, HeaderValue::from_static("x1"))).collect()
}

pub(crate) fn sign(provider: &'static Provider, body: &[u8]) -> HeaderMap {
    try_sign(provider, body).unwrap_or_else(|error| panic!("{}: {error}", provider.slug))
}

pub(crate) fn try_sign(provider: &'static Provider, body: &[u8]) -> Result<HeaderMap, VerifyError> {
    let mut headers = other_headers(provider);
    let mut request = SigningRequest::new(body.to_vec(), UnixTime::from_secs(NOW))
        .with_id("msg_1")
        .with_event_type("a.b")
        .with_url(URL);
    for (name, value) in &headers {
        request = request.with_header(name.clone(), value.clone());
    }
    headers.extend(Signer::new(provider, signing_secret(provider)).unwrap().sign(&request)?);
    Ok(headers)
}

pub(crate) fn verify(
    provider: &'static Provider,
    secret: Secret,
    headers: &HeaderMap,
    (url, body): (&str, &[u8]),
) -> Result<(), VerifyError> {
    let verifier = Verifier::new(provider, secret).unwrap();
    verifier.verify(&Head::new(headers).with_url(url), body.to_vec(), UnixTime::from_secs(NOW)).map(drop)
}

/// Returns the headers that are signed or checked and the signature itself, with the error for the absence of each.
pub(crate) fn covered(provider: &Provider) -> Vec<(HeaderName, ErrorKind)> {
    let coverage = provider.coverage().unwrap();
    let scheme = &provider.scheme;
    let timestamp = scheme.timestamp.as_ref().filter(|_| coverage.timestamp);
    let known = [
        (Some(&scheme.signature.at), ErrorKind::MissingSignature),
        (timestamp.map(|field| &field.at), ErrorKind::MissingTimestamp),
        (provider.event.id.as_ref().filter(|_| coverage.id), ErrorKind::MissingId),
        (provider.event.event_type.as_ref().filter(|_| coverage.event_type), ErrorKind::MissingHeader),
    ];
    let mut covered: Vec<(HeaderName, ErrorKind)> = Vec::new();
    for (at, kind) in known {
        if let Some(Location::Header(names)) = at {
            // The first of numbered headers.
            let name = names.split(',').next().unwrap().replace('*', "1");
            covered.push((name.try_into().unwrap(), kind));
        }
    }
    let checked = scheme.checks.iter().filter_map(|check| match &check.at {
        Location::Header(name) => Some(HeaderName::try_from(&**name).unwrap()),
        _ => None,
    });
    for name in other_headers(provider).into_iter().filter_map(|(name, _)| name).chain(checked) {
        if !covered.iter().any(|(other, _)| *other == name) {
            covered.push((name, ErrorKind::MissingHeader));
        }
    }
    covered
}

/// Returns the length of the start of the signature field that is not part of a signature, if any tag is accepted.
pub(crate) fn free_start(provider: &Provider, value: &[u8]) -> usize {
    match &provider.scheme.signature.format {
        Format::List { tags, assign, .. } if tags == "*" => {
            value.windows(assign.len()).position(|window| window == assign.as_bytes()).unwrap()
        }
        _ => 0,
    }
}
