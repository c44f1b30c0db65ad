//! Tests of whole deliveries with fetched keys.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::task::{Context, Poll};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use common::Publisher;
use countersign::receiver::{Incoming, Received, Receiver, Receiving};
use countersign::{Clock, ErrorKind, Provider, Secret, Signer, SigningRequest, Verifier, providers};
use countersign_keys::HttpKeys;
use http::{HeaderMap, HeaderName, HeaderValue};
use rcgen::{
    CertificateParams, DnType, KeyPair, PKCS_ED25519, PKCS_RSA_SHA256, PublicKeyData, date_time_ymd,
};

const BODY: &str = r#"{"id":"evt_1","event_type":"a.b"}"#;
const TURNKEY_KEY: HeaderName = HeaderName::from_static("x-turnkey-signature-key-id");
const PAYPAL_CERT: HeaderName = HeaderName::from_static("paypal-cert-url");

/// Returns the headers of a delivery that names a key.
fn signed(
    provider: &Provider,
    key: &KeyPair,
    name: (HeaderName, &'static str),
    publisher: &Publisher,
) -> HeaderMap {
    let (header, value) = (name.0, HeaderValue::from_static(name.1));
    let signer = Signer::new(provider.clone(), Secret::new(key.serialize_pem()).unwrap()).unwrap();
    let request = SigningRequest::new(BODY, publisher.now())
        .with_id("evt_1")
        .with_header(header.clone(), value.clone())
        .with_header(PAYPAL_ID, HeaderValue::from_static("1"));
    let mut headers = signer.sign(&request).unwrap();
    headers.insert(header, value);
    headers.insert(PAYPAL_ID, HeaderValue::from_static("1"));
    headers
}

const PAYPAL_ID: HeaderName = HeaderName::from_static("paypal-transmission-id");

fn receiver(provider: &Provider, keys: HttpKeys, clock: &Publisher) -> Receiver {
    Receiver::builder(Verifier::keyless(provider.clone()).unwrap())
        .with_key_source(keys)
        .with_clock(clock.clone())
        .build()
        .unwrap()
}

/// Receives a delivery as an adapter does.
async fn receive(
    receiver: &Receiver,
    headers: &HeaderMap,
    body: &'static str,
) -> Result<String, (ErrorKind, u16)> {
    let request = Whole { headers, body: Some(Bytes::from_static(body.as_bytes())) };
    match Receiving::new(receiver).run(request).await {
        Received::Delivery(delivery) => Ok(delivery.key().to_owned()),
        Received::Rejected(rejection) => Err((rejection.kind(), rejection.status().as_u16())),
        other => panic!("{other:?}"),
    }
}

struct Whole<'h> {
    headers: &'h HeaderMap,
    body: Option<Bytes>,
}

impl Incoming for Whole<'_> {
    type Headers = HeaderMap;

    fn method(&self) -> &'static str {
        "POST"
    }

    fn target(&self) -> &'static str {
        "/"
    }

    fn headers(&self) -> &HeaderMap {
        self.headers
    }

    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, ErrorKind>>> {
        Poll::Ready(self.body.take().map(Ok))
    }
}

#[tokio::test]
async fn the_key_that_a_delivery_names_verifies_it() {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let x = URL_SAFE_NO_PAD.encode(key.der_bytes());
    let publisher =
        Publisher::new(format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"2026","x":"{x}"}}]}}"#));
    let receiver = receiver(&providers::TURNKEY, publisher.source(HttpKeys::turnkey()), &publisher);
    let signed = |key, name| signed(&providers::TURNKEY, key, (TURNKEY_KEY, name), &publisher);

    let genuine = signed(&key, "2026");
    assert_eq!(receive(&receiver, &genuine, BODY).await.unwrap(), "2026");
    assert_eq!(receive(&receiver, &genuine, "{}").await.unwrap_err().1, 401);
    let unknown = receive(&receiver, &signed(&key, "2027"), BODY).await.unwrap_err();
    assert_eq!(unknown, (ErrorKind::NoMatchingPublicKey, 401));
    let other = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    assert_eq!(receive(&receiver, &signed(&other, "2026"), BODY).await.unwrap_err().1, 401);
    assert_eq!(publisher.count(), 1);
}

#[tokio::test]
async fn the_certificate_that_a_delivery_names_verifies_it() {
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "messageverificationcerts.paypal.com");
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2026, 3, 1);
    let publisher = Publisher::new(params.self_signed(&key).unwrap().pem());
    let provider = providers::PAYPAL.clone().with_parameter("webhook_id", "WH-1");
    let receiver = receiver(&provider, publisher.source(HttpKeys::paypal()), &publisher);
    let signed = |url| signed(&provider, &key, (PAYPAL_CERT, url), &publisher);

    let genuine = signed("https://api.paypal.com/v1/notifications/certs/CERT-1");
    assert_eq!(receive(&receiver, &genuine, BODY).await.unwrap(), "published");
    assert_eq!(receive(&receiver, &genuine, "{}").await.unwrap_err().1, 401);
    assert_eq!(publisher.count(), 1);
    let hostile = signed("https://api.paypal.com.evil.com/v1/notifications/certs/CERT-1");
    let refused = receive(&receiver, &hostile, BODY).await.unwrap_err();
    assert_eq!(refused, (ErrorKind::NoMatchingPublicKey, 401));
    assert_eq!(publisher.count(), 1);
}

#[tokio::test]
async fn a_publisher_that_is_down_is_answered_with_503() {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let publisher = Publisher::new("");
    publisher.is_down();
    let receiver = receiver(&providers::TURNKEY, publisher.source(HttpKeys::turnkey()), &publisher);
    let headers = signed(&providers::TURNKEY, &key, (TURNKEY_KEY, "2026"), &publisher);
    assert_eq!(receive(&receiver, &headers, BODY).await.unwrap_err().1, 503);
}
