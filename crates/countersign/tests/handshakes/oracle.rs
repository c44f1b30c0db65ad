//! Checks handshakes that sign text chosen by the sender: their answers must not be signatures of deliveries.

use countersign::handshake::{Handshake, Place, Trust};
use countersign::receiver::{HandshakePolicy, Receiver};
use countersign::scheme::Location;
use countersign::{Provider, Secret, Signer, SigningRequest, Verifier, providers};
use http::HeaderMap;
use proptest::prelude::*;

use crate::policies::{Choice, fitting};
use crate::receive::Early;
use crate::support::{NOW, secret, send};

/// A declaration, and its handshake that answers an HMAC of the value at this place without a signature.
struct Oracle {
    provider: Provider,
    handshake: Handshake,
    place: Place,
}

/// Returns all declarations of the catalogue with such a handshake, and all such handshakes combined with other
/// signatures.
fn oracles() -> Vec<Oracle> {
    let declared = providers::all().map(Clone::clone);
    let shapes = [&providers::GITHUB, &providers::SHOPIFY, &providers::INTERCOM, &providers::STRIPE];
    let elsewhere = providers::all_handshakes()
        .flat_map(|(_, handshakes)| shapes.map(|shape| shape.clone().with_handshakes(handshakes)));
    let found = declared.chain(elsewhere).flat_map(|provider| {
        let handshakes = provider.handshakes.clone();
        let of = move |handshake: &Handshake| {
            let place = hashed_place(&provider, handshake)?;
            Some(Oracle { provider: provider.clone(), handshake: handshake.clone(), place })
        };
        handshakes
            .iter()
            .filter(|handshake| handshake.trust != Trust::Signed)
            .filter_map(of)
            .collect::<Vec<_>>()
    });
    // Schemes without a MAC are no target, and some algorithms are not compiled in.
    found
        .filter(|oracle| Verifier::new(oracle.provider.clone(), secret_of(&oracle.provider)).is_ok())
        .collect()
}

/// Returns the hashed place. `None` if the handshake answers no such hash, or needs a secret that contains the name
/// of its key.
fn hashed_place(provider: &Provider, handshake: &Handshake) -> Option<Place> {
    let answer = handshake.answer.as_ref()?;
    let texts = answer.headers.iter().map(|header| &header.value).chain([&answer.body]);
    let hashed = texts.filter_map(|text| text.split_once("{hmac-")?.1.split_once('}')).next()?.0;
    let names_key = answer.body.contains("{key}") && provider.scheme.key.after.is_empty();
    if names_key {
        return None;
    }
    Some(Place::try_from(hashed.split_once(':')?.1.to_owned()).unwrap())
}

fn secret_of(provider: &Provider) -> Secret {
    secret(if provider.scheme.key.after.is_empty() { "secret" } else { "public|secret" })
}

impl Oracle {
    fn receiver(&self) -> Receiver {
        let verifier = Verifier::new(self.provider.clone(), secret_of(&self.provider)).unwrap();
        let choices: [Choice; 2] = [HandshakePolicy::with_echo, |policy| policy.with_allowed_origin("*")];
        fitting(Receiver::builder(verifier).with_clock(NOW), &choices)
    }

    /// Returns the body of the answer, if there is one.
    fn ask(&self, challenge: &str) -> Option<String> {
        let Place::Query(name) = &self.place else { panic!("{}: ask for it there, too", self.provider.slug) };
        let query: String =
            form_urlencoded::Serializer::new(String::new()).append_pair(name, challenge).finish();
        let method = self.handshake.method.as_str();
        match send(&self.receiver(), method, &format!("/hook?{query}"), &HeaderMap::new(), b"") {
            Err(Early::Handshake(answer)) => {
                Some(String::from_utf8(answer.into_response().into_body().to_vec()).unwrap())
            }
            _ => None,
        }
    }

    /// Signs a delivery with this payload as the provider does.
    fn sign(&self, payload: &str) -> (HeaderMap, String, String) {
        let signer = Signer::new(self.provider.clone(), secret_of(&self.provider)).unwrap();
        let form = |name: &str, value: &str| {
            form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
        };
        let content = self.provider.scheme.content.as_str();
        let Some(field) = content.strip_prefix("{form:").and_then(|rest| rest.strip_suffix('}')) else {
            let request = SigningRequest::new(payload.to_owned(), NOW);
            let signature = signer.signature(&request).unwrap_or_default();
            return (signer.sign(&request).unwrap(), payload.to_owned(), signature);
        };
        let body = form(field, payload);
        let signature = signer.signature(&SigningRequest::new(body.clone(), NOW)).unwrap();
        let Location::Form(at) = &self.provider.scheme.signature.at else { panic!("a form signs itself") };
        (HeaderMap::new(), format!("{}&{body}", form(at, &signature)), signature)
    }

