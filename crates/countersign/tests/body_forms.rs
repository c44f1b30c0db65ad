//! Tests of bodies and headers that are signed in another form than they are sent.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use countersign::{
    Delivery, Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, VerifyError, providers,
};
use http::{HeaderMap, HeaderName, HeaderValue};

const NOW: UnixTime = UnixTime::from_secs(1_636_936_200);
const URL: &str = "https://hooks.example.com/in";
const CHARGE_1: &str = "77a2935d9c367d9f326a130305b0fc5f9aa1207a866f7657fe22939444821116";

fn secret() -> Secret {
    Secret::new("secret").unwrap()
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| {
        (HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap())
    };
    pairs.iter().map(pair).collect()
}

fn verify(provider: &'static Provider, headers: &HeaderMap, body: &str) -> Result<Delivery, VerifyError> {
    let verifier = Verifier::new(provider, secret()).unwrap();
    let body = bytes::Bytes::copy_from_slice(body.as_bytes());
    let whole = verifier.verify(&Head::new(headers).with_url(URL), body.clone(), NOW);
    // The result is the same in pieces.
    let piecewise = verifier.begin(&Head::new(headers).with_url(URL), NOW).and_then(|mut intake| {
        for byte in body.chunks(3) {
            intake.push(bytes::Bytes::copy_from_slice(byte))?;
        }
        intake.finish(NOW)
    });
    assert_eq!(whole.as_ref().err(), piecewise.as_ref().err());
    whole
}

/// Source: hook0/hook0 output-worker/src/work.rs, `create_signature_v0_and_v1`, with a body that is JSON. The signatures
/// were computed with `openssl dgst -sha256 -hmac secret`.
#[test]
fn hook0_signs_the_headers_that_its_field_lists() {
    let body = r#"{"a":1.5,"b":"x.{"}"#;
    let field = |v1: &str| format!("t=1636936200,v0=00,h=x-event-id x-event-type,v1={v1}");
    let sent = |v1: &str, id: &str, event_type: &str| {
        headers(&[("x-hook0-signature", &field(v1)), ("x-event-id", id), ("x-event-type", event_type)])
    };
    let id = "1a01cb48-5142-4d9b-8f90-d20cca61f0ee";
    let genuine = sent(HOOK0_V1, id, "service.resource.verb");
    let delivery = verify(&providers::HOOK0, &genuine, body).unwrap();
    assert_eq!(delivery.id().unwrap().as_str(), id);
    assert!(delivery.is_body_signed() && !delivery.id().unwrap().is_signed());

    for (id, event_type, body) in [
        ("1a01cb48-5142-4d9b-8f90-d20cca61f0ee", "service.resource.verb.{\"a\":1", "5,\"b\":\"x.{\"}"),
        ("1a01cb48-5142-4d9b-8f90-d20cca61f0ee", "service.resource", "verb.{\"a\":1.5,\"b\":\"x.{\"}"),
        ("1a01cb48-5142-4d9b-8f90-d20cca61f0ee", "service.resource.verb.{\"a\":1.5,\"b\":\"x", "{\"}"),
    ] {
        verify(&providers::HOOK0, &sent(HOOK0_V1, id, event_type), body).unwrap_err();
    }
    for name in ["x-event-id", "x-event-type"] {
        let mut missing = genuine.clone();
        missing.remove(name);
        let error = verify(&providers::HOOK0, &missing, body).unwrap_err();
        assert_eq!(error.kind().as_str(), "missing_header");
        let mut twice = genuine.clone();
        twice.append(HeaderName::try_from(name).unwrap(), HeaderValue::from_static("other"));
        let error = verify(&providers::HOOK0, &twice, body).unwrap_err().kind();
        assert!(matches!(error.as_str(), "malformed_header" | "malformed_id"), "{error}");
    }
}

const HOOK0_V1: &str = "b830a45df1244e0406cc0b426f38f8edeef89c109c0df26d900e55b7530b0316";

#[test]
fn a_list_of_headers_is_short_and_written_in_one_way() {
    let many = vec!["x-event-id"; 65].join(" ");
    for list in ["x-event-id  x-event-id", " x-event-id", "x-event-id ", "x.event", &many] {
        let field = format!("t=1636936200,h={list},v1=00");
        let sent = headers(&[("x-hook0-signature", &field), ("x-event-id", "1"), ("x.event", "1")]);
        let error = verify(&providers::HOOK0, &sent, "{}").unwrap_err().kind();
        assert!(matches!(error.as_str(), "malformed_signature" | "signature_mismatch"), "{list}: {error}");
    }
    let without = headers(&[("x-hook0-signature", "t=1636936200,v1=00")]);
    let error = verify(&providers::HOOK0, &without, "{}").unwrap_err();
    assert_eq!(error.kind().as_str(), "malformed_signature");
}

