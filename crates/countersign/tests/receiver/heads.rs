//! Tests of the checks of a head before the body.

use countersign::handshake::{Handshake, Place, Trust};
use countersign::receiver::Receiver;
use countersign::{SecretSet, Signer, SigningRequest, Verifier, providers};
use http::{HeaderMap, HeaderName};

use crate::receive::{Early, begin};
use crate::support::{BODY, NOW, headers, receiver, signed, verifier};

/// Returns the kind of the rejection of a head without its body.
fn begun(receiver: &Receiver, method: &str, target: &str, headers: &HeaderMap) -> Option<&'static str> {
    match begin(receiver, method, target, headers) {
        Err(Early::Rejected(rejection)) => Some(rejection.kind().as_str()),
        _ => None,
    }
}

fn checked(receiver: &Receiver, method: &str, target: &str, headers: &HeaderMap) -> Option<&'static str> {
    receiver.check_head(method, target, headers).err().map(|rejection| rejection.kind().as_str())
}

/// Returns a target and headers that meet the conditions of a handshake on the head.
pub(crate) fn head_of(handshake: &Handshake) -> (String, HeaderMap) {
    let (mut path, mut query, mut headers) = ("/hook".to_owned(), Vec::new(), HeaderMap::new());
    for condition in &*handshake.when {
        let value = format!("{condition:?}");
        let value = if value.starts_with("Equals") {
            value.rsplit('"').nth(1).unwrap().to_owned()
        } else if value.starts_with("Present") {
            "x".to_owned()
        } else {
            continue;
        };
        match condition.place() {
            Place::Query(name) => query.push(format!("{name}={value}")),
            Place::Header(name) => {
                headers.insert(HeaderName::try_from(&**name).unwrap(), value.parse().unwrap());
            }
            Place::Path => path = value,
            _ => {}
        }
    }
    (format!("{path}?{}", query.join("&")), headers)
}

/// Returns them with a value in each place of the query and the headers that the answer is derived from.
pub(crate) fn with_values_of_the_answer(
    handshake: &Handshake,
    mut target: String,
    mut headers: HeaderMap,
) -> (String, HeaderMap) {
    let answer = format!("{:?}", handshake.answer);
    for rest in answer.split("query:").skip(1) {
        let name = rest.split(['}', '+', '|']).next().unwrap();
        if !target.contains(&format!("{name}=")) {
            target = format!("{target}&{name}=x");
        }
    }
    for rest in answer.split("header:").skip(1) {
        let name = HeaderName::try_from(rest.split(['}', '+', '|']).next().unwrap()).unwrap();
        headers.entry(name).or_insert("x".parse().unwrap());
    }
    match handshake.trust.place() {
        Some(Place::Query(name)) if !target.contains(&format!("{name}=")) => {
            target = format!("{target}&{name}=x");
        }
        Some(Place::Header(name)) => {
            headers.entry(HeaderName::try_from(&**name).unwrap()).or_insert("x".parse().unwrap());
        }
        _ => {}
    }
    (target, headers)
}

#[test]
fn the_public_url_is_what_is_signed_where_the_url_is() {
    let mut provider = crate::support::provider(&[]);
    provider.scheme.content = countersign::scheme::Template::new("{url}\n{body}");
    let key = || crate::support::secret("secret");
    let request = SigningRequest::new(BODY, NOW).with_url("https://hooks.example.com/in?a=b");
    let headers = Signer::new(provider.clone(), key()).unwrap().sign(&request).unwrap();
    let builder = Receiver::builder(Verifier::new(provider, key()).unwrap()).with_clock(NOW);
    let send = |origin: &str, target: &str| {
        let receiver = builder.clone().with_public_url(origin).build().unwrap();
        crate::support::send(&receiver, "POST", target, &headers, BODY).is_ok()
    };
    assert!(send("https://hooks.example.com", "/in?a=b") && !send("https://hooks.example.com", "/in?a=c"));
    assert!(!send("https://other.example.com", "/in?a=b"));
}

#[test]
fn a_head_is_checked_as_it_is_begun_for_every_declaration() {
    let mut refused = 0;
    for provider in providers::all() {
        let Ok(verifier) = Verifier::keyless(provider) else { continue };
        let receiver = Receiver::builder(verifier)
            .with_clock(NOW)
            .with_public_url("https://hooks.example.com")
            .build()
            .unwrap();
        let long = headers([("content-length", "99999999")]);
        for headers in [HeaderMap::new(), long] {
            let begun = begun(&receiver, "PUT", "/hook", &headers);
            assert_eq!(checked(&receiver, "PUT", "/hook", &headers), begun, "{}", provider.slug);
            refused += usize::from(begun.is_some());
        }
    }
    assert!(refused > 300, "{refused}");
}

