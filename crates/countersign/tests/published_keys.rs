//! Tests of providers that publish their keys, with key pairs generated for the tests.
#![cfg(feature = "asymmetric")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::providers::{self, aws_sns};
use countersign::{
    Delivery, Event, Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, VerifyError,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

const RSA: &str = include_str!("data/keys/rsa2048.pkcs8.pem");
const CERTIFICATE: &str = include_str!("data/keys/rsa2048.cert.pem");
const EC: &str = include_str!("data/keys/ec.pkcs8.pem");
const EC_PUBLIC: &str = include_str!("data/keys/ec.spki.pem");
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:orders";

fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

fn verify(provider: &Provider, key: &str, headers: &HeaderMap, body: &str) -> Result<Delivery, VerifyError> {
    let verifier = Verifier::new(provider.clone(), secret(key)).unwrap();
    let head = Head::new(headers).with_target("/hooks?x=1").with_url("https://example.com/hooks?x=1");
    verifier.verify(&head, body.to_owned(), NOW)
}

fn kind(result: Result<Delivery, VerifyError>) -> &'static str {
    result.map_or_else(|error| error.kind().as_str(), |_| "valid")
}

fn sns() -> Provider {
    providers::AWS_SNS.clone().with_parameter("topics", &format!("arn:aws:sns:eu-west-1:1:other, {TOPIC}"))
}

fn message(kind: &str) -> Value {
    json!({
        "Type": kind, "MessageId": "22b80b92", "TopicArn": TOPIC, "Message": "a\nb", "Token": "2336412f",
        "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription",
        "Timestamp": "2023-11-14T22:13:20.012Z", "SignatureVersion": "2",
        "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
    })
}

/// Returns the message with its signature.
fn signed(provider: &Provider, mut message: Value) -> String {
    let signer = Signer::new(provider.clone(), secret(RSA)).unwrap();
    let signature = signer.signature(&SigningRequest::new(message.to_string(), NOW)).unwrap();
    message.as_object_mut().unwrap().insert("Signature".to_owned(), signature.into());
    message.to_string()
}

#[test]
fn a_confirmation_of_sns_comes_to_the_handler_as_an_event() {
    let body = signed(&sns(), message("SubscriptionConfirmation"));
    let delivery = verify(&sns(), CERTIFICATE, &HeaderMap::new(), &body).unwrap();
    assert!(delivery.id().unwrap().is_signed() && delivery.event_type().unwrap().is_signed());
    assert!(delivery.timestamp().unwrap().is_signed());
    let event = Event::<aws_sns::Event>::decode(delivery).unwrap();
    let aws_sns::Event::SubscriptionConfirmation(confirmation) = event.data else { panic!("another event") };
    assert_eq!((confirmation.topic_arn.as_str(), confirmation.token.as_str()), (TOPIC, "2336412f"));
}

#[test]
fn a_topic_of_another_account_is_refused_however_well_it_is_signed() {
    let mut stranger = message("Notification");
    stranger["TopicArn"] = "arn:aws:sns:eu-west-1:666666666666:orders".into();
    let body = signed(&sns(), stranger);
    assert_eq!(kind(verify(&sns(), CERTIFICATE, &HeaderMap::new(), &body)), "check_failed");
    let unnamed = Verifier::new(&providers::AWS_SNS, secret(CERTIFICATE)).unwrap_err();
    assert_eq!(unnamed.field(), "parameters.topics");
}

#[test]
fn every_signed_member_of_a_message_counts() {
    let body = signed(&sns(), message("Notification"));
    let genuine: Value = serde_json::from_str(&body).unwrap();
    for member in ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"] {
        let mut changed = genuine.clone();
        changed[member] = "2023-11-14T22:13:21.012Z".into();
        assert_eq!(
            kind(verify(&sns(), CERTIFICATE, &HeaderMap::new(), &changed.to_string())),
            "signature_mismatch",
            "{member}"
        );
        let mut removed = genuine.clone();
        removed.as_object_mut().unwrap().remove(member);
        assert_ne!(kind(verify(&sns(), CERTIFICATE, &HeaderMap::new(), &removed.to_string())), "valid");
    }
}

