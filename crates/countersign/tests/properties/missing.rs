//! Checks the errors about values that are missing, and the providers whose requests are not made here.

use countersign::scheme::{Algorithm, Location, Presence};
use countersign::{ErrorKind, Head, Provider, UnixTime, Verifier, providers};
use http::HeaderName;

use crate::common::{NOW, secret};
use crate::support::{ELSEWHERE, URL, body_of, catalogue, covered, is_complete, sign, try_sign, verify};

#[test]
fn what_is_left_to_other_tests_is_not_made_here() {
    for (slug, why) in ELSEWHERE {
        let provider = providers::find(slug).unwrap_or_else(|| panic!("{slug}: {why}"));
        let body = body_of(provider, "x");
        let made = is_complete(provider)
            && try_sign(provider, &body)
                .is_ok_and(|headers| verify(provider, secret(provider), &headers, (URL, &body)).is_ok());
        assert!(!made, "{slug} is made here, too");
    }
}

#[test]
fn a_missing_header_has_its_own_kind() {
    for provider in catalogue() {
        let body = body_of(provider, "text");
        let signed = sign(provider, &body);
        for (name, kind) in covered(provider) {
            let optional = provider.scheme.checks.iter().any(|check| {
                check.presence == Presence::Optional && check.at == Location::Header(name.to_string().into())
            });
            let mut headers = signed.clone();
            headers.remove(&name);
            match verify(provider, secret(provider), &headers, (URL, &body)) {
                Ok(()) => assert!(optional, "{}: {name}", provider.slug),
                // The signed text does not show that a part of it was omitted.
                Err(error) if in_group(provider, &name) => {
                    assert_eq!(error.kind(), ErrorKind::SignatureMismatch, "{}: {name}", provider.slug);
                }
                // If a timestamp is optional, the signature of a request without it differs.
                Err(error) if provider.scheme.timestamp.as_ref().is_some_and(|field| field.optional) => {
                    assert!([kind, ErrorKind::SignatureMismatch].contains(&error.kind()), "{error}");
                }
                Err(error) => assert_eq!(error.kind(), kind, "{}: {name}: {error}", provider.slug),
            }
        }
    }
}

#[test]
fn a_missing_url_has_its_own_kind() {
    for provider in catalogue().filter(|provider| provider.scheme.content.as_str().contains("{url")) {
        let body = body_of(provider, "text");
        let headers = sign(provider, &body);
        let verifier = Verifier::new(provider, secret(provider)).unwrap();
        let error = verifier.verify(&Head::new(&headers), body, UnixTime::from_secs(NOW)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingUrl, "{}", provider.slug);
    }
}

#[test]
fn tokens_and_basic_cover_nothing() {
    for provider in catalogue() {
        if matches!(provider.scheme.algorithm, Algorithm::Token | Algorithm::Basic) {
            let headers = sign(provider, b"{}");
            verify(provider, secret(provider), &headers, (URL, b"another body")).unwrap();
        }
    }
}

/// Returns whether the header is signed only if it is present.
fn in_group(provider: &Provider, name: &HeaderName) -> bool {
    let (before, _) = match provider.scheme.content.as_str().split_once(&format!("{{header:{name}}}")) {
        Some(found) => found,
        None => return false,
    };
    before.matches("{?").count() > before.matches("?}").count()
}
