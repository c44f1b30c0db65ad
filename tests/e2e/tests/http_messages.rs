//! HTTP Message Signatures (RFC 9421), both ways with two libraries: they sign and we verify, we sign and they verify.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::scheme::{Algorithm, KeyFormat, Location, Scheme};
use countersign::{
    Delivery, Head, Provider, Secret, Signer, SigningRequest, Tolerance, UnixTime, Verifier, VerifyError,
};
use countersign_tests::programs::Sdk;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const LIBRARIES: [Sdk; 2] = [Sdk::Node("http-message-signatures"), Sdk::Python("http-message-signatures")];
const URL: &str = "https://hooks.example.com/in?x=1&Pet=dog";
const BODY: &str = r#"{"id":"evt_1","text":"Zoë"}"#;
const CREATED: UnixTime = UnixTime::from_secs(1_700_000_000);
/// The key of the standard's examples (RFC 9421, B.1.5).
const SHARED: &str =
    "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../../../crates/countersign/tests/data/keys/", $name))
    };
}

/// An algorithm, its name in the standard, and the keys that sign and verify.
struct Pair {
    algorithm: Algorithm,
    name: &'static str,
    private: &'static str,
    public: &'static str,
}

fn pairs() -> [Pair; 6] {
    let pair = |algorithm, name, private, public| Pair { algorithm, name, private, public };
    let (ed, ec) = (key!("ed.pkcs8.pem"), key!("ec.pkcs8.pem"));
    let (rsa, rsa_public) = (key!("rsa2048.pkcs8.pem"), key!("rsa2048.spki.pem"));
    [
        pair(Algorithm::HmacSha256, "hmac-sha256", SHARED, SHARED),
        pair(Algorithm::Ed25519, "ed25519", ed, key!("ed.spki.pem")),
        pair(Algorithm::EcdsaP256Sha256, "ecdsa-p256-sha256", ec, key!("ec.spki.pem")),
        pair(Algorithm::EcdsaP384Sha384, "ecdsa-p384-sha384", key!("p384.pkcs8.pem"), key!("p384.spki.pem")),
        pair(Algorithm::RsaPssSha512, "rsa-pss-sha512", rsa, rsa_public),
        pair(Algorithm::RsaSha256, "rsa-v1_5-sha256", rsa, rsa_public),
    ]
}

impl Pair {
    fn provider(&self) -> Provider {
        let components = "@method|@target-uri|@authority|@path|@query|content-type|content-digest";
        let scheme = Scheme::message_signature(self.algorithm, components, Tolerance::seconds(300));
        let mut provider = Provider::new("own", "Own", scheme.with_key_id(Location::signature_item("keyid")));
        if self.algorithm == Algorithm::HmacSha256 {
            provider.scheme.key = KeyFormat::base64("");
        }
        provider
    }

    /// Returns the question to a library.
    fn question(&self, key: &str, headers: &HeaderMap) -> Value {
        let pairs = headers.iter().map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap())));
        let headers: serde_json::Map<_, _> = pairs.collect();
        json!({"algorithm": self.name, "key": key, "url": URL, "headers": headers, "body": BODY})
    }

    fn verify(&self, headers: &HeaderMap, method: &str, body: &str) -> Result<Delivery, VerifyError> {
        let verifier = Verifier::new(self.provider(), Secret::new(self.public).unwrap()).unwrap();
        let head = Head::new(headers).with_url(URL).with_method(method);
        verifier.verify(&head, body.to_owned(), CREATED)
    }
}

fn fields(value: &Value) -> HeaderMap {
    let fields = value.as_object().unwrap().iter();
    fields
        .map(|(name, value)| {
            let name = HeaderName::try_from(name).unwrap();
            (name, HeaderValue::from_str(value.as_str().unwrap()).unwrap())
        })
        .collect()
}

#[test]
fn what_they_sign_we_verify() {
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(BODY)));
    let unsigned = fields(&json!({
        "host": "hooks.example.com", "content-type": "application/json", "content-digest": digest,
    }));
    for library in LIBRARIES {
        for pair in pairs() {
            let name = format!("{library:?} {}", pair.name);
            let mut question = pair.question(pair.private, &unsigned);
            question["created"] = json!(CREATED.as_secs());
            question["components"] = json!([
                "@method",
                "@target-uri",
                "@authority",
                "@path",
                "@query",
                "content-type",
                "content-digest",
            ]);
            let headers = fields(&library.message("sign", question)["headers"]);
            let delivery =
                pair.verify(&headers, "POST", BODY).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(delivery.is_body_signed() && delivery.timestamp().unwrap().is_signed(), "{name}");
            assert!(pair.verify(&headers, "PUT", BODY).is_err(), "{name}: another method");
            assert!(pair.verify(&headers, "POST", "{}").is_err(), "{name}: another body");
        }
    }
}

#[test]
fn what_we_sign_they_verify() {
    for library in LIBRARIES {
        for pair in pairs() {
            let name = format!("{library:?} {}", pair.name);
            let signer = Signer::new(pair.provider(), Secret::new(pair.private).unwrap()).unwrap();
            let request = SigningRequest::new(BODY, CREATED)
                .with_url(URL)
                .with_header(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let mut headers = signer.sign(&request).unwrap();
            headers.insert("content-type", HeaderValue::from_static("application/json"));
            headers.insert("host", HeaderValue::from_static("hooks.example.com"));
            let answer = library.message("verify", pair.question(pair.public, &headers));
            assert_eq!(answer, json!({"ok": true}), "{name}");

            headers.insert("content-type", HeaderValue::from_static("text/plain"));
            let answer = library.message("verify", pair.question(pair.public, &headers));
            assert_eq!(answer["ok"], json!(false), "{name}: another header");
        }
    }
}
