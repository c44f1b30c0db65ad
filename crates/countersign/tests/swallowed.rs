//! Checks that a verified request is delivered, and never taken for an unsigned handshake.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;
#[path = "common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod fixtures;
#[path = "common/policies.rs"]
mod policies;
#[path = "common/receive.rs"]
mod receive;

use countersign::handshake::{Answer, Condition, Handshake, Pattern, Place, Trust};
use countersign::receiver::{HandshakePolicy, Receiver};
use countersign::scheme::Algorithm;
use countersign::{Headers, Provider, Secret, Signer, SigningRequest, Verifier, providers};
use fixtures::NOW;
use policies::{Choice, fitting};
use receive::{Early, receive};
use serde_json::json;

/// Returns the handshakes of the catalogue that fit every declaration. Excluded are those that answer an HMAC,
/// which reject some deliveries on purpose, and those that need a signature over the body.
fn all_handshakes() -> Vec<Handshake> {
    let named = providers::all_handshakes().flat_map(|(slug, handshakes)| {
        handshakes.iter().map(move |handshake| {
            let mut named = handshake.clone();
            named.name = format!("{slug} {}", handshake.name).into();
            named
        })
    });
    let signs = |handshake: &Handshake| {
        handshake.answer.as_ref().is_some_and(|answer| answer.body.contains("{hmac-"))
    };
    named.filter(|handshake| !signs(handshake)).collect()
}

/// Returns the declaration with its own handshakes, and with all others. Where a plain hash signs, those that answer
/// one bound the challenge, to a form that no delivery here has.
fn with_all_handshakes(provider: &Provider) -> Provider {
    let is_hash = matches!(provider.scheme.algorithm, Algorithm::Sha256 | Algorithm::Sha1OrSha256);
    let all = all_handshakes().into_iter().map(|handshake| {
        let digests = |answer: &Answer| answer.body.contains("{sha256-hex:");
        match handshake.challenge {
            None if is_hash && handshake.answer.as_ref().is_some_and(digests) => {
                handshake.with_challenge(Pattern::new("^[a-f0-9]{1024}$"))
            }
            _ => handshake,
        }
    });
    let mut provider = provider.clone();
    provider.handshakes.to_mut().extend(all);
    provider
}

/// No option, all, and all with the replacement of secrets.
fn policies() -> [Vec<Choice>; 3] {
    let all = [policies::ANSWERS, &[policies::SINK]].concat();
    let replacing = [all.as_slice(), &[HandshakePolicy::insecure_secret_replacement]].concat();
    [Vec::new(), all, replacing]
}

fn receiver(provider: &Provider, secret: Secret, policy: &[Choice]) -> Receiver {
    let builder = Receiver::builder(Verifier::new(provider.clone(), secret).unwrap());
    fitting(builder.with_clock(NOW).with_public_url("https://hooks.example.com"), policy)
}

/// Returns the outcome of a request.
fn outcome(receiver: &Receiver, target: &str, headers: &impl Headers, body: &[u8]) -> String {
    match receive(receiver, "POST", target, headers, body, 4096) {
        Ok(_) => "delivered".to_owned(),
        Err(Early::Handshake(response)) => format!("swallowed by {}", response.name()),
        Err(other) => format!("{other:?}"),
    }
}

/// Returns the conditions of unsigned handshakes outside the body, each with a value that meets it.
fn head_conditions() -> Vec<(Place, String)> {
    let unsigned = all_handshakes().into_iter().filter(|handshake| handshake.trust != Trust::Signed);
    let conditions = unsigned.flat_map(|handshake| handshake.when.to_vec());
    let holding = conditions.filter_map(|condition| match condition {
        Condition::Equals(place, value) => Some((place, value.into_owned())),
        Condition::Present(place) => Some((place, "1".to_owned())),
        _ => None,
    });
    holding.filter(|(place, _)| matches!(place, Place::Query(_) | Place::Header(_))).collect()
}

