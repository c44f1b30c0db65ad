//! Passes head and body through a `Receiver`.
//!
//! The first line of an input is the slug of the declaration. If it ends with ` signed`, the body is signed first,
//! and the head overrides the genuine one: an empty value removes a header, and the text after `\n\0\n` is the body
//! that is sent. An accepted request must have the values of the genuine delivery wherever it reports them as
//! signed.
#![no_main]

#[path = "../../crates/countersign/tests/common/receive.rs"]
mod receive;

use countersign::{Delivery, SignedRequest, SigningRequest};
use countersign_fuzz::{Endpoint, NOW, ORIGIN, parse};
use http::HeaderMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((first, head, body)) = parse(input) else { return };
    match first.strip_suffix(b" signed") {
        None => {
            let endpoint = Endpoint::named(first);
            let delivery = receive(endpoint, &head.method, &head.target, &head.headers, body);
            delivery.inspect(look_at);
        }
        Some(slug) => tamper(Endpoint::named(slug), &head.target, &head.headers, body),
    }
});

fn tamper(endpoint: &Endpoint, target: &str, changes: &HeaderMap, body: &[u8]) {
    let (signed, sent) = match body.windows(3).position(|window| window == b"\n\0\n") {
        Some(at) => (&body[..at], Some(&body[at + 3..])),
        None => (body, None),
    };
    let genuine_target = "/in?x=1&data.id=12";
    let request = SigningRequest::new(signed.to_vec(), NOW)
        .with_id("msg_100")
        .with_event_type("a.b")
        .with_url(format!("{ORIGIN}{genuine_target}"));
    let Ok(SignedRequest { mut headers, url, body: signed, .. }) = endpoint.signer.sign_request(&request)
    else {
        return;
    };
    let url = url.expect("the URL that was given");
    let genuine_target = url.strip_prefix(ORIGIN).expect("the origin of the endpoint");
    let Some(genuine) = receive(endpoint, "POST", genuine_target, &headers, &signed) else { return };
    for (name, value) in changes {
        if value.is_empty() {
            headers.remove(name);
        } else {
            headers.insert(name, value.clone());
        }
    }
    let target = if target == "-" { genuine_target } else { target };
    let sent = sent.unwrap_or(&signed);
    let Some(delivery) = receive(endpoint, "POST", target, &headers, sent) else { return };
    look_at(&delivery);
    let slug = &endpoint.provider.slug;
    if let Some(id) = delivery.id().filter(|id| id.is_signed()) {
        assert_eq!(Some(id.as_str()), genuine.id().map(|id| id.as_str()), "{slug}: the id was changed");
    }
    if let Some(found) = delivery.event_type().filter(|found| found.is_signed()) {
        let expected = genuine.event_type().map(|expected| expected.as_str());
        assert_eq!(Some(found.as_str()), expected, "{slug}: the type was changed");
    }
    if let Some(found) = delivery.timestamp().filter(|found| found.is_signed()) {
        let expected = genuine.timestamp().map(|expected| expected.value());
        assert_eq!(Some(found.value()), expected, "{slug}: the timestamp was changed");
    }
    if delivery.is_body_signed() {
        assert_eq!(delivery.body(), genuine.body(), "{slug}: the body was changed");
    }
}

/// Receives the body in two chunks, so that it is hashed while it arrives.
fn receive(
    endpoint: &Endpoint,
    method: &str,
    target: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<Delivery> {
    let half = body.len().div_ceil(2).max(1);
    receive::receive(&endpoint.receiver, method, target, headers, body, half).ok()
}

fn look_at(delivery: &Delivery) {
    let _ = (delivery.id(), delivery.event_type(), delivery.timestamp(), delivery.key());
    let _ = delivery.data::<serde_json::Value>();
    assert!(!format!("{delivery:?}").is_empty());
}
