//! Tests of RSA keys and signatures.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign::{Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, providers};
use serde_json::json;

use crate::public_keys::numbers;
use crate::support::{key, verifier};

#[test]
fn an_rsa_key_with_an_unusable_exponent_or_modulus_is_refused() {
    let (n, _) = numbers();
    let mut even = n.clone();
    even[255] &= 0xfe;
    let jwk = |n: &[u8], e: &[u8]| {
        json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode(n), "e": URL_SAFE_NO_PAD.encode(e)}).to_string()
    };
    let spki = |e: &[u8]| {
        let integer = |number: &[u8]| {
            let length = u16::try_from(number.len()).unwrap().to_be_bytes();
            [&[2, 0x82], &length[..], number].concat()
        };
        let within = |tag: u8, content: &[u8]| {
            let length = u16::try_from(content.len()).unwrap().to_be_bytes();
            [&[tag, 0x82], &length[..], content].concat()
        };
        let short = |number: &[u8]| [&[2, u8::try_from(number.len()).unwrap()], number].concat();
        let pkcs1 = within(0x30, &[integer(&[&[0], &n[..]].concat()), short(e)].concat());
        format!("-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n", STANDARD.encode(pkcs1))
    };
    let families = || [&providers::WISE, &providers::FUSIONAUTH, &providers::KINDE, &providers::AWS_SNS];
    let large = [1, 0, 0, 0, 0, 1];
    for exponent in [&[0][..], &[1], &[2], &[4], &[1, 0, 0], &[0, 0, 1], &[1, 0, 2], &large] {
        for provider in families() {
            let error = verifier(provider, &jwk(&n, exponent)).map(drop);
            assert!(error.is_err(), "{}: an exponent of {exponent:?} is taken", provider.slug);
            assert_eq!(error.unwrap_err().field(), "secret");
            if exponent.len() == 1 {
                assert!(verifier(provider, &spki(exponent)).is_err(), "{}, PEM: {exponent:?}", provider.slug);
            }
        }
    }
    for provider in families() {
        for exponent in [&[3][..], &[17], &[1, 0, 1], &[0, 1, 0, 1]] {
            verifier(provider, &jwk(&n, exponent)).unwrap();
        }
        assert!(verifier(provider, &jwk(&even, &[1, 0, 1])).is_err(), "{}: even modulus", provider.slug);
        for length in [64, 128, 255] {
            assert!(verifier(provider, &jwk(&n[256 - length..], &[1, 0, 1])).is_err(), "{length} bytes");
        }
        assert!(verifier(provider, key!("rsa1024.spki.pem")).is_err(), "{}", provider.slug);
    }
    // In a published set, too.
    let set = format!(r#"{{"keys":[{}]}}"#, jwk(&n, &[1]));
    let set = SecretSet::from_jwks(&set).unwrap();
    assert!(Verifier::new(&providers::WISE, set.clone()).is_err());
    assert!(Verifier::new(&providers::KINDE, set).is_err());
}

#[test]
fn rsa_with_sha_512_verifies_what_openssl_signs() {
    use countersign::scheme::{Algorithm, Encoding, Scheme, SignatureField};

    let signature = SignatureField::header("x-signature", Encoding::Base64);
    let provider = Provider::new("own", "Own", Scheme::new(Algorithm::RsaSha512, signature, "{body}"));
    let secret = |text| Secret::new(text).unwrap();
    let now = UnixTime::from_secs(0);
    let signer = Signer::new(provider.clone(), secret(key!("rsa2048.pkcs8.pem"))).unwrap();
    let headers = signer.sign(&SigningRequest::new("body", now)).unwrap();
    // `printf %s body | openssl dgst -sha512 -sign rsa2048.pkcs8.pem`, which is the same each time.
    assert_eq!(headers["x-signature"], RSA_SHA512);
    let verifier = Verifier::new(provider, secret(key!("rsa2048.spki.pem"))).unwrap();
    assert!(verifier.verify(&countersign::Head::new(&headers), "body", now).is_ok());
    assert!(verifier.verify(&countersign::Head::new(&headers), "bodz", now).is_err());
}

const RSA_SHA512: &str = concat!(
    "WUUydKq51H2jJsC9BqgiMTjIBq6X1yIjvNvzq12Du4ubN2Lo7sLDWNTWrtqrR727YZVHXb9eYMotxYd6Cww6j5i82LxorlNz",
    "U3tJ207QqCV1JyJR3AtEWkSEbTst4UnnYSDnaQF8RBKhFg93k1GhYOSZKvjQ4nEzHCTLTClCVXisjesgb+KwAxGBsIyKK4Iq",
    "2IvrwPUbB9Z6lE6PWzZpoyvXQz+BhbunlgJAxVgNEiWDH1T6zErOhJ/GXpUWkqBWrANvxarRWl5NnoLzOU3gNHQxRcCup1wp",
    "u+IPAl7FCorpe2FUAJX9uUgfwBSf8TDyOZK1vO1QNMD4t0y2HKszTQ==",
);
