//! Tests that bytes which move from one value to another are refused, or the values are not called signed.

use countersign::scheme::Location;
use countersign::{Head, Provider, Signer, SigningRequest, Verifier, providers};
use http::{HeaderMap, HeaderName};
use serde_json::{Value, json};

use crate::support::{NOW, YEAR, is_harmless, secret, set, signed, signed_text};

#[test]
fn the_timestamp_of_grafana_does_not_go_into_the_body() {
    let body = r#"{"status":"firing"}"#;
    let mut headers = signed(&providers::GRAFANA, &SigningRequest::new(body, NOW));
    headers.remove("x-grafana-alerting-timestamp");
    let verifier = Verifier::new(&providers::GRAFANA, secret("s")).unwrap();
    let folded = format!("{}:{body}", NOW.as_secs());
    assert!(verifier.verify(&Head::new(&headers), folded, YEAR).is_err());
    // Grafana omits the timestamp unless it is configured.
    let plain = signed_text(&providers::GRAFANA, body);
    assert!(verifier.verify(&Head::new(&plain), body, NOW).unwrap().is_body_signed());
}

#[test]
fn the_id_of_mercado_pago_does_not_go_into_the_query() {
    let request =
        SigningRequest::new("{}", NOW).with_id("req-1").with_url("https://x/hook?data.id=123&type=payment");
    let mut headers = signed(&providers::MERCADOPAGO, &request);
    let verifier = Verifier::new(&providers::MERCADOPAGO, secret("s")).unwrap();
    let at = |headers: &HeaderMap, target: &str| {
        verifier.verify(&Head::new(headers).with_target(target), "{}", NOW)
    };
    let first = at(&headers, "/hook?data.id=123&type=payment").unwrap();
    assert!(first.id().unwrap().is_signed());
    set(&mut headers, "x-request-id", "1;request-id:req-1");
    assert!(at(&headers, "/hook?data.id=123&type=payment").is_err());
    headers.remove("x-request-id");
    assert!(at(&headers, "/hook?data.id=123%3Brequest-id%3Areq-1&type=payment").is_err());
}

#[test]
fn ids_without_a_separator_are_not_called_signed() {
    let shifted =
        |provider: &'static Provider, id: &str, body: &str, moved: [(&str, String); 2], to: &str| {
            let mut headers = signed(provider, &SigningRequest::new(body.to_owned(), NOW).with_id(id));
            let verifier = Verifier::new(provider, secret("s")).unwrap();
            let first = verifier.verify(&Head::new(&headers), body.to_owned(), NOW).unwrap();
            assert!(!first.id().unwrap().is_signed() && !first.is_body_signed());
            for (name, value) in &moved {
                set(&mut headers, name, value);
            }
            verifier.verify(&Head::new(&headers), to.to_owned(), NOW)
        };
    let stamp = format!("0{}", NOW.as_secs());
    let Some(Location::Header(id)) = &providers::CONFIGCAT.event.id else { panic!() };
    let moved = [(&**id, "delivery-1".to_owned()), ("x-configcat-webhook-timestamp", stamp)];
    assert!(shifted(&providers::CONFIGCAT, "delivery-10", "{}", moved, "{}").is_err());
    let moved = [("framer-webhook-submission-id", "0id7".to_owned()), ("x-other", String::new())];
    let framer = shifted(&providers::FRAMER, "id7", "a=b0", moved, "a=b");
    assert!(is_harmless(framer));
}

#[test]
fn the_amount_of_adyen_does_not_move() {
    let key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
    let item = |reference: &str, value: Value, currency: &str| {
        json!({
            "pspReference": "7914073381342284", "merchantAccountCode": "Shop", "eventCode": "AUTHORISATION",
            "success": "true", "merchantReference": reference, "amount": {"value": value, "currency": currency},
        })
    };
    let genuine = item("order:999999", json!(1), "EUR");
    let signer = Signer::new(&providers::ADYEN, secret(key)).unwrap();
    let signature = signer.signature(&SigningRequest::new(genuine.to_string(), NOW)).unwrap();
    let verifier = Verifier::new(&providers::ADYEN, secret(key)).unwrap();
    let verify = |mut item: Value| {
        item["additionalData"] = json!({"hmacSignature": signature});
        let body = json!({"notificationItems": [{"NotificationRequestItem": item}]}).to_string();
        verifier.verify(&Head::new(&HeaderMap::new()), body, NOW)
    };
    assert!(verify(genuine).is_ok());
    assert!(verify(item("order", json!(999_999), "1:EUR")).is_err());
    assert!(verify(item("order", json!("999999:1"), "EUR")).is_err());
}