    fn accepts(&self, payload: &str) -> bool {
        let (headers, body, _) = self.sign(payload);
        send(&self.receiver(), "POST", "/hook", &headers, body.as_bytes()).is_ok()
    }
}

#[test]
fn the_oracles_of_the_catalogue_are_those_that_are_known() {
    let mut slugs: Vec<_> = oracles().iter().map(|oracle| oracle.provider.slug.to_string()).collect();
    slugs.dedup();
    for slug in ["braintree", "linkedin", "x-twitter"] {
        assert!(slugs.iter().any(|found| found == slug), "{slug}: {slugs:?}");
    }
    for oracle in oracles() {
        assert!(oracle.accepts(r#"{"id":"1","type":"a.b"}"#), "{}: a genuine delivery", oracle.provider.slug);
    }
}

#[test]
fn a_genuine_challenge_is_answered_and_its_answer_is_no_signature_of_a_delivery() {
    let genuine = [
        ("crc", "MTNjZTRjNzctMTdkNi00ZDQ5LWE0ZjEtN2Q4N2E5YzNiYzI2"),
        ("challenge", "890e4665-4dfe-4ab1-b689-ed553bceeed0"),
        ("bt_challenge", "20f9f8ed05f77439fe955c977e4c8a53"),
    ];
    for oracle in oracles() {
        let slug = &oracle.provider.slug;
        let found = genuine.iter().find(|(name, _)| *name == oracle.handshake.name);
        let (_, challenge) = found.unwrap_or_else(|| panic!("{slug}: write a genuine challenge down here"));
        let answer = oracle.ask(challenge).unwrap_or_else(|| panic!("{slug}: no answer"));
        if matches!(oracle.provider.scheme.content.as_str(), "{body}" | "{form:bt_payload}") {
            let (_, _, signature) = oracle.sign(challenge);
            let mac = signature.split(['|', '=']).nth(1).unwrap_or_default();
            let is_of_its_own = matches!(slug.as_ref(), "x-twitter" | "braintree");
            assert!(!is_of_its_own || answer.contains(mac), "{slug}: the answer is what would sign it");
            assert!(!oracle.accepts(challenge), "{slug}: {challenge}");
        }
    }
}

#[test]
fn a_delivery_is_not_signed_for_a_stranger() {
    let deliveries = [
        r#"{"for_user_id":"1","tweet_create_events":[{"text":"forged"}]}"#,
        r#" {"a":1}"#,
        r#"hmacsha256={"a":1}"#,
        "[1]",
        "PG5vdGlmaWNhdGlvbj48L25vdGlmaWNhdGlvbj4=\n",
        "<notification/>",
        "a=b&c=d",
        "1700000000.{}",
        "",
    ];
    for oracle in oracles() {
        for delivery in deliveries {
            assert_eq!(oracle.ask(delivery), None, "{}: {delivery}", oracle.provider.slug);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_is_answered_is_never_the_content_of_a_delivery(challenge in prop_oneof![
        "[a-f0-9]{18,34}",
        "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        "[A-Za-z0-9+/=_.~-]{1,300}",
        "[ -~]{0,40}",
        r#"(hmacsha256=|sha256=)?[\[{"<a-z]{1,3}[ -~]{0,20}"#,
        "[0-9]{10}\\.[a-z0-9{}]{1,20}",
        ".{0,20}",
    ]) {
        for oracle in oracles() {
            let payloads = [challenge.as_str(), challenge.trim_start_matches("hmacsha256=")];
            if oracle.ask(&challenge).is_some() {
                let signed = |payload: &&str| {
                    // The content of the delivery is the challenge itself.
                    let content = oracle.provider.scheme.content.as_str();
                    content.replace("{body}", payload).replace("{form:bt_payload}", payload) == challenge
                };
                for payload in payloads.iter().filter(|payload| signed(payload)) {
                    prop_assert!(!oracle.accepts(payload), "{}: {payload}", oracle.provider.slug);
                }
            }
        }
    }
}
