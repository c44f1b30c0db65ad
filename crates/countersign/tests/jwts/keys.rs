//! Tests of the keys of JWTs: their forms, their algorithms, and which of several is tried.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign::{Head, Secret, SecretSet, Signer, UnixTime, Verifier, VerifyError, providers};
use http::HeaderValue;

use crate::support::{
    BODY, Fixture, JWKS, NOW, SECRET, URL, base64_of, filled, in_header, key, parameters,
    providers_with_jwts, verdict,
};

#[test]
fn a_key_is_what_the_scheme_can_use() {
    let build = |slug: &str, text: &str| {
        Verifier::new(filled(slug, &parameters()), Secret::new(text.trim_end()).unwrap())
            .map(drop)
            .map_err(|error| error.to_string())
    };
    let rsa = key("rsa2048.spki.pem");
    let encoded = {
        let der: String = rsa.lines().filter(|line| !line.starts_with("-----")).collect();
        (der, base64_of(&rsa))
    };
    for text in [&rsa, &key("rsa2048.cert.pem"), JWKS, &encoded.0, &encoded.1, &rsa.replace('\n', "\\n")] {
        build("lago", text).unwrap();
        let error = build("messagebird", text).unwrap_err();
        assert!(error.contains("these JWTs are signed with HS256"), "{error}");
    }
    let private =
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"AA"}"#;
    let short = r#"{"kty":"OKP","crv":"Ed25519","x":"AQID"}"#;
    let other_curve = r#"{"kty":"OKP","crv":"P-256","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let der: String = key("ec.spki.pem").lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(der).unwrap();
    let point = &der[der.len() - 64..];
    let [x, y] = [&point[..32], &point[32..]].map(|half| URL_SAFE_NO_PAD.encode(half));
    let on = |curve: &str| format!(r#"{{"kty":"EC","crv":"{curve}","x":"{x}","y":"{y}"}}"#);
    build("plaid", &on("P-256")).unwrap();
    let short_modulus = [[0; 2].as_slice(), &[0xff; 255]].concat();
    let zeros_before_a_short_modulus =
        format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"}}"#, URL_SAFE_NO_PAD.encode(short_modulus));
    for (slug, text, problem) in [
        ("lago", &*key("ec.spki.pem"), "is a key on an elliptic curve"),
        ("lago", SECRET, "is a shared secret"),
        ("plaid", &key("p384.spki.pem"), "is a key on an elliptic curve"),
        ("lago", &key("rsa1024.spki.pem"), "1024 bits"),
        ("lago", &key("rsa2048.pkcs8.pem"), "is a private key"),
        ("fusionauth", private, "is a private key"),
        ("fusionauth", short, "in no format"),
        ("fusionauth", other_curve, "`crv`"),
        ("plaid", &on("P-384"), "`crv`"),
        ("plaid", &on("P-521"), "is a P-521 key"),
        ("plaid", &on("Ed25519"), "`crv`"),
        ("fusionauth", r#"{"keys":[]}"#, "without a key"),
        ("fusionauth", r#"{"secret":"x"}"#, "neither a JWK nor a JWKS"),
        ("fusionauth", "-----BEGIN PUBLIC KEY-----\nAQID\n-----END PUBLIC KEY-----", "in no format"),
        ("fusionauth", r#"{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}"#, "not for verifying"),
        ("fusionauth", r#"{"kty":"oct","k":""}"#, "empty key"),
        ("fusionauth", &zeros_before_a_short_modulus, "2040 bits"),
    ] {
        let error = build(slug, text).unwrap_err();
        assert!(error.contains(problem), "{slug}: {error}");
    }
    build("fusionauth", r#"{"kty":"oct","k":"c2VjcmV0","alg":"HS256"}"#).unwrap();
    let der: String = key("p384.spki.pem").lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(der).unwrap();
    let point = &der[der.len() - 96..];
    let [x384, y384] = [&point[..48], &point[48..]].map(|half| URL_SAFE_NO_PAD.encode(half));
    let mut both = filled("plaid", &parameters());
    both.scheme.jwt.as_mut().unwrap().algorithms = "ES256|ES384".into();
    for (curve, x, y, fits) in [
        ("P-256", &x, &y, true),
        ("P-384", &x384, &y384, true),
        ("P-384", &x, &y, false),
        ("P-256", &x384, &y384, false),
    ] {
        let jwk = format!(r#"{{"kty":"EC","crv":"{curve}","x":"{x}","y":"{y}"}}"#);
        let built = Verifier::new(both.clone(), Secret::new(jwk).unwrap());
        assert_eq!(built.is_ok(), fits, "{curve} {x}");
    }
    let public = Secret::new(rsa.trim_end()).unwrap();
    assert!(Signer::new(filled("lago", &parameters()), public).is_err());
}

#[test]
fn the_error_for_a_jwt_of_another_algorithm_lists_the_accepted_ones_once() {
    let mut provider = providers::NETLIFY.clone();
    provider.scheme.jwt.as_mut().unwrap().algorithms = "HS256|HS384".into();
    let secret = |text: &str| Secret::new(text).unwrap();
    let secrets = SecretSet::new(secret("new")).with("old", secret("old"));
    let jwt = format!("{}.e30.AQI", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#));
    let headers = in_header(&provider, &jwt);
    let verifier = Verifier::new(provider, secrets).unwrap();
    let error = verifier.verify(&Head::new(&headers), BODY, UnixTime::from_secs(NOW)).unwrap_err();
    assert_eq!(error, VerifyError::UnsupportedJwtAlgorithm { accepted: "HS256|HS384".to_owned() });
}

#[test]
fn several_secrets_are_several_keys() {
    let fixture = Fixture::new(&providers::NETLIFY);
    let old = Secret::new("old").unwrap();
    let set = SecretSet::named("new", old).with("old", fixture.secret.clone());
    let verifier = Verifier::new(fixture.provider.clone(), set).unwrap();
    let delivery = verifier.verify(&fixture.head(), fixture.body.clone(), UnixTime::from_secs(NOW)).unwrap();
    assert_eq!(delivery.key(), "old");
    let now = UnixTime::from_secs(NOW);
    let past = SecretSet::new(Secret::new("new").unwrap()).with_until(
        "old",
        fixture.secret.clone(),
        UnixTime::from_secs(NOW - 1),
    );
    let verifier = verifier.with_secrets(&past).unwrap();
    assert_eq!(verdict(verifier.verify(&fixture.head(), fixture.body.clone(), now)), "signature_mismatch");
    assert!(!format!("{verifier:?}").contains("new secret"));
}

/// The sender chooses whether a JWT names its key: it is verified with 16 keys at most, and with fewer where each
/// verification takes longer or there are two readings of the content, but always with two.
#[test]
fn a_jwt_that_names_no_key_is_tried_with_few() {
    let mut tried = Vec::new();
    for declared in providers_with_jwts() {
        let fixture = Fixture::new(declared);
        let later = UnixTime::from_secs(NOW + 3_600);
        let set = (1..20).fold(SecretSet::new(fixture.secret.clone()), |set, number| {
            set.with_until(format!("key {number}"), fixture.secret.clone(), later)
        });
        let is_in_body =
            !fixture.headers.values().any(|value| value.as_bytes().windows(3).any(|at| at == b"eyJ"));
        let forged = |text: &[u8]| {
            let text = std::str::from_utf8(text).unwrap();
            let (head, signature) = text.rsplit_once('.').unwrap();
            let first = if signature.starts_with('A') { "B" } else { "A" };
            format!("{head}.{first}{}", &signature[1..])
        };
        let mut headers = fixture.headers.clone();
        for value in headers.values_mut().filter(|value| value.as_bytes().windows(3).any(|at| at == b"eyJ")) {
            *value = HeaderValue::from_str(&forged(value.as_bytes())).unwrap();
        }
        let body = if is_in_body { forged(&fixture.body).into_bytes() } else { fixture.body.clone() };
        let verifier = Verifier::new(fixture.provider.clone(), set).unwrap();
        let verified = verifier.verify(&Head::new(&headers).with_url(URL), body, UnixTime::from_secs(NOW));
        let VerifyError::SignatureMismatch { keys } = verified.unwrap_err() else {
            panic!("{}", fixture.provider.slug)
        };
        let rules = fixture.provider.scheme.jwt.as_ref().unwrap();
        let weight = match rules.algorithms.split('|').next().unwrap() {
            "ES512" => 5,
            "ES384" => 3,
            _ => 1,
        };
        let readings = 1 + usize::from(fixture.provider.scheme.any_trailing_slash);
        assert_eq!(keys, (16 / readings / weight).max(2), "{}", fixture.provider.slug);
        tried.push(keys);
    }
    assert!(tried.contains(&16) && tried.contains(&2), "{tried:?}");
}

#[test]
fn debug_shows_no_key() {
    let fixture = Fixture::new(&providers::NETLIFY);
    let signer = Signer::new(fixture.provider.clone(), fixture.secret.clone()).unwrap();
    for shown in [format!("{:?}", fixture.verifier()), format!("{signer:?}")] {
        assert!(!shown.contains("Everybody"), "{shown}");
    }
}
