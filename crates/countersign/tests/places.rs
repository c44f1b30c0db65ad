//! Tests of values in one of several places, in the query, in a form field with JSON, in multipart/form-data and in
//! gzip.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "common/receive.rs"]
mod receive;

use std::io::Write;

use countersign::receiver::{Budget, Receiver};
use countersign::scheme::{Check, TimestampField, TimestampFormat};
use countersign::{
    Delivery, ErrorKind, Event, EventCatalog, Head, Provider, Requirement, Secret, Signer, SigningRequest,
    Tolerance, UnixTime, Verifier, VerifyError, providers,
};
use http::HeaderMap;
use serde::Deserialize;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// Returns a declaration that signs the body, with these event fields.
fn declared(event: &str) -> Provider {
    Provider::from_toml(&format!(
        "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n\
         [scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{{body}}'\n\
         signature = {{ at = 'header:x-signature', encoding = 'hex' }}\n[event]\n{event}"
    ))
    .unwrap()
}

fn secret() -> Secret {
    Secret::new("secret").unwrap()
}

/// Signs the body, adds the headers, and verifies.
fn deliver(
    provider: &Provider,
    body: impl Into<Vec<u8>>,
    headers: &[(&'static str, &str)],
    target: &str,
) -> Delivery {
    let body = body.into();
    let mut signed = Signer::new(provider.clone(), secret())
        .unwrap()
        .sign(&SigningRequest::new(body.clone(), NOW))
        .unwrap();
    for (name, value) in headers {
        signed.insert(*name, value.parse().unwrap());
    }
    let verifier = Verifier::new(provider.clone(), secret()).unwrap();
    verifier.verify(&Head::new(&signed).with_target(target), body, NOW).unwrap()
}

fn id(delivery: &Delivery) -> Option<(&str, bool)> {
    delivery.id().map(|id| (id.as_str(), id.is_signed()))
}

fn event_type(delivery: &Delivery) -> Option<&str> {
    delivery.event_type().map(|event_type| event_type.as_str())
}

#[test]
fn texts_that_are_no_places_are_refused_when_the_verifier_is_built() {
    type Change = fn(&mut Provider, &str);
    let changes: [(&str, Change); 11] = [
        ("scheme.signature.at", |own, at| own.scheme.signature.at = at.into()),
        ("scheme.timestamp.at", |own, at| own.scheme.timestamp = Some(dated(at))),
        ("scheme.key_id", |own, at| own.scheme.key_id = Some(at.into())),
        ("scheme.checks.at", |own, at| own.scheme.checks.to_mut().push(Check::equals(at.into(), "{body}"))),
        ("event.id", |own, at| own.event.id = Some(at.into())),
        ("event.type", |own, at| own.event.event_type = Some(at.into())),
        ("event.payload", |own, at| own.event.payload = Some(at.into())),
        ("event.data", |own, at| own.event.data = Some(at.into())),
        ("event.version", |own, at| own.event.version = Some(at.into())),
        ("event.require", |own, at| {
            let mut required = Requirement::text("/id");
            required.at = at.into();
            own.event.require.to_mut().push(required);
        }),
        ("scheme.for_each", |own, at| own.scheme.for_each = Some(at.into())),
    ];
    for (field, change) in changes {
        let mut own = declared("");
        change(&mut own, "data.id");
        let error = Verifier::new(own, secret()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{field}`: ")), "{field}: {error}");
    }
}

fn dated(at: &str) -> TimestampField {
    TimestampField::new(at.into(), TimestampFormat::Seconds, Tolerance::seconds(300))
}

#[test]
fn the_first_place_with_a_value_counts() {
    let provider = declared("id = 'json:/a|/b/c|/d'\ntype = 'json:/event/type|/type'");
    for (body, expected) in [
        (r#"{"d":"3","b":{"c":"2"},"a":"1"}"#, Some("1")),
        (r#"{"d":"3","b":{"c":"2"},"a":""}"#, Some("2")),
        (r#"{"d":"3","b":{"c":null},"a":{}}"#, Some("3")),
        (r#"{"d":""}"#, None),
    ] {
        let delivery = deliver(&provider, body, &[], "/");
        assert_eq!(id(&delivery), expected.map(|id| (id, true)), "{body}");
        assert_eq!(event_type(&delivery), None);
    }
    let delivery =
        deliver(&provider, r#"{"type":"outer","event":{"x":[{}],"type":"inner","y":1},"a":7}"#, &[], "/");
    assert_eq!((id(&delivery), event_type(&delivery)), (Some(("7", true)), Some("inner")));
}

#[test]
fn places_of_several_kinds_are_signed_only_where_all_of_them_are() {
    let by_body = declared("id = 'json:/id|header:x-id|x-other'");
    let by_head = declared("id = 'query:id|header:x-id|json:/id'");
    let headers: &[(&str, &str)] = &[("x-id", "h"), ("x-other", "o")];
    for (provider, body, headers, target, expected) in [
        (&by_body, r#"{"id":"b"}"#, headers, "/", Some("b")),
        (&by_body, r#"{"id":""}"#, headers, "/", Some("h")),
        (&by_body, "{}", &headers[1..], "/", Some("o")),
        (&by_body, "{}", &[], "/", None),
        (&by_head, r#"{"id":"b"}"#, headers, "/?id=q%0A", Some("h")),
        (&by_head, r#"{"id":"b"}"#, headers, "/?x=1&id=q%2D", Some("q-")),
        (&by_head, r#"{"id":"b"}"#, headers, "/?id=", Some("h")),
        (&by_head, r#"{"id":"b"}"#, &[], "/", Some("b")),
    ] {
        let delivery = deliver(provider, body, headers, target);
        assert_eq!(id(&delivery), expected.map(|id| (id, false)), "{body} {headers:?} {target}");
    }
}

#[test]
fn signature_timestamp_and_signed_id_may_be_in_the_query() {
    let text = "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n\
                [scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{id}.{timestamp}.{body}'\n\
                signature = { at = 'query:sig|header:x-sig', encoding = 'hex' }\n\
                timestamp = { at = 'query:at', format = 'seconds', tolerance = 300 }\n[event]\nid = 'query:id'";
    let provider = Provider::from_toml(text).unwrap();
    let signer = Signer::new(provider.clone(), secret()).unwrap();
    let signature = signer.signature(&SigningRequest::new("{}", NOW).with_id("1")).unwrap();
    let verifier = Verifier::new(provider, secret()).unwrap();
    let verify = |target: String| -> Result<Delivery, VerifyError> {
        verifier.verify(&Head::new(&HeaderMap::new()).with_target(&target), "{}", NOW)
    };
    let delivery = verify(format!("/in?id=1&at=1700000000&sig={signature}")).unwrap();
    assert_eq!(id(&delivery), Some(("1", true)));
    assert_eq!(delivery.timestamp().unwrap().value(), NOW);
    for (target, kind) in [
        (format!("/in?id=2&at=1700000000&sig={signature}"), ErrorKind::SignatureMismatch),
        (format!("/in?id=1&at=1700000001&sig={signature}"), ErrorKind::SignatureMismatch),
        (format!("/in?id=1&at=1600000000&sig={signature}"), ErrorKind::TimestampTooOld),
        (format!("/in?id=1&sig={signature}"), ErrorKind::MissingTimestamp),
        (format!("/in?at=1700000000&sig={signature}"), ErrorKind::MissingId),
        (format!("/in?id=1&id=2&at=1700000000&sig={signature}"), ErrorKind::MalformedId),
        ("/in?id=1&at=1700000000&sig=".to_owned(), ErrorKind::MissingSignature),
        (format!("/in?id=1&at=1700000000&sig={signature}&sig=00"), ErrorKind::MalformedSignature),
        ("/in".to_owned(), ErrorKind::MissingSignature),
    ] {
        assert_eq!(verify(target.clone()).unwrap_err().kind(), kind, "{target}");
    }
}

#[test]
fn places_that_cannot_be_alternatives_are_refused() {
    for (from, to) in [
        ("header:x-signature", "header:x-signature|json:/signature"),
        ("header:x-signature", "header:x-signature|sig:t"),
    ] {
        let text = declared("").scheme.signature.at.to_string();
        assert_eq!(text, from);
        let mut provider = declared("");
        provider.scheme.signature.at = to.to_owned().try_into().unwrap();
        assert_eq!(provider.check().unwrap_err().field(), "scheme.signature.at", "{to}");
    }
    let mut provider = declared("");
    provider.event.id = Some("json:/a|header:b|json:/c".to_owned().try_into().unwrap());
    assert_eq!(provider.check().unwrap_err().field(), "event.id");
}

#[derive(Debug, Deserialize, EventCatalog)]
#[event("push")]
struct Push {
    number: u32,
}

#[test]
fn the_json_in_a_field_of_a_form_is_the_payload() {
    let provider = declared("id = 'json:/id'\ntype = 'json:/type'\ndata = '/data'\npayload = 'form:payload'");
    let json = r#"{"id":"1","data":{"number":7},"type":"push"}"#;
    let form: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("x", "y")
        .append_pair("payload", json)
        .finish();
    let multipart =
        format!("--b\r\nContent-Disposition: form-data; name=\"payload\"\r\n\r\n{json}\r\n--b--\r\n");
    for body in [json, &form, &multipart] {
        let delivery = deliver(&provider, body, &[], "/");
        assert_eq!((id(&delivery), event_type(&delivery)), (Some(("1", true)), Some("push")), "{body}");
        assert_eq!((&delivery.payload()[..], &delivery.body()[..]), (json.as_bytes(), body.as_bytes()));
        assert_eq!(delivery.json::<serde_json::Value>().unwrap()["data"]["number"], 7);
        assert_eq!(Event::<Push>::decode(delivery).unwrap().data.number, 7);
    }
    let delivery = deliver(&provider, "x=y", &[], "/");
    assert_eq!((id(&delivery), event_type(&delivery)), (None, None));
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn gzip_is_decompressed_after_verification_up_to_a_limit() {
    let provider = declared("id = 'json:/id'\ntype = 'json:/type'\ndata = '/data'");
    let json = br#"{"id":"1","data":{"number":7},"type":"push"}"#;
    let body = gzip(json);
    let delivery = deliver(&provider, body.clone(), &[], "/");
    assert_eq!((id(&delivery), event_type(&delivery)), (Some(("1", true)), Some("push")));
    assert_eq!((&delivery.payload()[..], &delivery.body()[..]), (&json[..], &body[..]));
    assert_eq!(Event::<Push>::decode(delivery).unwrap().data.number, 7);

    let bomb = deliver(&provider, gzip(&vec![b' '; 17 << 20]), &[], "/");
    assert!(bomb.json::<serde_json::Value>().unwrap_err().to_string().contains("`with_body_limit`"));
    assert_eq!((id(&bomb), bomb.payload()), (None, bomb.body()));
    let broken = deliver(&provider, body[..20].to_vec(), &[], "/");
    assert!(Event::<Push>::decode(broken).unwrap_err().to_string().contains("gzip"));
}

#[test]
fn the_content_of_gzip_counts_in_the_budget_as_long_as_its_delivery_is_there() {
    const CONTENT: usize = 1 << 20;
    let body = gzip(&vec![b' '; CONTENT]);
    for provider in [declared("id = 'json:/id'"), declared("")] {
        let signer = Signer::new(provider.clone(), secret()).unwrap();
        let headers = signer.sign(&SigningRequest::new(body.clone(), NOW)).unwrap();
        let receive = |budget: &Budget| {
            let receiver = Receiver::new(Verifier::new(provider.clone(), secret()).unwrap());
            let receiver = receiver.to_builder().with_clock(NOW).with_budget(budget.clone()).build().unwrap();
            receive::receive(&receiver, "POST", "/", &headers, &body, body.len())
        };
        let plenty = Budget::new(2 * CONTENT);
        let delivery = receive(&plenty).unwrap();
        assert_eq!(plenty.in_use(), CONTENT);
        let clone = delivery.clone();
        drop(delivery);
        assert_eq!((clone.payload().len(), plenty.in_use()), (CONTENT, CONTENT));
        drop(clone);
        assert_eq!(plenty.in_use(), 0);

        let scarce = Budget::new(CONTENT - 1);
        let Err(receive::Early::Rejected(rejection)) = receive(&scarce) else {
            panic!("more than the budget is held")
        };
        assert_eq!((rejection.kind(), scarce.in_use()), (ErrorKind::BudgetSpent, 0));
    }
}

/// A provider that sends both has a declaration for each, and the reason of a refusal says that the other one is needed.
#[test]
fn a_form_where_json_is_read_and_json_where_a_form_is_read_are_named() {
    let form = "timestamp=1700000000&token=0abc10&event=delivered&signature=00ff";
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n1\r\n--b--\r\n";
    let json = r#"{"signature":{"timestamp":"1700000000","token":"0abc10","signature":"00ff"}}"#;
    for (provider, body, expected) in [
        (&providers::MAILGUN, form, "is a form, and this declaration reads JSON"),
        (&providers::MAILGUN, multipart, "is a form, and this declaration reads JSON"),
        (&providers::MAILGUN, "token", "is not JSON"),
        (&providers::MIDTRANS, form, "is a form, and this declaration reads JSON"),
        (&providers::MAILGUN_ROUTES, json, "is JSON, and this declaration reads a form"),
        (&providers::MAILGUN_ROUTES, "timestamp=1&signature=00ff", "a field that the signature covers"),
    ] {
        let verifier = Verifier::new(provider, secret()).unwrap();
        let now = UnixTime::from_secs(1_700_000_000);
        let verdict = verifier.verify(&Head::new(&HeaderMap::new()), body, now);
        let error = verdict.unwrap_err().to_string();
        assert!(error.contains(expected), "{} {body}: {error}", provider.slug);
    }
    assert!(providers::MAILGUN.notes.contains("`mailgun-routes`"));
    assert!(providers::MAILGUN_ROUTES.notes.contains("`mailgun`"));
}

#[test]
fn mailgun_routes_take_forms_and_multipart() {
    let signer = Signer::new(&providers::MAILGUN_ROUTES, secret()).unwrap();
    let verifier = Verifier::new(&providers::MAILGUN_ROUTES, secret()).unwrap();
    let verify = |content_type: &str, body: String| {
        let headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, content_type.parse().unwrap())]);
        verifier.verify(&Head::new(&headers), body, NOW)
    };
    let form = "timestamp=1700000000&token=t1&recipient=a%40b.example";
    let signature = signer.signature(&SigningRequest::new(form, NOW)).unwrap();
    let delivery =
        verify("application/x-www-form-urlencoded", format!("{form}&signature={signature}")).unwrap();
    assert_eq!(id(&delivery), Some(("t1", true)));
    let field = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file = "--b\r\nContent-Disposition: form-data; name=\"token\"; filename=\"a\"\r\n\r\nt2\r\n";
    let parts =
        [file, &field("token", "t1"), &field("timestamp", "1700000000"), &field("signature", &signature)]
            .concat();
    let content_type = "multipart/form-data; boundary=b";
    assert_eq!(id(&verify(content_type, format!("{parts}--b--\r\n")).unwrap()), Some(("t1", true)));
    let twice = format!("{parts}{}--b--\r\n", field("token", "t2"));
    assert_eq!(verify(content_type, twice).unwrap_err().kind(), ErrorKind::MalformedBody);
}

#[test]
fn bodies_with_too_many_fields_or_members_are_refused_before_they_are_taken_apart() {
    let twilio = Verifier::new(&providers::TWILIO, secret()).unwrap();
    let headers = HeaderMap::from_iter([(
        http::HeaderName::from_static("x-twilio-signature"),
        "AAAAAAAAAAAAAAAAAAAAAAAAAAA=".parse().unwrap(),
    )]);
    let head = Head::new(&headers).with_url("https://a.example/");
    for (fields, kind) in [(1_000, ErrorKind::SignatureMismatch), (1_001, ErrorKind::MalformedBody)] {
        let body = vec!["a=b"; fields].join("&");
        assert_eq!(twilio.verify(&head, body, NOW).unwrap_err().kind(), kind, "{fields}");
    }
    let mailgun = Verifier::new(&providers::MAILGUN, secret()).unwrap();
    let text = format!(
        r#"{{"text":"{}","signature":{{"signature":"00","timestamp":"1700000000","token":"t"}}}}"#,
        r#"\",:["#.repeat(20_000)
    );
    let many = format!(r#"{{"x":[{}1]}}"#, "1,".repeat(20_000));
    for (body, kind) in [(text, ErrorKind::SignatureMismatch), (many, ErrorKind::MalformedBody)] {
        assert_eq!(mailgun.verify(&Head::new(&HeaderMap::new()), body, NOW).unwrap_err().kind(), kind);
    }
}