#[test]
fn a_head_that_may_be_a_handshake_passes_the_check_and_no_other_does() {
    for (slug, handshakes) in providers::all_handshakes() {
        let receiver = receiver(handshakes, "secret");
        for handshake in handshakes {
            let (target, headers) = head_of(handshake);
            let method = handshake.method.as_str();
            assert_eq!(checked(&receiver, method, &target, &headers), None, "{slug} {method} {target}");
            assert_eq!(
                checked(&receiver, "DELETE", &target, &headers),
                Some("missing_signature"),
                "{slug} {target}"
            );
        }
    }
    let receiver = receiver(&[], "secret");
    assert_eq!(checked(&receiver, "POST", "/", &signed("another", BODY)), None);
    assert_eq!(checked(&receiver, "POST", "/", &HeaderMap::new()), Some("missing_signature"));
}

#[test]
fn the_error_of_the_scheme_that_the_request_was_signed_with_is_reported() {
    let stripe = Verifier::new(&providers::STRIPE, crate::support::secret("whsec_abc")).unwrap();
    let old = headers([("stripe-signature", "t=1,v1=00")]);
    let other_version = headers([("stripe-signature", "t=1700000000,v0=00")]);
    let malformed = headers([("x-hub-signature-256", "md5=00")]);
    for (headers, of_both, of_primary) in [
        (&old, "timestamp_too_old", "missing_signature"),
        (&other_version, "missing_signature", "missing_signature"),
        (&malformed, "malformed_signature", "malformed_signature"),
    ] {
        let receiver = receiver(&[], "secret");
        assert_eq!(checked(&receiver, "POST", "/", headers), Some(of_primary), "{headers:?}");
        let both = receiver.to_builder().with_fallback(stripe.clone()).build().unwrap();
        assert_eq!(checked(&both, "POST", "/", headers), Some(of_both), "{headers:?}");
        assert_eq!(begun(&both, "POST", "/", headers), Some(of_both), "{headers:?}");
    }
    // The reverse: the primary scheme found its signature.
    let both =
        Receiver::builder(stripe).with_clock(NOW).with_fallback(verifier(&[], "secret")).build().unwrap();
    assert_eq!(checked(&both, "POST", "/", &old), Some("timestamp_too_old"));
    assert_eq!(checked(&both, "POST", "/", &signed("secret", BODY)), None);
}

#[test]
fn every_way_to_trust_a_handshake_has_its_word() {
    let at = || Place::header("x");
    for (trust, word) in [
        (Trust::Signed, "signed"),
        (Trust::Secret, "secret"),
        (Trust::VerifyToken(at()), "verify-token"),
        (Trust::Origin(at()), "origin"),
        (Trust::Echo, "echo"),
        (Trust::IssuesSecret(at()), "issues-secret"),
    ] {
        assert_eq!(trust.as_str(), word);
    }
    for (_, handshakes) in providers::all_handshakes() {
        for handshake in handshakes {
            assert_eq!(handshake.method.to_string(), handshake.method.as_str());
            if let Some(challenge) = &handshake.challenge {
                assert!(challenge.as_str().starts_with('^') && challenge.as_str().ends_with('$'));
                assert_eq!(challenge.to_string(), challenge.as_str());
            }
        }
    }
}

#[test]
fn a_verifier_without_keys_refuses_as_late_as_one_with_keys() {
    let none = Receiver::builder(Verifier::new(crate::support::provider(&[]), SecretSet::none()).unwrap())
        .with_clock(NOW)
        .build()
        .unwrap();
    assert_eq!(checked(&none, "POST", "/", &signed("any", BODY)), None);
}

#[test]
fn the_limit_on_a_body_holds_in_pieces_of_any_length() {
    for limit in [1, 10, 1_000, 1_500, 5_000, 20_000] {
        let receiver = receiver(&[], "secret").to_builder().with_body_limit(limit).build().unwrap();
        for piece in [1, 7, 100, 4_095, 4_096, 30_000] {
            let received = |len: usize| {
                let body = "x".repeat(len);
                let headers = signed("secret", &body);
                crate::receive::receive(&receiver, "POST", "/", &headers, body.as_bytes(), piece)
            };
            assert!(received(limit).is_ok(), "{limit} bytes in pieces of {piece}");
            for len in [limit + 1, limit + 50] {
                let kind = crate::support::kind(received(len));
                assert_eq!(kind, "payload_too_large", "{len} of {limit} bytes in pieces of {piece}");
            }
        }
    }
}

/// Each costs some nanoseconds, however small it is.
#[test]
fn a_body_in_many_small_pieces_is_refused() {
    let received = |piece: usize, pieces: usize| {
        let body = "x".repeat(piece * pieces);
        let receiver = receiver(&[], "secret").to_builder().with_body_limit(16 << 20).build().unwrap();
        crate::receive::receive(&receiver, "POST", "/", &signed("secret", &body), body.as_bytes(), piece)
    };
    assert!(received(1, 1 << 17).is_ok());
    assert!(received(64, (1 << 17) + 1).is_ok());
    for piece in [1, 63] {
        assert_eq!(crate::support::kind(received(piece, (1 << 17) + 1)), "malformed_body", "{piece}");
    }
}
