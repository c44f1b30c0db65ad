//! Checks that a delivery for another account of the same provider is rejected.
#![cfg(all(feature = "asymmetric", feature = "jwt", feature = "nfkd", feature = "crc32"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod fixtures;

use countersign::{Head, KeyScope, Provider, Signer, SigningRequest, UnixTime, Verifier, providers};
use http::HeaderMap;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// Returns whether a verifier takes public keys.
fn takes_public_keys(provider: &Provider) -> bool {
    let rules = provider.scheme.jwt.as_ref();
    provider.scheme.algorithm.is_asymmetric()
        || rules.is_some_and(|rules| rules.algorithms.split('|').any(|name| !name.starts_with("HS")))
}

#[test]
fn every_declaration_with_public_keys_says_whose_deliveries_verify() {
    let mut stated = 0;
    for provider in providers::all() {
        let slug = &provider.slug;
        assert_eq!(takes_public_keys(provider), provider.key_scope.is_some(), "{slug}");
        let open = provider.open_parameters();
        match provider.key_scope {
            Some(KeyScope::Provider) => assert!(!open.is_empty(), "{slug}: no parameter says whose"),
            Some(KeyScope::ProviderUnchecked) => {
                let says = ["compare", "look ", "decrypts"].iter().any(|word| provider.notes.contains(word));
                assert!(says, "{slug}: the notes do not say what to look at");
            }
            _ => {}
        }
        stated += usize::from(provider.key_scope.is_some());
    }
    assert!(stated > 20, "{stated}");
}

#[test]
fn no_verifier_is_built_without_the_account() {
    for provider in providers::all().filter(|provider| !provider.open_parameters().is_empty()) {
        let (_, public) = fixtures::keys(&fixtures::complete(provider));
        let keyless = Verifier::keyless(provider).map(drop);
        for error in [Verifier::new(provider, public).map(drop), keyless].map(Result::unwrap_err) {
            assert!(error.field().starts_with("parameters."), "{}: {error}", provider.slug);
            assert!(error.to_string().contains("with_parameter"), "{}: {error}", provider.slug);
        }
    }
}

/// Signs with the provider's key for one account, and verifies for another.
fn verdict(slug: &str, parameter: &str, theirs: &str, ours: &str, body: &str) -> Result<bool, String> {
    let provider = providers::find(slug).unwrap();
    let (private, public) = fixtures::keys(provider);
    let signer = Signer::new(provider.clone().with_parameter(parameter, theirs), private).unwrap();
    let mut headers = signer.sign(&SigningRequest::new(body.to_owned(), NOW).with_id("r1")).unwrap();
    // The sender may write any value into a header that names the account.
    headers.insert("x-fal-webhook-user-id", ours.parse().unwrap());
    let verifier = Verifier::new(provider.clone().with_parameter(parameter, ours), public).unwrap();
    let verified = verifier.verify(&Head::new(&headers), body.to_owned(), NOW);
    verified.map(|delivery| delivery.is_body_signed()).map_err(|error| error.kind().to_string())
}

#[test]
fn a_strangers_account_of_the_same_provider_is_refused() {
    assert_eq!(verdict("fal", "user_id", "theirs", "ours", "{}"), Err("signature_mismatch".to_owned()));
    assert_eq!(verdict("fal", "user_id", "ours", "ours", "{}"), Ok(true));

    let body = |client: &str| format!(r#"{{"event_id":"e","recipient_client_id":"{client}"}}"#);
    for (client, accepted) in
        [("ours", true), ("our other", true), ("theirs", false), ("", false), ("ours,our other", false)]
    {
        let verdict = verdict("adobe-io", "client_id", "x", "ours,our other", &body(client));
        assert_eq!(verdict.is_ok(), accepted, "{client:?}: {verdict:?}");
    }
    for body in ["{}", "[]", r#"{"recipient_client_id":null}"#, r#"{"data":{"recipient_client_id":"ours"}}"#]
    {
        assert!(verdict("adobe-io", "client_id", "x", "ours", body).is_err(), "{body}");
    }
}

#[test]
fn a_parameter_takes_no_placeholder() {
    let provider = providers::FAL.clone().with_parameter("user_id", "{id}");
    let (private, public) = fixtures::keys(&provider);
    let verifier = Verifier::new(provider, public).unwrap();
    let plain = providers::FAL.clone().with_parameter("user_id", "r1");
    let headers =
        Signer::new(plain, private).unwrap().sign(&SigningRequest::new("{}", NOW).with_id("r1")).unwrap();
    assert!(verifier.verify(&Head::new(&headers), "{}", NOW).is_err());
    assert!(verifier.verify(&Head::new(&HeaderMap::new()), "{}", NOW).is_err());
}