#[test]
fn a_member_that_is_there_twice_is_refused_because_its_reader_may_take_the_other() {
    let body = signed(&sns(), message("Notification"));
    let (start, end) = (body.replacen('{', r#"{"Message":"forged","#, 1), body.trim_end_matches('}'));
    for twice in
        [start, format!(r#"{end},"Message":"forged"}}"#), format!(r#"{end},"\u004dessage":"forged"}}"#)]
    {
        assert_eq!(kind(verify(&sns(), CERTIFICATE, &HeaderMap::new(), &twice)), "malformed_body", "{twice}");
    }
}

#[test]
fn both_hashes_of_sns_are_accepted() {
    let mut first = sns();
    first.scheme.algorithm = countersign::scheme::Algorithm::RsaSha1;
    let body = signed(&first, message("Notification"));
    assert_eq!(kind(verify(&sns(), CERTIFICATE, &HeaderMap::new(), &body)), "valid");
}

#[test]
fn the_certificate_that_a_message_names_is_known_when_the_body_is() {
    let verifier = Verifier::keyless(sns()).unwrap();
    let body = signed(&sns(), message("Notification"));
    let mut intake = verifier.begin(&Head::new(&HeaderMap::new()), NOW).unwrap();
    intake.push(body).unwrap();
    assert!(intake.key_id().unwrap().ends_with("SimpleNotificationService-1.pem"));
    let intake = intake.with_secrets(&secret(CERTIFICATE).into()).unwrap();
    assert!(intake.finish(NOW).is_ok());
}

#[test]
fn paypal_signs_its_webhook_id_and_a_checksum() {
    let provider = providers::PAYPAL.clone().with_parameter("webhook_id", "4JH86294D6297924G");
    let body = r#"{"id":"WH-1","event_type":"PAYMENT.SALE.COMPLETED"}"#;
    let request = SigningRequest::new(body, NOW).with_header(
        HeaderName::from_static("paypal-transmission-id"),
        HeaderValue::from_static("dfb3be50-fd74-11e4-8bf3-77339302725b"),
    );
    let mut headers = Signer::new(provider.clone(), secret(RSA)).unwrap().sign(&request).unwrap();
    headers.insert("paypal-transmission-id", "dfb3be50-fd74-11e4-8bf3-77339302725b".parse().unwrap());
    let delivery = verify(&provider, CERTIFICATE, &headers, body).unwrap();
    assert!(!delivery.is_body_signed(), "a CRC-32 is no digest");
    assert_eq!(kind(verify(&provider, CERTIFICATE, &headers, &format!("{body} "))), "signature_mismatch");
    let other = providers::PAYPAL.clone().with_parameter("webhook_id", "another");
    assert_eq!(kind(verify(&other, CERTIFICATE, &headers, body)), "signature_mismatch");
}

#[test]
fn ebay_wraps_its_signature() {
    let body =
        r#"{"metadata":{"topic":"MARKETPLACE_ACCOUNT_DELETION"},"notification":{"notificationId":"n_1"}}"#;
    let signer = Signer::new(&providers::EBAY, secret(EC)).unwrap();
    let headers = signer.sign(&SigningRequest::new(body, NOW)).unwrap();
    let delivery = verify(&providers::EBAY, EC_PUBLIC, &headers, body).unwrap();
    assert_eq!(delivery.id().unwrap().as_str(), "n_1");
    assert_eq!(kind(verify(&providers::EBAY, EC_PUBLIC, &headers, "{}")), "signature_mismatch");

    let named = r#"{"alg":"ecdsa","kid":"9936261a","signature":"MEUC","digest":"SHA1"}"#;
    let mut headers = HeaderMap::new();
    headers.insert("x-ebay-signature", STANDARD.encode(named).parse().unwrap());
    let intake = Verifier::keyless(&providers::EBAY).unwrap().begin(&Head::new(&headers), NOW).unwrap();
    assert_eq!(intake.key_id().as_deref(), Some("9936261a"));
}

#[test]
fn paddle_classic_signs_its_form_as_php_writes_it() {
    let fields = "alert_id=7&alert_name=payment_succeeded&customer_name=Zo%C3%AB";
    let signer = Signer::new(&providers::PADDLE_CLASSIC, secret(RSA)).unwrap();
    let signature = signer.signature(&SigningRequest::new(fields, NOW)).unwrap();
    let signature: String = form_urlencoded::byte_serialize(signature.as_bytes()).collect();
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));
    let body = format!("{fields}&p_signature={signature}");
    let delivery = verify(&providers::PADDLE_CLASSIC, CERTIFICATE, &headers, &body).unwrap();
    assert_eq!(delivery.event_type().unwrap().as_str(), "payment_succeeded");
    let twice = format!("{body}&alert_id=8");
    assert_eq!(kind(verify(&providers::PADDLE_CLASSIC, CERTIFICATE, &headers, &twice)), "malformed_body");
    let tampered = body.replace("alert_id=7", "alert_id=8");
    assert_eq!(
        kind(verify(&providers::PADDLE_CLASSIC, CERTIFICATE, &headers, &tampered)),
        "signature_mismatch"
    );
}

#[test]
fn keygen_signs_the_target_and_a_digest_of_the_body() {
    let (private, public) = (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    );
    let body = r#"{"data":{"id":"1"}}"#;
    let request = SigningRequest::new(body, NOW)
        .with_url("https://example.com/hooks?x=1")
        .with_header(HeaderName::from_static("host"), HeaderValue::from_static("example.com"))
        .with_header(
            HeaderName::from_static("digest"),
            HeaderValue::from_static("sha-256=a81EUrIBO/xIiQDrhzylMua10yjTg4LrJlxCFp/FDsQ="),
        );
    let signer = Signer::new(&providers::KEYGEN, secret(private)).unwrap();
    let mut headers = signer.sign(&request).unwrap();
    let field = headers.get("keygen-signature").unwrap().to_str().unwrap().to_owned();
    let quoted =
        format!(r#"keyid="k", algorithm="ed25519", {field}, headers="(request-target) host date digest""#);
    headers.insert("keygen-signature", quoted.parse().unwrap());
    headers.insert("host", HeaderValue::from_static("example.com"));
    headers
        .insert("digest", HeaderValue::from_static("sha-256=a81EUrIBO/xIiQDrhzylMua10yjTg4LrJlxCFp/FDsQ="));
    assert!(verify(&providers::KEYGEN, public, &headers, body).unwrap().is_body_signed());
    assert_eq!(kind(verify(&providers::KEYGEN, public, &headers, "{}")), "body_hash_mismatch");
    headers.insert("date", HeaderValue::from_static("Tue, 14 Nov 2023 22:13:21 GMT"));
    assert_eq!(kind(verify(&providers::KEYGEN, public, &headers, body)), "signature_mismatch");
}
