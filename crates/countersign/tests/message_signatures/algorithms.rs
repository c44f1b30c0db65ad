//! Tests of the algorithms, and of the form of their signatures.

use countersign::scheme::{Algorithm, Encoding, Location, MessageSignatureRules, Scheme, SignatureField};
use countersign::{Provider, Secret, Signer, SigningRequest};
use http::{HeaderName, HeaderValue};

use crate::support::{B25, BODY, CREATED, SHARED, URL, key, kind, message, provider, shared, verify};

#[test]
fn what_signs_verifies_under_every_algorithm() {
    let components = r#"@method|@target-uri|@authority|@scheme|@request-target|@path|@query|@query-param;name="Pet"|content-type|content-digest"#;
    for (algorithm, private, public) in [
        (Algorithm::HmacSha256, SHARED, SHARED),
        (Algorithm::Ed25519, key!("ed.pkcs8.pem"), key!("ed.spki.pem")),
        (Algorithm::EcdsaP256Sha256, key!("ec.pkcs8.pem"), key!("ec.spki.pem")),
        (Algorithm::EcdsaP384Sha384, key!("p384.pkcs8.pem"), key!("p384.spki.pem")),
        (Algorithm::RsaSha256, key!("rsa2048.pkcs8.pem"), key!("rsa2048.spki.pem")),
        (Algorithm::RsaPssSha512, key!("rsa2048.pkcs8.pem"), key!("rsa2048.spki.pem")),
    ] {
        let mut own = provider(algorithm, components);
        own.event.id = Some(Location::signature_item("nonce"));
        own.scheme.message_signature =
            Some(MessageSignatureRules::new(components).with_label("own").with_tag("app"));
        let json = HeaderValue::from_static("application/json");
        let request = SigningRequest::new(BODY, CREATED)
            .with_url(URL)
            .with_id("n1")
            .with_header(HeaderName::from_static("content-type"), json.clone());
        let signer = Signer::new(own.clone(), Secret::new(private).unwrap()).unwrap();
        let mut headers = signer.sign(&request).unwrap();
        headers.insert("content-type", json);
        let input = headers["signature-input"].to_str().unwrap();
        assert!(input.ends_with(";nonce=\"n1\";tag=\"app\""), "{input}");
        let delivery = verify(own.clone(), public, &headers).unwrap();
        assert!(delivery.id().unwrap().is_signed() && delivery.is_body_signed());
        assert_eq!(delivery.id().unwrap().as_str(), "n1");
        let text = headers["signature"].to_str().unwrap().to_owned();
        for at in 5..text.len() - 1 {
            let mut changed = text.clone().into_bytes();
            let byte = changed.get_mut(at).unwrap();
            *byte = if *byte == b'A' { b'B' } else { b'A' };
            headers.insert("signature", HeaderValue::from_bytes(&changed).unwrap());
            if algorithm != Algorithm::HmacSha256 && at % 8 != 0 {
                continue;
            }
            verify(own.clone(), public, &headers).unwrap_err();
        }
    }
}

#[test]
fn a_signature_has_one_form_in_base64() {
    let (rest, last) = B25[1].split_at(B25[1].len() - 3);
    assert!(last.ends_with("=:"), "two bits of the last digit are left over");
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = digits.find(&last[..1]).unwrap();
    let forms = digits.chars().enumerate().filter(|(at, _)| at / 4 == digit / 4);
    let verdicts = forms.map(|(_, other)| {
        kind(verify(shared("date"), SHARED, &message(B25[0], &format!("{rest}{other}=:"))))
    });
    let mut verdicts: Vec<_> = verdicts.collect();
    verdicts.sort_unstable();
    assert_eq!(verdicts, ["malformed_signature", "malformed_signature", "malformed_signature", "valid"]);
}

#[test]
fn ecdsa_over_p256_signs_a_message_with_two_numbers_and_no_der() {
    let own = || provider(Algorithm::EcdsaP256Sha256, "@method");
    let private = Secret::new(key!("ec.pkcs8.pem")).unwrap();
    let signer = Signer::new(own(), private.clone()).unwrap();
    let mut signed = signer.sign(&SigningRequest::new(BODY, CREATED).with_url(URL)).unwrap();
    assert_eq!(kind(verify(own(), key!("ec.spki.pem"), &signed)), "valid");
    let (label, params) = signed["signature-input"].to_str().unwrap().split_once('=').unwrap();
    let base = format!("\"@method\": POST\n\"@signature-params\": {params}");
    // The same key over the same bytes, as other providers write it.
    let field = SignatureField::header("signature", Encoding::Base64);
    let plain = Provider::new("plain", "Plain", Scheme::new(Algorithm::EcdsaP256Sha256, field, "{body}"));
    let der = Signer::new(plain, private).unwrap().signature(&SigningRequest::new(base, CREATED)).unwrap();
    let der = HeaderValue::try_from(format!("{label}=:{der}:")).unwrap();
    signed.insert("signature", der);
    assert_eq!(kind(verify(own(), key!("ec.spki.pem"), &signed)), "signature_mismatch");
}
