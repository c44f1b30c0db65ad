//! Regression tests of secrets and keys.

use countersign::{Secret, SecretSet, UnixTime, Verifier, VerifyError, providers};

use crate::common;
use crate::common::{BODY, Fixture, NOW};

#[test]
fn an_empty_secret_is_refused() {
    assert_eq!(Secret::new("").unwrap_err().code(), "empty_secret");
    for provider in [&providers::SVIX, &providers::redpin::PROVIDER] {
        let error = Verifier::new(provider, Secret::new("whsec_").unwrap()).unwrap_err();
        assert_eq!(error.code(), "empty_secret");
    }
}

#[test]
fn a_base64_secret_that_does_not_decode_is_refused() {
    let error = Verifier::new(&providers::SVIX, Secret::new("whsec_!!").unwrap()).unwrap_err();
    assert!(error.to_string().contains("not Base64"), "{error}");
}

#[test]
fn debug_and_errors_show_no_secret_and_no_expected_signature() {
    for provider in common::usual() {
        let fixture = Fixture::new(provider);
        let good = fixture.header(&fixture.signature_header());
        let error =
            fixture.clone().with_body(b"{\"created_at\":\"2023-11-14T22:13:20Z\",\"id\":\"x\"} ").error();
        let delivery = fixture.verify().unwrap();
        let intake = fixture.verifier().begin(&fixture.head(), UnixTime::from_secs(NOW)).unwrap();
        let shown = format!("{error} {error:?} {delivery:?} {:?} {intake:?}", fixture.verifier());
        for secret in [common::SECRET, common::BASE64_SECRET, good.as_str(), "a body that must not be shown"]
        {
            assert!(!shown.contains(secret), "{}: {shown}", provider.slug);
        }
    }
}

#[test]
fn several_keys_verify_at_once_and_the_delivery_says_which() {
    let provider = &providers::GITHUB;
    let fixture = Fixture::new(provider);
    let secrets = SecretSet::named("new", Secret::new("another").unwrap())
        .with("old", Secret::new(common::SECRET).unwrap())
        .with_until("expired", Secret::new(common::SECRET).unwrap(), UnixTime::from_secs(NOW - 1));
    let verifier = Verifier::new(provider, secrets).unwrap();
    let delivery = verifier.verify(&fixture.head(), BODY, UnixTime::from_secs(NOW)).unwrap();
    assert_eq!(delivery.key(), "old");

    let expired = SecretSet::named("new", Secret::new("another").unwrap()).with_until(
        "old",
        Secret::new(common::SECRET).unwrap(),
        UnixTime::from_secs(NOW - 1),
    );
    let verifier = Verifier::new(provider, expired).unwrap();
    let error = verifier.verify(&fixture.head(), BODY, UnixTime::from_secs(NOW)).unwrap_err();
    assert_eq!(error, VerifyError::SignatureMismatch { keys: 1 });
}

#[test]
fn a_secret_is_used_within_its_time_and_the_bounds_belong_to_it() {
    let provider = &providers::GITHUB;
    let fixture = Fixture::new(provider);
    let current = || SecretSet::named("current", Secret::new("another").unwrap());
    let secret = || Secret::new(common::SECRET).unwrap();
    for (from, is_used) in [(NOW - 1, true), (NOW, true), (NOW + 1, false)] {
        let next = current().with_from("next", secret(), UnixTime::from_secs(from));
        let old = current().with_until("next", secret(), UnixTime::from_secs(2 * NOW - from));
        for secrets in [next, old] {
            let verifier = Verifier::new(provider, secrets).unwrap();
            let verified = verifier.verify(&fixture.head(), BODY, UnixTime::from_secs(NOW));
            let key = verified.map(|delivery| delivery.key().to_owned());
            let expected =
                if is_used { Ok("next".to_owned()) } else { Err(VerifyError::SignatureMismatch { keys: 1 }) };
            assert_eq!(key, expected, "{from}");
        }
    }
}
