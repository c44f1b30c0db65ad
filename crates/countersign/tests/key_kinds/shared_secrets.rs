//! Tests of schemes with secrets of several kinds, and of hashes that few providers use.

use countersign::{Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
use serde_json::json;

#[test]
fn polars_secrets_of_both_kinds_verify_and_the_newer_kind_signs() {
    // The same secret before September 2026 (the key is the text) and since then (the key is the Base64 after
    // `whsec_`).
    let secret = || Secret::new("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=").unwrap();
    let body = r#"{"type":"order.created","timestamp":"2026-09-20T10:00:00Z","data":{"id":"ord-1"}}"#;
    let now = UnixTime::from_secs(1_790_000_000);
    let (old, new) = (
        "v1,8A4gXAi333K3dYglOxCsTxmehbE0trg5AY2eKKMhZAw=",
        "v1,EeVOdkV0Z1B9ALP7tcT/g+FeJLKDf+gGJ16F3J/34x8=",
    );
    let verifier = Verifier::new(&providers::POLAR, secret()).unwrap();
    for (signature, accepted) in [(old, true), (new, true), (&*old.replace('8', "9"), false)] {
        let mut headers = http::HeaderMap::new();
        for (name, value) in
            [("webhook-id", "msg_1"), ("webhook-timestamp", "1790000000"), ("webhook-signature", signature)]
        {
            headers.insert(name, value.parse().unwrap());
        }
        let verdict = verifier.verify(&countersign::Head::new(&headers), body, now);
        assert_eq!(
            verdict.map(|delivery| delivery.key() == "primary").unwrap_or_default(),
            accepted,
            "{signature}"
        );
    }
    let signer = Signer::new(&providers::POLAR, secret()).unwrap();
    let signed = signer.sign(&SigningRequest::new(body, now).with_id("msg_1")).unwrap();
    assert_eq!(signed["webhook-signature"], new);
}

#[test]
fn plain_and_longer_hashes_verify_what_openssl_computes() {
    use countersign::scheme::{Algorithm, Encoding, Scheme, SignatureField};

    // `printf %s 'bodysecret' | openssl dgst -md5` (and -sha512), `printf %s body | openssl dgst -sha384 -hmac secret`.
    for (algorithm, content, expected) in [
        (Algorithm::Md5, "{body}{secret}", MD5),
        (Algorithm::Sha512, "{body}{secret}", SHA512),
        (Algorithm::HmacSha384, "{body}", HMAC_SHA384),
    ] {
        let signature = SignatureField::header("x-signature", Encoding::Hex);
        let provider = Provider::new("own", "Own", Scheme::new(algorithm, signature, content));
        provider.check().unwrap();
        let secret = || Secret::new("secret").unwrap();
        let now = UnixTime::from_secs(0);
        let headers =
            Signer::new(provider.clone(), secret()).unwrap().sign(&SigningRequest::new("body", now));
        let headers = headers.unwrap();
        assert_eq!(headers["x-signature"], expected, "{algorithm:?}");
        let verifier = Verifier::new(provider, secret()).unwrap();
        assert!(verifier.verify(&countersign::Head::new(&headers), "body", now).is_ok());
        assert!(verifier.verify(&countersign::Head::new(&headers), "bodz", now).is_err());
    }
}

const MD5: &str = "5b10c492bffea48ea107885bfec9f135";

const SHA512: &str = concat!(
    "9118e238c8c9582e3b9eab23e2731d79592328e1ab4d68a844f28de576e75ef1",
    "56f5025222d324e767c68d621bc8f992256d556c5d2841cf28ac0890a8e74a8b"
);

const HMAC_SHA384: &str =
    "ad10d2f2362ff0d063353e51c631bd545244456ef64ea31871021a1681e44e973c7913cbde7bd978cfd254a83ab2ae19";

#[test]
fn midtrans_signs_order_status_and_amount() {
    // SHA-512 of "order-10" "200" "10000.00" "server-key", by OpenSSL.
    let verifier = Verifier::new(&providers::MIDTRANS, Secret::new("server-key").unwrap()).unwrap();
    let body = |amount: &str| {
        json!({"order_id": "order-10", "status_code": "200", "gross_amount": amount, "transaction_id": "t1",
            "transaction_status": "settlement", "signature_key": MIDTRANS})
        .to_string()
    };
    let verify = |body: String| {
        let headers = http::HeaderMap::new();
        verifier.verify(&countersign::Head::new(&headers), body, UnixTime::from_secs(0))
    };
    let delivery = verify(body("10000.00")).unwrap();
    assert!(!delivery.is_body_signed() && delivery.id().is_none());
    assert!(!delivery.event_type().unwrap().is_signed());
    assert!(verify(body("10000.01")).is_err());
}

const MIDTRANS: &str = concat!(
    "079441744ebccde64c383b6cacebfc1fd97c690ee50d12e992ffb2826844b2b31f5c55e2fa069adef870028280c90a36",
    "43e1a1aaab49227d70699f298da4f4a7",
);
