//! Tests of JSON Web Tokens: vectors of other libraries, tokens of the signer, and tokens that must be rejected.
#![cfg(feature = "jwt")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign::scheme::{Check, Digest, Location};
use countersign::{
    CheckSubject, Delivery, Event, EventCatalog, Head, Provider, Secret, SecretSet, Signer, SigningRequest,
    Tolerance, UnixTime, UnknownEvent, Verifier, VerifyError, providers,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use serde::Deserialize;

const NOW: i64 = 1_700_000_000;
const URL: &str = "https://hooks.example.com/in?x=1";
const BODY: &str = r#"{"id":"7","type":"a.b","data":{"x":1}}"#;
const JWKS: &str = include_str!("data/tokens/jwks.json");
const SECRET: &str = "It's a Secret to Everybody";

#[derive(Deserialize)]
struct Tokens {
    secret: String,
    now: i64,
    tokens: Vec<Foreign>,
}

/// A token made by another library.
#[derive(Deserialize)]
struct Foreign {
    name: String,
    provider: String,
    token: String,
    body: String,
    url: Option<String>,
    secret: String,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    expect: Option<String>,
}

#[test]
fn what_other_libraries_sign_verifies() {
    for file in [include_str!("data/tokens/pyjwt.json"), include_str!("data/tokens/node.json")] {
        let Tokens { secret, now, tokens } = serde_json::from_str(file).unwrap();
        for foreign in tokens {
            let verdict = foreign.verify(&secret, now);
            assert!(verdict.is_ok(), "{}: {verdict:?}", foreign.name);
        }
    }
}

#[test]
fn what_nobody_should_accept_is_refused() {
    let Tokens { secret, now, tokens } =
        serde_json::from_str(include_str!("data/tokens/refused.json")).unwrap();
    assert!(tokens.len() > 25);
    for foreign in tokens {
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
        let headers = in_header(&provider, &self.token);
        let head = Head::new(&headers).with_url(self.url.as_deref().unwrap_or(URL));
        let verifier = Verifier::new(provider, Secret::new(secret.trim_end()).unwrap()).unwrap();
        verifier.verify(&head, self.body.clone(), UnixTime::from_secs(now))
    }
}

#[test]
fn every_declaration_verifies_what_it_signs() {
    for declared in providers_with_tokens() {
        let slug = &declared.slug;
        let fixture = Fixture::new(declared);
        let delivery = fixture.verify().unwrap_or_else(|error| panic!("{slug}: {error}"));
        let unsigned = ["atlassian-connect", "event-grid", "gemini-jwt", "monday", "pubsub"];
        assert_eq!(delivery.is_body_signed(), !unsigned.contains(&&**slug), "{slug}");
        assert_eq!(delivery.key(), "primary");
        if let Some(id) = delivery.id() {
            let by_body = declared.event.id.as_ref().unwrap().is_in_body() && delivery.is_body_signed();
            let by_claim = declared.event.id.as_ref().unwrap().to_string().starts_with("claim:");
            assert_eq!(id.is_signed(), by_body || by_claim, "{slug}");
        }
        assert_eq!(delivery.timestamp().is_some(), declared.scheme.timestamp.is_some(), "{slug}");
        assert!(delivery.timestamp().is_none_or(|time| time.is_signed()), "{slug}");
        // The same in pieces.
        let mut intake = fixture.verifier().begin(&fixture.head(), UnixTime::from_secs(NOW)).unwrap();
        for chunk in fixture.body.chunks(7) {
            intake.push(chunk.to_vec()).unwrap();
        }
        let delivery = intake.finish(UnixTime::from_secs(NOW)).unwrap();
        assert_eq!(&delivery.body()[..], fixture.body, "{slug}");
    }
}

#[test]
fn another_key_another_body_and_no_token_are_refused() {
    for declared in providers_with_tokens() {
        let (slug, fixture) = (&declared.slug, Fixture::new(declared));
        let other = if fixture.takes_text() { "another secret".to_owned() } else { OTHER_RSA.to_owned() };
        let rules = declared.scheme.jwt.as_ref().unwrap();
        if !rules.algorithms.starts_with("ES") {
            let verifier = Verifier::new(fixture.provider.clone(), Secret::new(other).unwrap()).unwrap();
            let verdict = verifier.verify(&fixture.head(), fixture.body.clone(), UnixTime::from_secs(NOW));
            assert_eq!(verdict.unwrap_err().kind().as_str(), "signature_mismatch", "{slug}");
        }
        if fixture.headers.is_empty() {
            assert_eq!(fixture.verdict(b"", NOW), "missing_signature", "{slug}");
            continue;
        }
        let verdict = fixture.verdict(br#"{"type":"c.d"}"#, NOW);
        let expected = match () {
            _ if rules.detached => "signature_mismatch",
            _ if fixture.verify().unwrap().is_body_signed() => "body_hash_mismatch",
            _ => "valid",
        };
        assert_eq!(verdict, expected, "{slug}");
        let bare = HeaderMap::new();
        let error =
            fixture.verifier().verify(&Head::new(&bare).with_url(URL), BODY, UnixTime::from_secs(NOW));
        assert_eq!(error.unwrap_err().kind().as_str(), "missing_signature", "{slug}");
    }
}

#[test]
fn a_changed_letter_anywhere_in_a_token_is_refused() {
    for declared in [&providers::MESSAGEBIRD, &providers::PLAID, &providers::CONSTANT_CONTACT] {
        let mut fixture = Fixture::new(declared);
        let (name, token) = fixture.token();
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            fixture.headers.insert(name.clone(), HeaderValue::from_bytes(&changed).unwrap());
            assert!(fixture.verify().is_err(), "{} at {at}", declared.slug);
        }
    }
}

#[test]
fn a_token_lives_as_long_as_it_says() {
    let fixture = Fixture::new(&providers::MESSAGEBIRD);
    for (at, verdict) in [(-6, "timestamp_too_new"), (-5, "valid"), (65, "valid"), (66, "timestamp_too_old")]
    {
        assert_eq!(fixture.verdict(&fixture.body, NOW + at), verdict, "{at}");
    }
    let fixture = Fixture::new(&providers::PLAID);
    for (at, verdict) in [(-301, "timestamp_too_new"), (60, "valid"), (61, "timestamp_too_old")] {
        assert_eq!(fixture.verdict(&fixture.body, NOW + at), verdict, "{at}");
    }
    let fixture = Fixture::new(&providers::CONSTANT_CONTACT);
    for (at, verdict) in [(-301, "timestamp_too_new"), (300, "valid"), (301, "timestamp_too_old")] {
        assert_eq!(fixture.verdict(&fixture.body, NOW + at), verdict, "{at}");
    }
    let lenient = Verifier::builder(&providers::MESSAGEBIRD, Secret::new(SECRET).unwrap());
    let lenient = lenient.with_tolerance(Tolerance::seconds(600)).build().unwrap();
    let fixture = Fixture::new(&providers::MESSAGEBIRD);
    assert!(lenient.verify(&fixture.head(), fixture.body.clone(), UnixTime::from_secs(NOW + 660)).is_ok());
}

#[test]
fn the_canonical_request_of_atlassian_has_the_published_digest() {
    // sha256("GET&/test&param=value")
    let qsh = "be16910858a41fd19ea5c1b4e9decca9a784d1024cb00b2158defe2f29dc86dd";
    let provider = &providers::ATLASSIAN_CONNECT;
    let url = "https://app.example.com/test?param=value";
    let request = SigningRequest::new("", UnixTime::from_secs(NOW)).with_method("GET").with_url(url);
    let secret = Secret::new(SECRET).unwrap();
    let headers = Signer::new(provider, secret.clone()).unwrap().sign(&request).unwrap();
    let token = headers["authorization"].to_str().unwrap().strip_prefix("JWT ").unwrap();
    let claims = part(token, 1);
    assert_eq!(claims["qsh"], qsh);
    let verifier = Verifier::new(provider, secret).unwrap();
    assert!(verifier.needs_url());
    for (method, url, expected) in [
        ("GET", "https://proxy.example.com/test?param=value", "valid"),
        ("GET", "https://app.example.com/test?param=value&jwt=x", "valid"),
        ("POST", url, "check_failed"),
        ("GET", "https://app.example.com/test?param=other", "check_failed"),
        ("GET", "https://app.example.com/other?param=value", "check_failed"),
    ] {
        let head = Head::new(&headers).with_method(method).with_url(url);
        let verdict = verdict(verifier.verify(&head, "anything", UnixTime::from_secs(NOW)));
        assert_eq!(verdict, expected, "{method} {url}");
    }
}

#[test]
fn a_body_that_is_a_token_is_read_as_what_it_says() {
    #[derive(Debug, EventCatalog, PartialEq)]
    enum Account {
        #[event("user.created")]
        Created(User),
        #[event(unknown)]
        Other(UnknownEvent),
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct User {
        id: String,
    }
    let body = r#"{"type":"user.created","event_id":"event_1","timestamp":"2023-11-14T22:13:20Z","data":{"id":"kp_1"}}"#;
    let fixture = Fixture::of(&providers::KINDE, body);
    let delivery = fixture.verify().unwrap();
    // Values from the request take precedence over those in the body.
    assert_eq!((delivery.id().unwrap().as_str(), delivery.id().unwrap().is_signed()), ("msg_1", true));
    assert_eq!(delivery.event_type().unwrap().as_str(), "user.created");
    assert_eq!(&delivery.body()[..], fixture.body);
    let payload: serde_json::Value = serde_json::from_slice(delivery.payload()).unwrap();
    assert_eq!(payload["data"]["id"], "kp_1");
    assert_eq!(delivery.json::<serde_json::Value>().unwrap(), payload);
    let event = Event::<Account>::decode(delivery).unwrap();
    assert_eq!(event.data, Account::Created(User { id: "kp_1".into() }));
    assert_eq!(fixture.verdict(body.as_bytes(), NOW), "malformed_signature");
}

#[test]
fn the_right_parameters_have_to_be_in_the_token() {
    let fixture = Fixture::new(&providers::PUBSUB);
    for (name, value) in [("audience", "https://other.example"), ("email", "other@example.com")] {
        let mut parameters = parameters();
        parameters.insert(name.to_owned(), value.to_owned());
        let verifier = Verifier::new(filled("pubsub", &parameters), fixture.secret.clone()).unwrap();
        let error = verifier.verify(&fixture.head(), fixture.body.clone(), UnixTime::from_secs(NOW));
        assert_eq!(error.unwrap_err().kind().as_str(), "check_failed", "{name}");
    }
    let error = Verifier::new(&providers::PUBSUB, fixture.secret.clone()).unwrap_err();
    assert_eq!(error.field(), "parameters.audience");
}

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
        assert!(error.contains("these tokens are signed with HS256"), "{error}");
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
fn a_token_of_another_algorithm_is_told_once_which_are_accepted() {
    let mut provider = providers::NETLIFY.clone();
    provider.scheme.jwt.as_mut().unwrap().algorithms = "HS256|HS384".into();
    let secret = |text: &str| Secret::new(text).unwrap();
    let secrets = SecretSet::new(secret("new")).with("old", secret("old"));
    let token = format!("{}.e30.AQI", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#));
    let headers = in_header(&provider, &token);
    let verifier = Verifier::new(provider, secrets).unwrap();
    let error = verifier.verify(&Head::new(&headers), BODY, UnixTime::from_secs(NOW)).unwrap_err();
    assert_eq!(error, VerifyError::UnsupportedTokenAlgorithm { accepted: "HS256|HS384".to_owned() });
}

#[test]
fn a_claim_that_is_missing_leaves_the_body_unbound_or_fails_its_check() {
    let with_checks = |checks: Vec<Check>| {
        let mut provider = providers::NETLIFY.clone();
        provider.scheme.checks = checks.into();
        provider
    };
    let secret = || Secret::new(SECRET).unwrap();
    let signer = Signer::new(with_checks(Vec::new()), secret()).unwrap();
    let headers = signer.sign(&SigningRequest::new(BODY, UnixTime::from_secs(NOW))).unwrap();
    let error = |provider: Provider| {
        let verifier = Verifier::new(provider, secret()).unwrap();
        verifier.verify(&Head::new(&headers), BODY, UnixTime::from_secs(NOW)).unwrap_err()
    };
    assert_eq!(
        error(with_checks(vec![Check::digest(Location::claim("sha256"), Digest::Sha256Hex, "{body}")])),
        VerifyError::MissingCheck { at: "claim:sha256".to_owned(), is_claim: true }
    );
    assert_eq!(
        error(with_checks(vec![Check::equals(Location::claim("aud"), "me")])),
        VerifyError::CheckFailed { at: "claim:aud".to_owned(), of: CheckSubject::Other }
    );
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

/// The sender chooses whether a token names its key: it is verified with 16 keys at most, and with fewer where each
/// verification takes longer or there are two readings of the content, but always with two.
#[test]
fn a_token_that_names_no_key_is_tried_with_few() {
    let mut tried = Vec::new();
    for declared in providers_with_tokens() {
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
fn a_published_set_is_a_set_of_keys_for_tokens() {
    let Tokens { now, tokens, .. } = serde_json::from_str(include_str!("data/tokens/pyjwt.json")).unwrap();
    let now = UnixTime::from_secs(now);
    for foreign in tokens.iter().filter(|foreign| foreign.secret == "jwks") {
        let provider = filled(&foreign.provider, &foreign.parameters);
        let headers = in_header(&provider, &foreign.token);
        let published = SecretSet::from_jwks(JWKS).unwrap();
        let verifier = Verifier::new(provider.clone(), published.clone()).unwrap();
        let delivery = verifier.verify(&Head::new(&headers), foreign.body.clone(), now).unwrap();
        assert_eq!(delivery.key(), part_of(foreign)["kid"], "{}", foreign.name);
        // Looked up by the name in the token.
        let keyless = Verifier::keyless(provider).unwrap();
        let mut intake = keyless.begin(&Head::new(&headers), now).unwrap();
        intake.push(foreign.body.clone()).unwrap();
        assert_eq!(intake.key_id().unwrap(), part_of(foreign)["kid"]);
        intake.with_secrets(&published).unwrap().finish(now).unwrap();
        let refused = keyless.verify(&Head::new(&headers), foreign.body.clone(), now);
        assert_eq!(verdict(refused), "signature_mismatch");
    }
    let error = Verifier::new(&providers::NETLIFY, SecretSet::from_jwks(JWKS).unwrap()).unwrap_err();
    assert!(error.to_string().contains("these tokens are signed with HS256"), "{error}");
}

/// Returns the header of its token.
fn part_of(foreign: &Foreign) -> serde_json::Value {
    part(if foreign.token.is_empty() { &foreign.body } else { &foreign.token }, 0)
}

#[test]
fn debug_shows_no_key() {
    let fixture = Fixture::new(&providers::NETLIFY);
    let signer = Signer::new(fixture.provider.clone(), fixture.secret.clone()).unwrap();
    for shown in [format!("{:?}", fixture.verifier()), format!("{signer:?}")] {
        assert!(!shown.contains("Everybody"), "{shown}");
    }
}

#[test]
fn declarations_with_mistakes_name_the_field() {
    let mut provider = providers::NETLIFY.clone();
    provider.scheme.jwt = None;
    assert_eq!(provider.check().unwrap_err().field(), "scheme.jwt");
    for (json, field) in [
        (
            r#"{"algorithm":"hmac-sha256","content":"{body}","signature":{"at":"body","encoding":"hex"}}"#,
            "scheme.signature.at",
        ),
        (
            r#"{"algorithm":"hmac-sha256","content":"{body}","signature":{"at":"header:a","encoding":"hex"},"jwt":{"algorithms":"HS256"}}"#,
            "scheme.jwt",
        ),
        (
            r#"{"algorithm":"jwt","signature":{"at":"header:a","encoding":"hex"},"jwt":{"algorithms":"HS256"}}"#,
            "scheme.signature",
        ),
        (
            r#"{"algorithm":"jwt","signature":{"at":"form:a","encoding":"base64url"},"jwt":{"algorithms":"HS256"}}"#,
            "scheme.signature.at",
        ),
        (
            r#"{"algorithm":"jwt","signature":{"at":"header:a","encoding":"base64url"},"jwt":{"algorithms":"none"}}"#,
            "scheme.jwt.algorithms",
        ),
        (
            r#"{"algorithm":"jwt","signature":{"at":"body","encoding":"base64url"},"jwt":{"algorithms":"HS256","detached":true}}"#,
            "scheme.jwt.detached",
        ),
        (
            r#"{"algorithm":"jwt","content":"{body}","signature":{"at":"header:a","encoding":"base64url"},"jwt":{"algorithms":"HS256"}}"#,
            "scheme.content",
        ),
        (
            r#"{"algorithm":"jwt","signature":{"at":"header:a","encoding":"base64url"},"jwt":{"algorithms":"HS256","max":1}}"#,
            "scheme.jwt.max",
        ),
        (
            r#"{"algorithm":"token","signature":{"at":"header:a","encoding":"text"},"checks":[{"at":"claim:a","equals":"x"}]}"#,
            "scheme.checks.at",
        ),
    ] {
        let text = format!(r#"{{"slug":"x","name":"X","doc":"d","scheme":{json}}}"#);
        let error = Provider::from_json(&text).unwrap_err();
        assert_eq!(error.field(), field, "{json}: {error}");
    }
}

proptest! {
    #[test]
    fn no_token_makes_the_verifier_panic(
        header in "[ -~]{0,40}|\\{\"alg\":\"[A-Z0-9a-z]{0,5}\",\"(kid|b64|crit)\":[\\[\\]\"a-z0-9]{0,6}\\}",
        payload in prop::collection::vec(any::<u8>(), 0..40),
        signature in prop::collection::vec(any::<u8>(), 0..80),
        between in "[.]{0,3}",
    ) {
        let [header, payload, signature] = [header.into_bytes(), payload, signature].map(|part| URL_SAFE_NO_PAD.encode(part));
        for declared in [&providers::FUSIONAUTH, &providers::CONSTANT_CONTACT] {
            for token in [format!("{header}.{payload}.{signature}"), format!("{header}..{signature}"), format!("{header}{between}")] {
                let headers = in_header(declared, &token);
                let verifier = Verifier::new(declared, Secret::new(JWKS.trim_end()).unwrap()).unwrap();
                prop_assert!(verifier.verify(&Head::new(&headers), BODY, UnixTime::from_secs(NOW)).is_err());
            }
        }
    }
}

/// Returns the declarations with tokens. Those with certificates are tested in `signed_payloads.rs`.
fn providers_with_tokens() -> impl Iterator<Item = &'static Provider> {
    let brings_none =
        |provider: &&Provider| provider.scheme.jwt.as_ref().is_some_and(|rules| rules.certificates.is_none());
    providers::all().filter(brings_none)
}

/// A request signed by a provider.
struct Fixture {
    provider: Provider,
    secret: Secret,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Fixture {
    fn new(declared: &Provider) -> Self {
        Self::of(declared, BODY)
    }

    fn of(declared: &Provider, body: &str) -> Self {
        let provider = filled(&declared.slug, &parameters());
        let first = provider.scheme.jwt.as_ref().unwrap().algorithms.split('|').next().unwrap().to_owned();
        let (public, private) = match first.get(..2).unwrap() {
            "RS" => (key("rsa2048.spki.pem"), key("rsa2048.pkcs8.pem")),
            "ES" if first == "ES512" => (key("p521.spki.pem"), key("p521.pkcs8.pem")),
            "ES" => (key("ec.spki.pem"), key("ec.pkcs8.pem")),
            _ => (SECRET.to_owned(), SECRET.to_owned()),
        };
        let signer = Signer::new(provider.clone(), Secret::new(private.trim_end()).unwrap()).unwrap();
        let request =
            SigningRequest::new(body.to_owned(), UnixTime::from_secs(NOW)).with_id("msg_1").with_url(URL);
        let headers = signer.sign(&request).unwrap();
        let body = match signer.is_in_body() {
            true => signer.signature(&request).unwrap().into_bytes(),
            false => body.as_bytes().to_vec(),
        };
        Self { provider, secret: Secret::new(public.trim_end()).unwrap(), headers, body }
    }

    fn takes_text(&self) -> bool {
        self.secret.expose_secret() == SECRET
    }

    fn head(&self) -> Head<'_> {
        Head::new(&self.headers).with_url(URL)
    }

    fn verifier(&self) -> Verifier {
        Verifier::new(self.provider.clone(), self.secret.clone()).unwrap()
    }

    fn verify(&self) -> Result<Delivery, VerifyError> {
        self.verifier().verify(&self.head(), self.body.clone(), UnixTime::from_secs(NOW))
    }

    fn verdict(&self, body: &[u8], now: i64) -> String {
        verdict(self.verifier().verify(&self.head(), body.to_vec(), UnixTime::from_secs(now)))
    }

    /// Returns the header with the token.
    fn token(&self) -> (HeaderName, String) {
        let (name, token) =
            self.headers.iter().find(|(_, value)| value.as_bytes().starts_with(b"eyJ")).unwrap();
        (name.clone(), token.to_str().unwrap().to_owned())
    }
}

fn verdict(verdict: Result<Delivery, VerifyError>) -> String {
    match verdict {
        Ok(_) => "valid".to_owned(),
        Err(error) => error.kind().to_string(),
    }
}

fn in_header(provider: &Provider, token: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let prefix = match &*provider.slug {
        "atlassian-connect" => "JWT ",
        "event-grid" | "pubsub" | "vonage" => "Bearer ",
        _ => "",
    };
    let at = provider.scheme.signature.at.to_string();
    if let Some(name) = at.strip_prefix("header:") {
        let value = HeaderValue::from_str(&format!("{prefix}{token}")).unwrap();
        headers.insert(HeaderName::try_from(name).unwrap(), value);
    }
    headers
}

fn filled(slug: &str, parameters: &BTreeMap<String, String>) -> Provider {
    let provider = providers::find(slug).unwrap().clone();
    parameters.iter().fold(provider, |provider, (name, value)| provider.with_parameter(name, value))
}

fn parameters() -> BTreeMap<String, String> {
    ["audience", "issuer", "email", "app_id", "api_key"]
        .map(|name| (name.to_owned(), format!("my {name}")))
        .into()
}

fn part(token: &str, position: usize) -> serde_json::Value {
    let part = token.split('.').nth(position).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn base64_of(text: &str) -> String {
    STANDARD.encode(text)
}

fn key(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/keys/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

/// The key of the example in RFC 7515, appendix A.2.
const OTHER_RSA: &str = r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#;
