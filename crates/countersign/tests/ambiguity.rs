//! Attacks that give one signature two readings, by moving the boundaries of the signed content. Each must be
//! rejected or leave the signed values unchanged.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use countersign::scheme::{Encoding, Location, Scheme, SignatureField, Template};
use countersign::{
    Delivery, ErrorKind, Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, VerifyError,
    providers,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use sha2::block_api::compress256;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const YEAR: UnixTime = UnixTime::from_secs(1_700_000_000 + 365 * 86_400);
const EVIL: &str = "arn:aws:sns:us-east-1:666666666666:evil";
const GOOD: &str = "arn:aws:sns:eu-west-1:123456789012:orders";

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/keys/", $name))
    };
}

fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

fn set(headers: &mut HeaderMap, name: &str, value: &str) {
    headers.insert(HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
}

fn signed(provider: &'static Provider, request: &SigningRequest) -> HeaderMap {
    Signer::new(provider, secret("s")).unwrap().sign(request).unwrap()
}

/// Returns the provider's signature over this text, independent of its content template.
fn signed_text(provider: &Provider, text: &str) -> HeaderMap {
    let mut plain = provider.clone();
    plain.scheme.content = Template::new("{body}");
    plain.scheme.timestamp = None;
    Signer::new(plain, secret("s")).unwrap().sign(&SigningRequest::new(text.to_owned(), NOW)).unwrap()
}

/// Returns whether the delivery is rejected, or does not report its body as signed.
fn is_harmless(result: Result<Delivery, VerifyError>) -> bool {
    result.is_err() || result.is_ok_and(|delivery| !delivery.is_body_signed())
}

/// Signs as Amazon does, which signs any message that is published to any topic.
fn sns_signs(message: &Value) -> String {
    let provider = providers::AWS_SNS.clone().with_parameter("topics", EVIL);
    let mut sender = provider;
    // Amazon's content, without the separator rules of the declaration.
    sender.scheme.content = Template::new(
        "{json-lines:Message*,MessageId,Subject?,SubscribeURL?,Timestamp,Token?,TopicArn,Type}",
    );
    let signer = Signer::new(sender, secret(key!("rsa2048.pkcs8.pem"))).unwrap();
    signer.signature(&SigningRequest::new(message.to_string(), NOW)).unwrap()
}

fn sns(mut message: Value, signature: &str) -> Result<Delivery, VerifyError> {
    let provider = providers::AWS_SNS.clone().with_parameter("topics", GOOD);
    let verifier = Verifier::new(provider, secret(key!("rsa2048.spki.pem"))).unwrap();
    message["Signature"] = json!(signature);
    message["SignatureVersion"] = json!("2");
    message["SigningCertURL"] = json!("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem");
    verifier.verify(&Head::new(&HeaderMap::new()), message.to_string(), NOW)
}

#[test]
fn sns_messages_of_a_strangers_topic_do_not_pass_for_ours() {
    let published = format!(
        "{{\"order\":\"forged\"}}\nMessageId\nforged-1\nTimestamp\n2023-11-14T22:13:20.000Z\nTopicArn\n{GOOD}\nType\nNotification"
    );
    let delivered = json!({
        "Type": "Notification", "MessageId": "real", "TopicArn": EVIL, "Message": published,
        "Timestamp": "2023-11-14T22:13:19.000Z",
    });
    let signature = sns_signs(&delivered);
    assert_eq!(sns(delivered, &signature).unwrap_err().kind(), ErrorKind::CheckFailed);
    // The same text, cut at other places.
    let forged = json!({
        "Message": "{\"order\":\"forged\"}", "MessageId": "forged-1", "TopicArn": GOOD,
        "Timestamp": "2023-11-14T22:13:20.000Z",
        "Type": format!(
            "Notification\nMessageId\nreal\nTimestamp\n2023-11-14T22:13:19.000Z\nTopicArn\n{EVIL}\nType\nNotification"
        ),
    });
    assert!(matches!(sns(forged, &signature), Err(VerifyError::MalformedBody { .. })));
}

#[test]
fn a_line_break_is_accepted_in_the_message_of_sns_alone() {
    let message = json!({
        "Type": "Notification", "MessageId": "m-1", "TopicArn": GOOD, "Subject": "s",
        "Message": "one\nMessageId\nm-2\nSubject\ntwo", "Timestamp": "2023-11-14T22:13:20.000Z",
    });
    let signature = sns_signs(&message);
    let delivery = sns(message.clone(), &signature).unwrap();
    assert!(delivery.id().unwrap().is_signed() && delivery.id().unwrap().as_str() == "m-1");
    for (member, value) in [
        ("Message", json!("one")),
        ("MessageId", json!("m-2\nSubject\ntwo\nMessageId\nm-1")),
        ("Subject", json!("s\nTimestamp\nx")),
        ("Type", json!("Else")),
    ] {
        let mut changed = message.clone();
        changed[member] = value;
        assert!(sns(changed, &signature).is_err(), "{member}");
    }
}

#[test]
fn the_type_of_sns_is_one_of_three() {
    for (name, accepted) in
        [("Notification", true), ("UnsubscribeConfirmation", true), ("Else", false), ("", false)]
    {
        let message = json!({
            "Type": name, "MessageId": "m", "TopicArn": GOOD, "Message": "x",
            "Timestamp": "2023-11-14T22:13:20.000Z",
        });
        let signature = sns_signs(&message);
        assert_eq!(sns(message, &signature).is_ok(), accepted, "{name}");
    }
}

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

#[test]
fn a_plain_hash_is_not_continued() {
    // A digest of the secret and the body reveals the state of the hash, which can be continued without the secret.
    let client_secret = "0123456789abcdef0123456789abcdef0123";
    let body = r#"[{"eventId":1,"subscriptionType":"contact.creation"}]"#;
    let mut headers = Signer::new(&providers::HUBSPOT_V1, secret(client_secret))
        .unwrap()
        .sign(&SigningRequest::new(body, NOW))
        .unwrap();
    let recorded = headers["x-hubspot-signature"].to_str().unwrap().to_owned();
    let suffix = br#"[{"eventId":2,"subscriptionType":"contact.deletion"}]"#;
    let (padding, forged) = continued(&recorded, client_secret.len() + body.len(), suffix);
    let longer = [body.as_bytes(), &padding, suffix].concat();
    let verifier = Verifier::new(&providers::HUBSPOT_V1, secret(client_secret)).unwrap();
    let genuine = verifier.verify(&Head::new(&headers), body, NOW).unwrap();
    assert!(!genuine.is_body_signed() && genuine.event_type().unwrap().is_signed());
    set(&mut headers, "x-hubspot-signature", &forged);
    let error = verifier.verify(&Head::new(&headers), longer, NOW).unwrap_err();
    assert!(error.to_string().contains("padding"), "{error}");
}

/// Returns the padding of a message of this length, and the digest of the message, padding and suffix, computed
/// from its digest alone.
fn continued(digest: &str, length: usize, suffix: &[u8]) -> (Vec<u8>, String) {
    let padding = |length: usize| {
        let mut padding = vec![0x80_u8];
        while (length + padding.len()) % 64 != 56 {
            padding.push(0);
        }
        padding.extend((length as u64 * 8).to_be_bytes());
        padding
    };
    let glue = padding(length);
    let mut state: [u32; 8] =
        std::array::from_fn(|at| u32::from_str_radix(&digest[at * 8..at * 8 + 8], 16).unwrap());
    let data = [suffix, &padding(length + glue.len() + suffix.len())].concat();
    let blocks: Vec<[u8; 64]> = data.chunks(64).map(|block| block.try_into().unwrap()).collect();
    compress256(&mut state, &blocks);
    (glue, state.iter().map(|word| format!("{word:08x}")).collect())
}

#[test]
fn a_delivery_of_hubspot_2_is_none_of_version_1() {
    let (url, body) = ("https://x.example.com/hook", r#"[{"eventId":1}]"#);
    for method in ["POST", "GET", "PUT"] {
        let request = SigningRequest::new(body, NOW).with_method(method).with_url(url);
        let mut headers = signed(&providers::HUBSPOT_V2, &request);
        headers.remove("x-hubspot-signature-version");
        let verifier = Verifier::new(&providers::HUBSPOT_V1, secret("s")).unwrap();
        let passed = verifier.verify(&Head::new(&headers), format!("{method}{url}{body}"), NOW);
        assert!(passed.is_err(), "{method}");
    }
}
