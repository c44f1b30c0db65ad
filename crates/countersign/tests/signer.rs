//! Checks that a signer writes everything its declaration requires: a verifier accepts what it signs.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod fixtures;

use countersign::scheme::{
    Check, DigestFormat, Encoding, Format, Location, Scheme, SignatureField, TimestampFormat,
};
use countersign::{
    Delivery, Head, Provider, Secret, SignedRequest, Signer, SigningRequest, Tolerance, Verifier,
    VerifyError, providers,
};
use fixtures::NOW;
use http::{HeaderName, HeaderValue};
use serde_json::{Value, json};

const URL: &str = "https://hooks.example.com/in?x=1&data.id=123&type=payment";

/// The declarations whose signed requests a signer cannot make, with reasons. Empty so far.
const UNSIGNABLE: &[(&str, &str)] = &[];

#[test]
fn every_declaration_is_signed_by_its_signer() {
    let mut problems = Vec::new();
    for original in providers::all() {
        let provider = fixtures::complete(original);
        let (private, public) = fixtures::keys(&provider);
        let slug = &*provider.slug;
        let signed = Signer::new(provider.clone(), private)
            .map_err(|error| error.to_string())
            .and_then(|signer| signer.sign_request(&request(&provider)).map_err(|error| error.to_string()));
        let verdict = signed.and_then(|signed| {
            let verifier = Verifier::new(provider.clone(), public).unwrap();
            verify(&verifier, &signed).map(drop).map_err(|error| error.to_string())
        });
        match (verdict, UNSIGNABLE.iter().find(|(other, _)| *other == slug)) {
            (Ok(()), None) => {}
            (Err(error), Some((_, reason))) if error.contains(reason) => {}
            (verdict, _) => problems.push(format!("{slug}: {verdict:?}")),
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn verify(verifier: &Verifier, signed: &SignedRequest) -> Result<Delivery, VerifyError> {
    let url = signed.url.as_deref().unwrap_or(URL);
    let target = url.strip_prefix("https://hooks.example.com").unwrap_or(url);
    let head = Head::new(&signed.headers).with_method("POST").with_target(target).with_url(url);
    verifier.verify(&head, signed.body.clone(), NOW)
}

/// Returns a request with a value wherever the declaration expects one that a signer cannot know.
fn request(provider: &Provider) -> SigningRequest {
    let content = provider.scheme.content.as_str();
    let mut request =
        SigningRequest::new(body(provider), NOW).with_id("msg_100").with_event_type("a.b").with_url(URL);
    let named = |kind: &str| -> Vec<String> {
        let start = format!("{{{kind}:");
        let names = content.split(start.as_str()).skip(1).filter_map(|rest| rest.split('}').next());
        names.map(str::to_owned).collect()
    };
    let rules = provider.scheme.message_signature.as_ref();
    let covered = rules.iter().flat_map(|rules| rules.components.split('|')).map(str::to_owned);
    let covered = covered.filter(|name| !name.starts_with('@') && name != "content-digest");
    let (id, timestamp) = (&provider.event.id, provider.scheme.timestamp.as_ref().map(|field| &field.at));
    let is_written = |name: &str| {
        let at = Location::try_from(format!("header:{name}")).unwrap();
        id.as_ref() == Some(&at)
            || timestamp == Some(&at)
            || provider.event.event_type.as_ref() == Some(&at)
            || provider.scheme.checks.iter().any(|check| check.at == at)
    };
    for name in named("header").into_iter().chain(covered).filter(|name| !is_written(name)) {
        let value = HeaderValue::from_static("n105");
        request = request.with_header(HeaderName::try_from(name).unwrap(), value);
    }
    for tag in named("sig") {
        let tag = tag.trim_end_matches(":json-string");
        if !content.contains(&format!("{{headers:sig:{tag}}}")) {
            request = request.with_signature_item(tag, "master");
        }
    }
    request
}

fn body(provider: &Provider) -> String {
    let content = provider.scheme.content.as_str();
    if content.contains("{form:") {
        let places = provider.scheme.content.places().unwrap();
        let fields = places.iter().filter_map(|at| {
            let Location::Form(name) = at else { return None };
            let value = if name == "timestamp" { NOW.as_secs().to_string() } else { "v10".to_owned() };
            Some(format!("&{name}={value}"))
        });
        return fixtures::FORM.to_owned() + &fields.collect::<String>();
    }
    let mut document: Value = serde_json::from_str(fixtures::JSON).unwrap();
    let pointers = content.split("{json:").skip(1).filter_map(|rest| rest.split('}').next());
    for pointer in pointers {
        set(&mut document, pointer.trim_start_matches(['?', '*']), json!("v10"));
    }
    let lines = content.split("{json-lines:").skip(1).filter_map(|rest| rest.split('}').next());
    for name in lines.flat_map(|names| names.split(',')) {
        set(&mut document, &format!("/{}", name.trim_end_matches(['?', '*'])), json!("v10"));
    }
    if provider.slug == "aws-sns" {
        set(&mut document, "/Type", json!("Notification"));
        set(&mut document, "/TopicArn", json!("arn:aws:sns:eu-west-1:1:orders"));
    }
    if let Some(field) = &provider.scheme.timestamp
        && let Location::Json(pointer) = &field.at
    {
        let stamp = match field.format {
            TimestampFormat::Seconds | TimestampFormat::Either => json!(NOW.as_secs().to_string()),
            TimestampFormat::Milliseconds => json!(NOW.as_millis()),
            _ => json!("2023-11-14T22:13:20.000Z"),
        };
        set(&mut document, pointer.as_str(), stamp);
    }
    for check in &*provider.scheme.checks {
        let at = check.at.alternatives().first().unwrap();
        if let Location::Json(pointer) = at {
            let one = |separator: &str| match separator {
                "" => check.equals.as_str().to_owned(),
                separator => check.equals.as_str().split(separator).next().unwrap().to_owned(),
            };
            set(&mut document, pointer.as_str(), json!(one(&check.separator)));
        }
    }
    if let Some(each) = &provider.scheme.for_each {
        let steps: Vec<_> = each.as_str().split('/').skip(1).collect();
        let mut wrapped = document;
        for step in steps.iter().rev() {
            wrapped = if *step == "*" { json!([wrapped]) } else { json!({ *step: wrapped }) };
        }
        document = wrapped;
    }
    match &provider.event.payload {
        Some(Location::Form(name)) if content.contains("{json") => {
            let json = document.to_string();
            form_urlencoded::Serializer::new(String::new()).append_pair(name, &json).finish()
        }
        _ => document.to_string(),
    }
}

fn set(document: &mut Value, pointer: &str, value: Value) {
    let mut place = document;
    for step in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = json!({});
        }
        place = place.as_object_mut().unwrap().entry(step).or_insert(Value::Null);
    }
    *place = value;
}

/// Returns a declaration with signature, timestamp, id and type in the query, and a digest of the body there.
fn in_query() -> Provider {
    const CHECKS: &[Check] = &[
        Check::digest(Location::query("digest"), DigestFormat::Sha256Hex, "{body}"),
        Check::equals(Location::header("x-version"), "2"),
    ];
    let scheme = Scheme::hmac_sha256(
        SignatureField::at(Location::query("signature"), Format::BARE, Encoding::Hex),
        "{query:time}.{query:id}.{query:digest}",
    );
    let scheme =
        scheme.with_timestamp(Location::query("time"), TimestampFormat::Seconds, Tolerance::seconds(300));
    let mut provider = Provider::new("own", "Own", scheme.with_checks(CHECKS));
    provider.event.id = Some(Location::query("id"));
    provider.event.event_type = Some(Location::query("type"));
    provider
}

#[test]
fn a_signer_fills_the_query_and_the_headers_that_are_checked() {
    let secret = || Secret::new("secret").unwrap();
    let signer = Signer::new(in_query(), secret()).unwrap();
    let request = SigningRequest::new("{}", NOW)
        .with_id("1")
        .with_event_type("a.b")
        .with_url("https://a.example/in?x=1");
    let signed = signer.sign_request(&request).unwrap();
    assert_eq!(signed.headers["x-version"], "2");
    let url = signed.url.clone().unwrap();
    assert!(
        url.starts_with("https://a.example/in?x=1&id=1&type=a.b&time=1700000000&digest=44136fa3"),
        "{url}"
    );
    let verifier = Verifier::new(in_query(), secret()).unwrap();
    let delivery = verify(&verifier, &signed).unwrap();
    assert_eq!((delivery.id().unwrap().as_str(), delivery.is_body_signed()), ("1", true));
    let mut changed = signed.clone();
    changed.body = "[]".into();
    assert_eq!(verify(&verifier, &changed).unwrap_err().kind().as_str(), "body_hash_mismatch");
    // Without a URL there is no place for the values.
    let without = SigningRequest::new("{}", NOW).with_id("1");
    assert_eq!(signer.sign_request(&without).unwrap_err().kind().as_str(), "missing_url");
}

#[test]
fn the_signature_is_put_into_the_body_without_changing_the_rest() {
    let (secret, body) = (Secret::new("key").unwrap(), r#"{"uuid":"1", "status" : "paid","a":{"b":[1.50]}}"#);
    let signer = Signer::new(&providers::CRYPTOMUS, secret.clone()).unwrap();
    let signed = signer.sign_request(&SigningRequest::new(body, NOW)).unwrap();
    let text = String::from_utf8(signed.body.to_vec()).unwrap();
    assert!(text.starts_with(body.strip_suffix('}').unwrap()) && text.contains(r#","sign":""#), "{text}");
    verify(&Verifier::new(&providers::CRYPTOMUS, secret).unwrap(), &signed).unwrap();
}

#[test]
fn dates_are_written_in_whole_seconds() {
    let time = countersign::UnixTime::from_millis(1_700_000_000_718);
    for format in [TimestampFormat::Rfc3339, TimestampFormat::Rfc3339Utc] {
        assert_eq!(format.render(time), "2023-11-14T22:13:20Z");
    }
}