#[test]
fn a_signed_request_with_everything_in_its_head_that_begins_a_handshake_is_delivered() {
    let conditions = head_conditions();
    for original in providers::all() {
        let provider = with_all_handshakes(&fixtures::complete(original));
        let (_, secret) = fixtures::keys(&provider);
        let receivers = policies().map(|policy| receiver(&provider, secret.clone(), &policy));
        for fixture in fixtures::of(original) {
            let mut fixture = fixture;
            // Only the parts that the signature does not cover.
            for (place, value) in &conditions {
                let mut changed = fixture.clone();
                match place {
                    Place::Query(name) => {
                        let separator = if changed.target.contains('?') { '&' } else { '?' };
                        changed.target = format!("{}{separator}{name}={value}", changed.target);
                        changed.url =
                            changed.url.map(|_| format!("https://hooks.example.com{}", changed.target));
                    }
                    Place::Header(name) if !changed.headers.0.iter().any(|(other, _)| other == &**name) => {
                        changed.headers.0.push((name.to_string(), value.clone().into_bytes()));
                    }
                    _ => continue,
                }
                if changed.verify().is_ok() {
                    fixture = changed;
                }
            }
            for receiver in &receivers {
                let outcome = outcome(receiver, &fixture.target, &fixture.headers, &fixture.body);
                assert_eq!(outcome, "delivered", "{}: {}", fixture.slug, fixture.target);
            }
        }
    }
}

/// Returns a JSON body that contains every condition of every handshake as text: of a form, of a query, and of
/// JSON.
fn body_of_conditions() -> String {
    let mut texts = Vec::new();
    let mut members = serde_json::Map::new();
    for handshake in all_handshakes() {
        for condition in &*handshake.when {
            let (place, value) = match condition {
                Condition::Equals(place, value) => (place, &**value),
                Condition::Present(place) => (place, "1"),
                _ => continue,
            };
            match place {
                Place::Form(name) | Place::Query(name) | Place::Header(name) => {
                    texts.push(format!("ring&{name}={value}&twice"));
                    texts.push(format!("?{name}={value}"));
                }
                Place::Json(pointer) => {
                    let name = pointer.as_str().rsplit('/').next().unwrap();
                    texts.push(format!(r#"{{"{name}":"{value}"}}"#));
                    members.insert(name.to_owned(), json!(value));
                }
                _ => {}
            }
        }
    }
    let more = json!({ "notes": texts, "nested": members }).to_string();
    format!("{},{}", common::BODY.strip_suffix('}').unwrap(), more.strip_prefix('{').unwrap())
}

#[test]
fn a_signed_body_with_the_text_of_every_handshake_is_delivered() {
    let body = body_of_conditions();
    let mut tried = 0;
    for original in common::usual() {
        let url = "https://hooks.example.com/in?x=1";
        let request =
            SigningRequest::new(body.clone(), NOW).with_id("msg_1").with_event_type("a.b").with_url(url);
        let signer = Signer::new(original, common::signing_secret(original)).unwrap();
        let Ok(headers) = signer.sign(&request) else { continue };
        let [_, all, replacing] = policies();
        for (provider, policies) in
            [(original.clone(), policies().to_vec()), (with_all_handshakes(original), vec![all, replacing])]
        {
            for policy in policies {
                let receiver = receiver(&provider, common::secret(&provider), &policy);
                let outcome = outcome(&receiver, "/in?x=1", &headers, body.as_bytes());
                assert_eq!(outcome, "delivered", "{}", provider.slug);
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "{tried}");
}

#[test]
fn a_note_in_an_order_is_no_handshake() {
    for (provider, body) in [
        (&providers::WOOCOMMERCE, r#"{"id":727,"customer_note":"please ring&webhook_id=1&twice"}"#),
        (&providers::SLACK, r#"{"type":"event_callback","event":{"url":"https://x/?a=1&ssl_check=1&b=2"}}"#),
    ] {
        let secret = || Secret::new("s").unwrap();
        let request = SigningRequest::new(body, NOW).with_id("1").with_event_type("order.created");
        let headers = Signer::new(provider, secret()).unwrap().sign(&request).unwrap();
        for policy in policies() {
            let receiver = receiver(provider, secret(), &policy);
            assert_eq!(outcome(&receiver, "/", &headers, body.as_bytes()), "delivered", "{}", provider.slug);
            // Nor is an unverified request a handshake: a wrong secret loses no delivery.
            let other = self::receiver(provider, Secret::new("other").unwrap(), &policy);
            let outcome = outcome(&other, "/", &headers, body.as_bytes());
            assert!(outcome.contains("SignatureMismatch"), "{}: {outcome}", provider.slug);
        }
    }
}