#[test]
fn a_signer_lists_the_headers_that_it_sends() {
    for provider in [&providers::HOOK0, &providers::COINBASE_CDP] {
        let signer = Signer::new(provider, secret()).unwrap();
        let request = SigningRequest::new(r#"{"eventId":"1","eventType":"a.b"}"#, NOW)
            .with_id("1")
            .with_event_type("a.b.c")
            .with_header(
                HeaderName::from_static("content-type"),
                HeaderValue::from_static("application/json"),
            );
        let mut signed = signer.sign(&request).unwrap();
        signed.insert("content-type", HeaderValue::from_static("application/json"));
        let delivery = verify(provider, &signed, r#"{"eventId":"1","eventType":"a.b"}"#).unwrap();
        assert_eq!(delivery.id().unwrap().as_str(), "1");
        signed.insert("content-type", HeaderValue::from_static("text/plain"));
        verify(provider, &signed, r#"{"eventId":"1","eventType":"a.b"}"#).unwrap_err();
    }
}

/// The signature was computed with Python's `hmac` and `hashlib` as documented on docs.bird.com.
#[test]
fn bird_signs_the_digest_of_the_body_as_bytes() {
    let sent = headers(&[
        ("messagebird-signature", "Kdzh+VOiw+RNQC8WzAAh+cJCNoJLNB/jPFHemEJM/+8="),
        ("messagebird-request-timestamp", "1636936200"),
        ("messagebird-request-id", "r1"),
    ]);
    let body = r#"{"service":"channels","event":"sms.inbound","payload":{"id":"1"}}"#;
    let delivery = verify(&providers::BIRD, &sent, body).unwrap();
    assert!(delivery.is_body_signed() && delivery.timestamp().unwrap().is_signed());
    assert_eq!(delivery.event_type().unwrap().as_str(), "sms.inbound");
    verify(&providers::BIRD, &sent, &body.replace("sms", "sns")).unwrap_err();
}

/// The signature was computed with Node's `crypto` over `JSON.stringify` of the sorted object.
#[test]
fn nowpayments_signs_the_members_sorted_at_every_depth() {
    let sent = headers(&[(
        "x-nowpayments-sig",
        "4ff6442f2439522f305ef4eb14a91fe73e981b930d520ce114c61505d59139b2ee67c855622ca63b78d68b2bfb831d6c93d6dd16037221718602d26b0694a814",
    )]);
    let body = "{\"payment_id\":5745459419,\"payment_status\":\"finished\",\"fee\":{\"currency\":\"btc\",\"depositFee\":1e-8},\
                \"price_amount\":3999.5,\"order_description\":\"Caf\u{e9} \\\"M\\\" /\",\"a\":[{\"z\":1,\"b\":null}]}";
    let delivery = verify(&providers::NOWPAYMENTS, &sent, body).unwrap();
    assert!(delivery.event_type().unwrap().is_signed());
    assert!(!delivery.is_body_signed(), "the order of its members is not");
    let reordered =
        body.replace("\"payment_id\":5745459419,", "").replace("}]}", "}], \"payment_id\" : 5745459419}");
    verify(&providers::NOWPAYMENTS, &sent, &reordered).unwrap();
    for (from, to) in [
        ("5745459419", "5745459418"),
        ("3999.5", "3999.50"),
        ("null", "0"),
        ("finished", "waiting"),
        ("{\"payment_id\"", "{\"payment_status\":\"waiting\",\"payment_id\""),
    ] {
        verify(&providers::NOWPAYMENTS, &sent, &body.replace(from, to)).unwrap_err();
    }
    let error = verify(&providers::NOWPAYMENTS, &sent, "no json").unwrap_err();
    assert_eq!(error.kind().as_str(), "malformed_body");
}

/// Source: braintree/braintree_ruby `lib/braintree/webhook_notification_gateway.rb`, `_verify_signature`: the payload is tried
/// as it is and with a line feed behind it.
#[test]
fn braintree_may_sign_a_line_feed_behind_the_payload() {
    let secret = || Secret::new("public|private").unwrap();
    let signature = |payload: &str| {
        let body = format!("bt_payload={payload}");
        Signer::new(&providers::BRAINTREE, secret())
            .unwrap()
            .signature(&SigningRequest::new(body, NOW))
            .unwrap()
    };
    let verdict = |signature: &str, payload: &str| {
        let body = format!("bt_signature={}&bt_payload={payload}", signature.replace('|', "%7C"));
        let verifier = Verifier::new(&providers::BRAINTREE, secret()).unwrap();
        let headers = headers(&[("content-type", "application/x-www-form-urlencoded")]);
        verifier.verify(&Head::new(&headers), body, NOW).is_ok()
    };
    let payload = "PG5vdGlmaWNhdGlvbj48L25vdGlmaWNhdGlvbj4%3D";
    assert!(verdict(&signature(payload), payload));
    assert!(verdict(&signature(&format!("{payload}%0A")), payload));
    assert!(verdict(&signature(&format!("{payload}%0A")), &format!("{payload}%0A")));
    assert!(!verdict(&signature(&format!("{payload}%0A%0A")), payload));
    assert!(!verdict(&signature(payload), &format!("{payload}%0A")));
}

/// A genuine form fits into the file name of a gzip header: the signature would be that of the form, and the values those of the
/// compressed text.
#[cfg(all(feature = "gzip", feature = "toml"))]
#[test]
fn a_form_in_gzip_is_refused_where_its_fields_are_signed() {
    use std::io::Write;

    let own = Provider::from_toml(
        "slug = 'own'\nname = 'Own'\ndoc = 'x'\n[scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{form:id}'\n\
         signature = { at = 'form:sig', encoding = 'hex' }\n[event]\nid = 'form:id'\n",
    );
    let in_json = Provider::from_toml(
        "slug = 'own'\nname = 'Own'\ndoc = 'x'\n[scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{json:/id}'\n\
         signature = { at = 'header:x-sig', encoding = 'hex' }\n[event]\nid = 'json:/id'\npayload = 'form:data'\n",
    );
    let payload = "data=%7B%22id%22%3A%22evt_1%22%7D";
    for (provider, form, field, text) in [
        (own.unwrap(), "id=evt_1", "sig", "id=evil"),
        (
            providers::MAILGUN_ROUTES.clone(),
            "timestamp=1636936200&token=evt_1",
            "signature",
            "timestamp=1636936200&token=evil",
        ),
        (in_json.unwrap(), payload, "", r#"{"id":"evil"}"#),
    ] {
        let slug = provider.slug.clone();
        let signer = Signer::new(provider.clone(), secret()).unwrap();
        let request = SigningRequest::new(form, NOW);
        let (genuine, sent) = if field.is_empty() {
            (form.to_owned(), signer.sign(&request).unwrap())
        } else {
            (format!("{form}&{field}={}", signer.signature(&request).unwrap()), HeaderMap::new())
        };
        let verifier = Verifier::new(provider, secret()).unwrap();
        let verify = |body: Vec<u8>| verifier.verify(&Head::new(&sent).with_url(URL), body, NOW);
        assert_eq!(verify(genuine.clone().into_bytes()).unwrap().id().unwrap().as_str(), "evt_1", "{slug}");
        let header = flate2::GzBuilder::new().filename(format!("&{genuine}&z="));
        let mut forged = header.write(Vec::new(), flate2::Compression::default());
        forged.write_all(text.as_bytes()).unwrap();
        let refused = verify(forged.finish().unwrap()).map(drop).map_err(|error| error.kind().as_str());
        assert_eq!(refused, Err("malformed_body"), "{slug}");
        // Nor is an array around the form another reading of it.
        let array = verify(format!("[\"&{genuine}&z=\"]").into_bytes());
        let id = array.map(|delivery| delivery.id().map(|id| id.as_str().to_owned()));
        assert!(!matches!(id, Ok(Some(id)) if id != "evt_1"), "{slug}");
    }
}

/// The hashes were computed with `openssl dgst -sha256 -hmac secret`.
#[test]
fn events_of_one_object_are_told_apart_by_what_is_not_signed() {
    let of_status = |status: &str| {
        let body = format!("id=charge_1&status={status}&hashed_order={CHARGE_1}");
        verify(
            &providers::OPENNODE,
            &headers(&[("content-type", "application/x-www-form-urlencoded")]),
            &body,
        )
        .unwrap()
    };
    let (processing, paid) = (of_status("processing"), of_status("paid"));
    assert_ne!(processing.distinctive_body(), paid.distinctive_body());
    let pieces = |delivery: &Delivery| {
        delivery.signed_content().unwrap().pieces().flatten().copied().collect::<Vec<_>>()
    };
    assert_eq!(pieces(&processing), pieces(&paid));
}

#[test]
fn a_final_newline_makes_no_other_delivery() {
    let toml = "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = 'hmac-sha256'\n\
                content = '{body}'\nfinal_newline = true\nsignature = { at = 'header:x-signature', encoding = 'hex' }\n";
    let own: &'static Provider = Box::leak(Box::new(Provider::from_toml(toml).unwrap()));
    let signer = Signer::new(own, secret()).unwrap();
    let signed = signer.sign(&SigningRequest::new("{}\n", NOW)).unwrap();
    let (with, without) = (verify(own, &signed, "{}\n").unwrap(), verify(own, &signed, "{}").unwrap());
    assert_eq!(with.distinctive_body(), without.distinctive_body());
    for (content, at) in
        [("{json:/id}", "json:/id"), ("{form:id}", "form:id"), ("{body}.{header:x-id}", "header:x-id")]
    {
        let open = toml.replace("{body}", content) + &format!("[event]\nid = '{at}'\n");
        let coverage = Provider::from_toml(&open).unwrap().coverage().unwrap();
        assert!(!coverage.id, "{content}");
    }
}
