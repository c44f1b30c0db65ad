//! Tests of the bytes that tell deliveries apart.

use countersign::{Delivery, Head, Signer, SigningRequest, UnixTime, Verifier};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::support::{NOW, delivered, secret, signed_content};

/// The signed bytes around the body tell deliveries apart whose id is not signed, unless they are the same in every
/// attempt or differ in every attempt.
#[test]
fn a_delivery_keeps_what_is_signed_around_its_body_if_that_tells_it_from_others() {
    let stamp = "timestamp = { at = 'header:x-at', format = 'seconds', tolerance = 300 }\n";
    for (content, more, event, keeps) in [
        ("{body}", "", "id = 'header:x-id'", false),
        ("v0:{timestamp}:{body}", stamp, "id = 'header:x-id'", false),
        ("{url}\\n{body}", "", "id = 'header:x-id'", true),
        ("{body}\\n{header:x-id}{method}", "", "id = 'header:x-id'", true),
        ("{url}\\n{body}", "", "", false),
        ("{id}\\n{url}\\n{body}", "", "id = 'header:x-id'", false),
        ("{id}\\n{body}", "", "id = 'header:x-id'\ntype = 'header:x-type'", true),
        ("{id}\\n{body}", "", "id = 'header:x-id'\ntype = 'json:/type'", false),
        ("{body}", "", "type = 'header:x-type'", false),
        ("{url}{body}", "", "", true),
        // The digits of a timestamp and the body beside it have no fixed boundary.
        ("{timestamp}{body}", stamp, "id = 'header:x-id'", true),
        ("{body}{timestamp}", stamp, "id = 'header:x-id'", true),
        // With a part that may be missing, the same bytes may be another id.
        ("{?{header:x-b}.?}{id}.{body}", "", "id = 'header:x-id'", true),
        ("{id}.{body:sha256-hex}{?.{header:x-b}?}", "", "id = 'header:x-id'", true),
    ] {
        let provider = signed_content(content, more, event);
        let request = SigningRequest::new("{}", NOW)
            .with_id("7")
            .with_url("https://own.example/in")
            .with_header(HeaderName::from_static("x-id"), HeaderValue::from_static("7"));
        let mut headers = Signer::new(provider.clone(), secret("s")).unwrap().sign(&request).unwrap();
        headers.insert("x-id", HeaderValue::from_static("7"));
        let verifier = Verifier::new(provider, secret("s")).unwrap();
        let head = Head::new(&headers).with_url("https://own.example/in");
        let delivery = verifier.verify(&head, "{}", NOW).unwrap();
        assert_eq!(delivery.signed_content().unwrap().has_more(), keeps, "{content} {event}");
    }
}

/// A value in the head can be left out, even if it is signed: the content may have a second reading without it.
#[test]
fn a_request_without_its_id_or_type_may_be_the_same_delivery_unless_they_are_in_signed_bytes_of_the_body() {
    let body = r#"{"id":"7","type":"paid","n":1}"#;
    for (content, event, can_lose_id, can_lose_type) in [
        ("{body}", "", false, false),
        ("{body}", "id = 'header:x-id'\ntype = 'header:x-type'", true, true),
        ("{id}.{header:x-type}.{body}", "id = 'header:x-id'\ntype = 'header:x-type'", true, true),
        ("{body}", "id = 'json:/id'\ntype = 'json:/type'", false, false),
        ("{json:/id}", "id = 'json:/id'\ntype = 'json:/type'", false, true),
        ("{json:/type}", "id = 'json:/id'\ntype = 'json:/type'", true, false),
    ] {
        let delivery = delivered(&signed_content(content, "", event), body, "https://own.example/in");
        let can_lose = (delivery.can_lose_id(), delivery.can_lose_type());
        assert_eq!(can_lose, (can_lose_id, can_lose_type), "{content} {event}");
    }
}

#[test]
fn the_signed_bytes_of_a_delivery_are_the_same_in_each_reading_of_its_url() {
    let bytes =
        |delivery: &Delivery| delivery.signed_content().unwrap().pieces().collect::<Vec<_>>().concat();
    let stamp = "timestamp = { at = 'header:x-at', format = 'seconds', tolerance = 300 }\n";
    for (more, content, signed) in [
        ("any_trailing_slash = true\n", "{timestamp}.{url}.{body}", Some(NOW)),
        ("any_trailing_slash = true\n", "{url}.{body}", None),
    ] {
        let provider = signed_content(content, &format!("{more}{stamp}"), "id = 'header:x-id'");
        for url in ["https://own.example/in", "https://own.example/in/"] {
            let delivery = delivered(&provider, "{}", url);
            let expected = content.replace("{url}", "https://own.example/in").replace("{body}", "{}");
            let expected = expected.replace("{timestamp}", &NOW.as_secs().to_string());
            assert_eq!(String::from_utf8(bytes(&delivery)).unwrap(), expected, "{url}");
            assert_eq!(delivery.signed_content().unwrap().timestamp(), signed, "{url}");
        }
    }
}

#[test]
fn the_signed_bytes_are_those_around_the_body_too() {
    let provider = signed_content("{method}.{body}.{path}", "", "");
    let verifier = Verifier::new(provider, secret("s")).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("x-signature", "00".parse().unwrap());
    let head = Head::new(&headers).with_method("PUT").with_url("https://own.example/in?a=1");
    let now = UnixTime::from_secs(1_700_000_000);
    let signed = countersign::__private::inspect::signed_bytes(&verifier, &head, b"{}", now);
    assert_eq!(signed.unwrap(), b"PUT.{}./in");
}
