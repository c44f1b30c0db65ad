//! Tests of lists of signed headers.

use countersign::scheme::{Encoding, Scheme, SignatureField};
use countersign::{
    Delivery, ErrorKind, Head, Provider, Signer, SigningRequest, UnixTime, Verifier, VerifyError, providers,
};
use http::{HeaderMap, HeaderName};

use crate::support::{NOW, YEAR, secret, set, signed, signed_text};

/// Returns a delivery of Contentful with the signed headers that it lists.
fn contentful(list: &str) -> HeaderMap {
    let request = SigningRequest::new(r#"{"sys":{"id":"e1"}}"#, NOW)
        .with_url("https://x.example.com/hook")
        .with_header("x-contentful-signed-headers".parse().unwrap(), list.parse().unwrap())
        .with_header("content-type".parse().unwrap(), "application/json; charset=utf-8".parse().unwrap());
    let mut headers = signed(&providers::CONTENTFUL, &request);
    set(&mut headers, "x-contentful-signed-headers", list);
    set(&mut headers, "content-type", "application/json; charset=utf-8");
    headers
}

fn contentful_at(headers: &HeaderMap, now: UnixTime) -> Result<Delivery, VerifyError> {
    let verifier = Verifier::new(&providers::CONTENTFUL, secret("s")).unwrap();
    let head = Head::new(headers).with_url("https://x.example.com/hook");
    verifier.verify(&head, r#"{"sys":{"id":"e1"}}"#, now)
}

const LISTS: [&str; 2] = [
    "x-contentful-signed-headers,x-contentful-timestamp",
    "content-type,x-contentful-signed-headers,x-contentful-timestamp",
];

#[test]
fn a_recorded_delivery_of_contentful_does_not_stay_fresh() {
    let stamp = NOW.as_millis().to_string();
    for list in LISTS {
        let genuine = contentful(list);
        assert!(contentful_at(&genuine, NOW).unwrap().timestamp().unwrap().is_signed());
        assert_eq!(contentful_at(&genuine, YEAR).unwrap_err().kind(), ErrorKind::TimestampTooOld);
        let mut stale = genuine.clone();
        set(&mut stale, "x-contentful-timestamp", &YEAR.as_millis().to_string());
        assert!(contentful_at(&stale, YEAR).is_err());
        let mut folded = stale.clone();
        set(&mut folded, "x-contentful-signed-headers", &format!("{list};x-contentful-timestamp:{stamp}"));
        assert!(contentful_at(&folded, YEAR).is_err());
        set(
            &mut stale,
            "content-type",
            &format!("application/json;x-contentful-signed-headers:{list};x-contentful-timestamp:{stamp}"),
        );
        set(&mut stale, "x-contentful-signed-headers", "content-type");
        assert!(contentful_at(&stale, YEAR).is_err());
    }
}

#[test]
fn the_list_of_signed_headers_names_itself_the_timestamp_and_headers_that_are_there() {
    let sign = |list: &str| {
        let stamp = NOW.as_millis();
        let mut names: Vec<&str> = list.split(',').collect();
        names.sort_unstable();
        let values = [
            ("content-type", "application/json".to_owned()),
            ("x-contentful-signed-headers", list.to_owned()),
            ("x-contentful-timestamp", stamp.to_string()),
        ];
        let lines = names.iter().filter_map(|name| {
            values.iter().find(|(known, _)| known == name).map(|(name, value)| format!("{name}:{value}"))
        });
        let lines = lines.collect::<Vec<_>>().join(";");
        let text = format!("POST\n/hook\n{lines}\n{}", r#"{"sys":{"id":"e1"}}"#);
        let mut headers = signed_text(&providers::CONTENTFUL, &text);
        for (name, value) in values {
            set(&mut headers, name, &value);
        }
        contentful_at(&headers, NOW)
    };
    assert!(LISTS.iter().all(|list| sign(list).is_ok()));
    for list in [
        "content-type",
        "x-contentful-signed-headers",
        "content-type,x-contentful-timestamp",
        "content-type,x-contentful-signed-headers",
        "x-contentful-signed-headers,x-contentful-timestamp,x-not-there",
        "x-contentful-signed-headers,x-contentful-timestamp,",
    ] {
        assert!(sign(list).is_err(), "{list}");
    }
}

#[test]
fn a_signed_header_that_is_listed_has_one_reading() {
    let list = "content-type,x-contentful-signed-headers,x-contentful-timestamp";
    let verdict = |content_types: &[&str]| {
        let stamp = NOW.as_millis();
        let first = content_types.first().unwrap();
        let lines =
            format!("content-type:{first};x-contentful-signed-headers:{list};x-contentful-timestamp:{stamp}");
        let text = format!("POST\n/hook\n{lines}\n{}", r#"{"sys":{"id":"e1"}}"#);
        let mut headers = signed_text(&providers::CONTENTFUL, &text);
        set(&mut headers, "x-contentful-signed-headers", list);
        set(&mut headers, "x-contentful-timestamp", &stamp.to_string());
        for value in content_types {
            headers.append("content-type", value.parse().unwrap());
        }
        contentful_at(&headers, NOW).map_or_else(|error| error.kind().as_str(), |_| "valid")
    };
    for (content_types, expected) in [
        (&["application/json"][..], "valid"),
        (&["application/json; charset=utf-8"], "valid"),
        (&["a;b:c"], "valid"),
        (&["a;content-type"], "valid"),
        (&["a;content-type:b"], "malformed_header"),
        (&["a;x-contentful-timestamp:1"], "malformed_header"),
        (&["a", "a"], "valid"),
        (&["a", "b"], "malformed_header"),
    ] {
        assert_eq!(verdict(content_types), expected, "{content_types:?}");
    }
}

#[test]
fn an_item_of_the_signature_lists_names_of_headers_and_not_too_many() {
    // `t`, the list as it is, the values of `x-0`, `x-1` and so on with dots between them, and the body.
    let verdict = |list: &str, values: &[&str]| {
        let text = format!("{}.{list}.{}.{{}}", NOW.as_secs(), values.join("."));
        let field = SignatureField::header("x-signature", Encoding::Hex);
        let plain = Provider::new("plain", "Plain", Scheme::hmac_sha256(field, "{body}"));
        let signer = Signer::new(plain, secret("s")).unwrap();
        let signature = signer.signature(&SigningRequest::new(text, NOW)).unwrap();
        let mut headers = HeaderMap::new();
        set(&mut headers, "x-hook0-signature", &format!("t={},h={list},v1={signature}", NOW.as_secs()));
        for (index, value) in values.iter().enumerate() {
            let name: HeaderName = format!("x-{index}").parse().unwrap();
            headers.insert(name, value.parse().unwrap());
        }
        let verified =
            Verifier::new(&providers::HOOK0, secret("s")).unwrap().verify(&Head::new(&headers), "{}", NOW);
        verified.map_or_else(|error| error.kind().as_str(), |_| "valid")
    };
    let many = |count: usize| (0..count).map(|index| format!("x-{index}")).collect::<Vec<_>>().join(" ");
    for (list, values, expected) in [
        ("x-0", vec!["a"], "valid"),
        ("x-0 x-1", vec!["a", "b"], "valid"),
        ("x-1 x-0", vec!["a", "b"], "signature_mismatch"),
        ("X-0;x-1", vec!["a", "b"], "valid"),
        ("x-0,x-1", vec!["a", "b"], "valid"),
        ("x-0 x-2", vec!["a", "b"], "missing_header"),
        (" x-0", vec!["a"], "malformed_signature"),
        ("x-0 x{1", vec!["a"], "malformed_signature"),
        ("x-0.", vec!["a"], "malformed_signature"),
        (&many(64), vec!["a"; 64], "valid"),
        (&many(65), vec!["a"; 65], "malformed_signature"),
    ] {
        assert_eq!(verdict(list, &values), expected, "{list}");
    }
}
