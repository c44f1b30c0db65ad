//! Tests of every declaration with JWTs: what is signed verifies, and what was changed does not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::{Head, Secret, Tolerance, UnixTime, Verifier, providers};
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

use crate::support::{BODY, Fixture, JWKS, NOW, OTHER_RSA, SECRET, URL, in_header, providers_with_jwts};

#[test]
fn every_declaration_verifies_what_it_signs() {
    for declared in providers_with_jwts() {
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
fn another_key_another_body_and_no_jwt_are_refused() {
    for declared in providers_with_jwts() {
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
fn a_changed_letter_anywhere_in_a_jwt_is_refused() {
    for declared in [&providers::MESSAGEBIRD, &providers::PLAID, &providers::CONSTANT_CONTACT] {
        let mut fixture = Fixture::new(declared);
        let (name, jwt) = fixture.jwt();
        for at in 0..jwt.len() {
            let mut changed = jwt.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            fixture.headers.insert(name.clone(), HeaderValue::from_bytes(&changed).unwrap());
            assert!(fixture.verify().is_err(), "{} at {at}", declared.slug);
        }
    }
}

#[test]
fn a_jwt_lives_as_long_as_it_says() {
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

proptest! {
    #[test]
    fn no_jwt_makes_the_verifier_panic(
        header in "[ -~]{0,40}|\\{\"alg\":\"[A-Z0-9a-z]{0,5}\",\"(kid|b64|crit)\":[\\[\\]\"a-z0-9]{0,6}\\}",
        payload in prop::collection::vec(any::<u8>(), 0..40),
        signature in prop::collection::vec(any::<u8>(), 0..80),
        between in "[.]{0,3}",
    ) {
        let [header, payload, signature] = [header.into_bytes(), payload, signature].map(|part| URL_SAFE_NO_PAD.encode(part));
        for declared in [&providers::FUSIONAUTH, &providers::CONSTANT_CONTACT] {
            for jwt in [format!("{header}.{payload}.{signature}"), format!("{header}..{signature}"), format!("{header}{between}")] {
                let headers = in_header(declared, &jwt);
                let verifier = Verifier::new(declared, Secret::new(JWKS.trim_end()).unwrap()).unwrap();
                prop_assert!(verifier.verify(&Head::new(&headers), BODY, UnixTime::from_secs(NOW)).is_err());
            }
        }
    }
}
