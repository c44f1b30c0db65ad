//! Tests of hashes of a secret and the body.

use countersign::{Head, Signer, SigningRequest, Verifier, providers};
use sha2::block_api::compress256;

use crate::support::{NOW, secret, set, signed};

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
