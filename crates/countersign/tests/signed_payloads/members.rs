//! Tests of signatures over members of a JSON body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::{Head, UnixTime, Verifier, providers};
use http::HeaderMap;
use serde_json::json;

use crate::support::secret;

/// The signature was computed with Python according to the PHP code on doc.cryptomus.com:
/// `md5(base64(json_encode(data, JSON_UNESCAPED_UNICODE)) . key)`.
#[test]
fn cryptomus_signs_the_json_as_php_writes_it() {
    let signed = r#"{"type":"payment","uuid":"62f8","order_id":"a\/1","amount":"3.0","is_final":true,"note":"Zoë","convert":null}"#;
    let content = STANDARD.encode(signed);
    assert_eq!(content.get(..8), Some("eyJ0eXBl"));
    let body = |order: &str, sign: &str| {
        format!(
            r#"{{"type":"payment","uuid":"62f8","order_id":"{order}","amount":"3.0","is_final":true,"sign":"{sign}","note":"Zo\u00eb", "convert":null}}"#
        )
    };
    let verify = |body: String| {
        let verifier = Verifier::new(&providers::CRYPTOMUS, secret("key")).unwrap();
        verifier.verify(&Head::new(&HeaderMap::new()), body, UnixTime::from_secs(0))
    };
    let delivery = verify(body("a\\/1", CRYPTOMUS_SIGN)).unwrap();
    // The uuid is that of the payment, in the webhooks of all its statuses.
    assert!(delivery.id().is_none() && !delivery.is_body_signed());
    verify(body("a/1", CRYPTOMUS_SIGN)).unwrap();
    verify(body("a/2", CRYPTOMUS_SIGN)).unwrap_err();
    verify(body("a/1", CRYPTOMUS_SIGN).replace("\"amount\"", "\"sign2\"")).unwrap_err();
}

const CRYPTOMUS_SIGN: &str = "517ce57b3f67a874acc929e2529f8f4e";

/// The signature was computed with Python's `hashlib` over the documented JSON.
#[test]
fn przelewy24_hashes_some_members_and_its_key() {
    let body = |amount: u32| {
        json!({
            "merchantId": 11, "posId": 11, "sessionId": "s-10", "amount": amount, "originAmount": 100, "currency": "PLN",
            "orderId": 77, "methodId": 154, "statement": "p24-A10", "sign": PRZELEWY24_SIGN,
        })
    };
    let verifier = Verifier::new(&providers::PRZELEWY24, secret("crc")).unwrap();
    let verify = |amount| {
        verifier.verify(&Head::new(&HeaderMap::new()), body(amount).to_string(), UnixTime::from_secs(0))
    };
    assert!(verify(100).unwrap().id().unwrap().is_signed());
    verify(101).unwrap_err();
}

const PRZELEWY24_SIGN: &str =
    "fb80804e9df4dbfcc2cf959e10196d6ee6f216890f0faab001bbb623daed8c1c82ab419515bae1833896c4b9ea9f6bcd";