#[test]
fn a_text_message_does_not_choose_the_signed_type_of_twilio() {
    let url = "https://x.example.com/sms";
    let form = "AccountSid=AC1&Body=hi+MessageStatusdeliveredZ&From=%2B1555&MessageSid=SM1&MessageStatus=failed&To=%2B1777";
    let headers = signed(&providers::TWILIO, &SigningRequest::new(form, NOW).with_url(url));
    let verifier = Verifier::new(&providers::TWILIO, secret("s")).unwrap();
    let at = |body: String| verifier.verify(&Head::new(&headers).with_url(url), body, NOW);
    assert!(!at(form.to_owned()).unwrap().event_type().unwrap().is_signed());
    let rest = "From+1555MessageSidSM1MessageStatusfailedTo+1777";
    let encoded: String = form_urlencoded::byte_serialize(rest.as_bytes()).collect();
    let forged = at(format!("AccountSid=AC1&Body=hi+&MessageStatus=delivered&Z={encoded}"));
    assert!(forged.is_err() || forged.is_ok_and(|delivery| !delivery.event_type().unwrap().is_signed()));
}

#[test]
fn a_value_of_plivo_that_is_cut_at_a_dot_is_not_called_signed() {
    let url = "https://x.example.com/call";
    let nonce: HeaderName = "x-plivo-signature-v3-nonce".parse().unwrap();
    let request = SigningRequest::new("Event=Hangup.Cause", NOW)
        .with_url(url)
        .with_header(nonce, "12345".parse().unwrap());
    let mut headers = signed(&providers::PLIVO, &request);
    set(&mut headers, "x-plivo-signature-v3-nonce", "Cause.12345");
    let verifier = Verifier::new(&providers::PLIVO, secret("s")).unwrap();
    let forged = verifier.verify(&Head::new(&headers).with_url(url), "Event=Hangup", NOW);
    assert!(forged.is_err() || forged.is_ok_and(|delivery| !delivery.event_type().unwrap().is_signed()));
}

#[test]
fn digits_do_not_move_between_a_timestamp_and_the_body() {
    for provider in [&providers::AIRWALLEX, &providers::CLOUDINARY] {
        let stamp_name = match &provider.scheme.timestamp.as_ref().unwrap().at {
            Location::Header(name) => name.to_string(),
            other => panic!("{other}"),
        };
        let verifier = Verifier::new(provider, secret("s")).unwrap();
        let text = match provider.scheme.content.as_str() {
            "{timestamp}{body}" => "1700000000000123,{}",
            "{body}{timestamp}" => "{},1231700000000",
            _ => "{},1231700000000s",
        };
        let digest = signed_by(provider, text);
        let accepted = [("1700000000000", "123,{}"), ("1700000000", "000123,{}"), ("1700000000", "{},123")]
            .into_iter()
            .chain([("01700000000", "{},12"), ("1231700000000", "{},"), ("31700000000", "{},12")])
            .filter(|(stamp, body)| {
                let mut headers = digest.clone();
                set(&mut headers, &stamp_name, stamp);
                verifier.verify(&Head::new(&headers), (*body).to_owned(), NOW).is_ok()
            });
        assert!(accepted.count() <= 1, "{}", provider.slug);
    }
}

/// Returns the headers of a signature over this text, for a keyed or a plain hash.
fn signed_by(provider: &'static Provider, text: &str) -> HeaderMap {
    if !provider.scheme.algorithm.takes_secret_in_content() {
        return signed_text(provider, text);
    }
    let mut headers = HeaderMap::new();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(text);
    set(&mut headers, "x-cld-signature", &const_hex::encode(digest));
    headers
}

#[test]
fn digits_that_move_between_the_url_and_the_body_are_not_called_signed() {
    for provider in [&providers::HUBSPOT, &providers::SQUARE, &providers::SQUARE_SHA1] {
        let headers = signed(provider, &SigningRequest::new("5[]", NOW).with_url("https://x/hook?v=1"));
        let verifier = Verifier::new(provider, secret("s")).unwrap();
        let moved = verifier.verify(&Head::new(&headers).with_url("https://x/hook?v=15"), "[]", NOW);
        assert!(is_harmless(moved), "{}", provider.slug);
    }
}
