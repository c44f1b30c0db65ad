//! Values in one of several places, and in the query.

use countersign::scheme::{Check, TimestampField, TimestampFormat};
use countersign::{
    Delivery, ErrorKind, Head, Provider, Requirement, Signer, SigningRequest, Tolerance, Verifier,
    VerifyError,
};
use http::HeaderMap;

use crate::support::{NOW, declared, deliver, event_type, id, secret};

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

fn dated(at: &str) -> TimestampField {
    TimestampField::new(at.into(), TimestampFormat::Seconds, Tolerance::seconds(300))
}
