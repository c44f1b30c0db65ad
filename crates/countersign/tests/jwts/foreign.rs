//! Tests of JWTs that other libraries made.

use std::collections::BTreeMap;

use countersign::{Delivery, Head, Secret, SecretSet, UnixTime, Verifier, VerifyError, providers};
use serde::Deserialize;

use crate::support::{JWKS, URL, filled, in_header, key, part, verdict};

#[derive(Deserialize)]
struct JwtVectors {
    secret: String,
    now: i64,
    jwts: Vec<Foreign>,
}

/// A JWT made by another library.
#[derive(Deserialize)]
struct Foreign {
    name: String,
    provider: String,
    jwt: String,
    body: String,
    url: Option<String>,
    secret: String,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    expect: Option<String>,
}

#[test]
fn what_other_libraries_sign_verifies() {
    for file in [include_str!("../data/jwts/pyjwt.json"), include_str!("../data/jwts/node.json")] {
        let JwtVectors { secret, now, jwts } = serde_json::from_str(file).unwrap();
        for foreign in jwts {
            let verdict = foreign.verify(&secret, now);
            assert!(verdict.is_ok(), "{}: {verdict:?}", foreign.name);
        }
    }
}

#[test]
fn forged_and_malformed_jwts_are_refused() {
    let JwtVectors { secret, now, jwts } =
        serde_json::from_str(include_str!("../data/jwts/refused.json")).unwrap();
    assert!(jwts.len() > 25);
    for foreign in jwts {
        let error = foreign.verify(&secret, now).expect_err(&foreign.name);
        assert_eq!(Some(error.kind().as_str()), foreign.expect.as_deref(), "{}: {error}", foreign.name);
    }
}

impl Foreign {
    fn verify(&self, text: &str, now: i64) -> Result<Delivery, VerifyError> {
        let provider = filled(&self.provider, &self.parameters);
        // A declaration that also accepts public keys accepts a text only if the developer enables it.
        let provider = if self.secret == "text" { provider.with_shared_secrets() } else { provider };
        let secret = match self.secret.as_str() {
            "text" => text.to_owned(),
            "jwks" => JWKS.to_owned(),
            file => key(file),
        };
        let headers = in_header(&provider, &self.jwt);
        let head = Head::new(&headers).with_url(self.url.as_deref().unwrap_or(URL));
        let verifier = Verifier::new(provider, Secret::new(secret.trim_end()).unwrap()).unwrap();
        verifier.verify(&head, self.body.clone(), UnixTime::from_secs(now))
    }
}

#[test]
fn a_published_set_is_a_set_of_keys_for_jwts() {
    let JwtVectors { now, jwts, .. } = serde_json::from_str(include_str!("../data/jwts/pyjwt.json")).unwrap();
    let now = UnixTime::from_secs(now);
    for foreign in jwts.iter().filter(|foreign| foreign.secret == "jwks") {
        let provider = filled(&foreign.provider, &foreign.parameters);
        let headers = in_header(&provider, &foreign.jwt);
        let published = SecretSet::from_jwks(JWKS).unwrap();
        let verifier = Verifier::new(provider.clone(), published.clone()).unwrap();
        let delivery = verifier.verify(&Head::new(&headers), foreign.body.clone(), now).unwrap();
        assert_eq!(delivery.key(), part_of(foreign)["kid"], "{}", foreign.name);
        // Looked up by the name in the JWT.
        let keyless = Verifier::keyless(provider).unwrap();
        let mut intake = keyless.begin(&Head::new(&headers), now).unwrap();
        intake.push(foreign.body.clone()).unwrap();
        assert_eq!(intake.key_id().unwrap(), part_of(foreign)["kid"]);
        intake.with_secrets(&published).unwrap().finish(now).unwrap();
        let refused = keyless.verify(&Head::new(&headers), foreign.body.clone(), now);
        assert_eq!(verdict(refused), "signature_mismatch");
    }
    let error = Verifier::new(&providers::NETLIFY, SecretSet::from_jwks(JWKS).unwrap()).unwrap_err();
    assert!(error.to_string().contains("these JWTs are signed with HS256"), "{error}");
}

/// Returns the header of its JWT.
fn part_of(foreign: &Foreign) -> serde_json::Value {
    part(if foreign.jwt.is_empty() { &foreign.body } else { &foreign.jwt }, 0)
}
