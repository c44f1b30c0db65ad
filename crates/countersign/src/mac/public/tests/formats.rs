//! Tests of the formats that keys are read in, and of the errors about others.

use super::support::{base64, body, key, loaded, sign, unhex, verify};
use crate::mac::Role;
use crate::scheme::{Algorithm, Encoding};

#[test]
fn a_key_is_read_in_every_format_that_it_is_handed_out_in() {
    let seed = unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let public = unhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let pair = [&seed[..], &public].concat();
    let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    // RFC 8032, 7.1, test 1, with the empty message.
    let expected = unhex(concat!(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b",
        "d25bf5f0595bbe24655141438e7a100b"
    ));
    let prefixed = |prefix: &str, bytes: &[u8]| format!("{prefix}{}", base64(bytes));
    let seed_of_rfc = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    for text in [seed_of_rfc.to_owned(), base64(&seed), prefixed("whsk_", &pair), prefixed("whsk_", &seed)] {
        assert_eq!(sign(Algorithm::Ed25519, &text, b"", Encoding::Base64).unwrap(), base64(&expected));
    }
    let hex = const_hex::encode(&public);
    let unpadded = base64(&public).trim_end_matches('=').to_owned();
    for text in [hex.to_uppercase(), hex, unpadded, prefixed("whpk_", &public), jwk.to_owned()] {
        assert_eq!(verify(Algorithm::Ed25519, &text, b"", &base64(&expected)), Ok(true), "{text}");
    }

    for (algorithm, private, public) in [
        (Algorithm::Ed25519, &[key!("ed.pkcs8.pem")][..], &[key!("ed.spki.pem")][..]),
        (Algorithm::EcdsaP256Sha256, &[key!("ec.pkcs8.pem"), key!("ec.sec1.pem")], &[key!("ec.spki.pem")]),
        (
            Algorithm::RsaSha256,
            &[key!("rsa2048.pkcs8.pem"), key!("rsa2048.pkcs1.pem")],
            &[key!("rsa2048.spki.pem"), key!("rsa2048.pkcs1-public.pem"), key!("rsa2048.cert.pem")],
        ),
    ] {
        let signature = sign(algorithm, private[0], b"x", Encoding::Base64).unwrap();
        for pem in private {
            for text in [(*pem).to_owned(), body(pem), pem.replace('\n', "\r\n"), pem.replace('\n', "\\n")] {
                assert_eq!(sign(algorithm, &text, b"x", Encoding::Base64).unwrap(), signature, "{text}");
            }
        }
        for pem in public {
            for text in [(*pem).to_owned(), body(pem), pem.replace('\n', "\r\n"), pem.replace('\n', "\\n")] {
                assert_eq!(verify(algorithm, &text, b"x", &signature), Ok(true), "{text}");
            }
        }
    }
    sign(Algorithm::EcdsaP256Sha256, key!("ec.parameters.pem"), b"", Encoding::Hex).unwrap();
}

#[test]
fn the_wrong_key_is_refused_with_the_cure() {
    use Algorithm::{EcdsaP256Sha1, EcdsaP256Sha256, Ed25519, RsaSha1, RsaSha256};
    use Role::{Signer, Verifier};
    let pair = format!("whsk_{}", base64([7; 64]));
    let jwk = |fields: &str| format!("{{{fields}}}");
    for (algorithm, role, key, problem) in [
        (Ed25519, Verifier, key!("ed.pkcs8.pem"), "is a private key; the verifier needs the public one"),
        (
            EcdsaP256Sha256,
            Verifier,
            key!("ec.sec1.pem"),
            "is a private key; the verifier needs the public one",
        ),
        (
            RsaSha256,
            Verifier,
            key!("rsa2048.pkcs1.pem"),
            "is a private key; the verifier needs the public one",
        ),
        (
            Ed25519,
            Verifier,
            &pair,
            "is a private key (`whsk_…`); the verifier needs the public one (`whpk_…`)",
        ),
        (Ed25519, Verifier, &base64([7; 64]), "is a private key; the verifier needs the public one"),
        (Ed25519, Signer, &pair, "public half does not belong to the private one"),
        (Ed25519, Signer, "whpk_AA", "is a public key (`whpk_…`)"),
        (Ed25519, Signer, key!("ed.spki.pem"), "is a public key; the signer needs the private one"),
        (EcdsaP256Sha1, Signer, key!("ec.spki.pem"), "is a public key; the signer needs the private one"),
        (RsaSha1, Signer, key!("rsa2048.cert.pem"), "is a public key; the signer needs the private one"),
        (Ed25519, Verifier, key!("rsa2048.spki.pem"), "is an RSA key, and the scheme needs an Ed25519 key"),
        (
            EcdsaP256Sha256,
            Verifier,
            key!("rsa2048.cert.pem"),
            "is an RSA key, and the scheme needs a P-256 key",
        ),
        (
            EcdsaP256Sha256,
            Verifier,
            key!("p384.spki.pem"),
            "is a P-384 key, and the scheme needs a P-256 key",
        ),
        (RsaSha256, Verifier, key!("ed.spki.pem"), "is an Ed25519 key, and the scheme needs an RSA key"),
        (Ed25519, Verifier, key!("x25519.spki.pem"), "is an X25519 key, which signs nothing"),
        (RsaSha256, Verifier, key!("rsa1024.spki.pem"), "is an RSA key of 1024 bits"),
        (RsaSha256, Signer, key!("rsa.encrypted.pem"), "is protected by a passphrase"),
        (Ed25519, Verifier, "AQID", "has 3 bytes, and an Ed25519 key has 32"),
        (Ed25519, Verifier, "not a key!", "is in no format that keys are read in"),
        (RsaSha256, Verifier, &base64([7; 32]), "is in no format that keys are read in"),
        (RsaSha256, Verifier, "{", "looks like a JSON Web Key and is none"),
        (RsaSha256, Verifier, &jwk(r#""kty":"RSA","n":"AQAB","e":"AQAB"#), "looks like a JSON Web Key"),
        (
            RsaSha256,
            Verifier,
            &jwk(r#""kty":"RSA","n":"AQAB","e":"AQAB","d":"AQ""#),
            "is a private JSON Web Key",
        ),
        (RsaSha256, Verifier, &jwk(r#""kty":"RSA","use":"enc""#), "for something else"),
        (RsaSha256, Verifier, &jwk(r#""kty":"RSA","e":"AQAB""#), "without a proper `n`"),
        (RsaSha256, Verifier, &jwk(r#""kty":"RSA","n":"AQAB","e":"AQAB""#), "is an RSA key of 17 bits"),
        (
            EcdsaP256Sha256,
            Verifier,
            &jwk(r#""kty":"EC","crv":"P-256","x":"AQ","y":"AQ""#),
            "proper `x` and `y`",
        ),
        (EcdsaP256Sha256, Verifier, &jwk(r#""kty":"EC","crv":"P-521","x":"AA","y":"AA""#), "is a P-521 key"),
    ] {
        let error = loaded(algorithm, role, key).err().unwrap();
        assert!(error.starts_with("`secret`:") && error.contains(problem), "{algorithm:?} {key}: {error}");
    }
}
