//! Other people's test vectors, as data. See `data/README.md`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;

use countersign::scheme::KeyFormat;
use countersign::{Head, Secret, SecretSet, Tolerance, UnixTime, Verifier, providers};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Vector {
    id: String,
    name: String,
    scheme: String,
    scheme_slug: String,
    secret: String,
    #[serde(default)]
    extra_secrets: Vec<String>,
    headers: BTreeMap<String, String>,
    method: String,
    url: Option<String>,
    body_utf8: String,
    now_unix: Option<i64>,
    tolerance_secs: Option<u64>,
    expect: String,
}

/// Where our verdict differs from the vector's, on purpose.
const DIFFERS: &[(&str, &str, &str)] = &[
    (
        "v088",
        "timestamp_too_new",
        "the Stripe libraries do not bound the future; we do, and `Tolerance::insecure_any_future` gives their behaviour",
    ),
    (
        "v387",
        "signature_mismatch",
        "Braintree's libraries look at the letters of the payload first; nothing is read of ours before it is verified",
    ),
];

#[test]
fn every_vector_of_the_catalogue_has_the_expected_verdict() {
    let vectors = vectors();
    let mut wrong = Vec::new();
    for vector in &vectors {
        let differs = DIFFERS.iter().find(|(id, ..)| *id == vector.id);
        let expected = differs.map_or(vector.expect.as_str(), |(_, verdict, _)| verdict);
        let verdict = verdict(vector, None);
        if verdict != expected {
            wrong.push(format!("{} {}: expected {expected}, got {verdict}", vector.id, vector.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(vectors.len() > 80, "only {} vectors were run", vectors.len());
}

#[test]
fn one_call_gives_the_behaviour_of_the_stripe_libraries() {
    let vectors = vectors();
    let future = vectors.iter().find(|vector| vector.id == "v088").unwrap();
    assert_eq!(verdict(future, Some(Tolerance::default().insecure_any_future())), "valid");
}

/// The vectors whose declaration is in the catalogue.
fn vectors() -> Vec<Vector> {
    let all: Vec<Value> = serde_json::from_str(include_str!("data/vectors.json")).unwrap();
    let known =
        |vector: &Value| vector["scheme_slug"].as_str().is_some_and(|slug| providers::find(slug).is_some());
    all.into_iter().filter(known).map(|vector| serde_json::from_value(vector).unwrap()).collect()
}

fn verdict(vector: &Vector, tolerance: Option<Tolerance>) -> String {
    let mut provider = providers::find(&vector.scheme_slug).unwrap().clone();
    if vector.scheme == "standard-webhooks-v1-rawsecret" {
        // What `{ format: "raw" }` is in the JavaScript library: the secret is not Base64.
        provider.scheme.key = KeyFormat::UTF8;
    }
    let any_time = Tolerance::default().insecure_any_age().insecure_any_future();
    let tolerance = tolerance
        .or(vector.tolerance_secs.map(Tolerance::seconds))
        // A vector without a time is not about time.
        .or(vector.now_unix.is_none().then_some(any_time));
    let verifier = secrets(vector).and_then(|secrets| {
        let builder = Verifier::builder(provider, secrets);
        if let Some(tolerance) = tolerance {
            builder.with_tolerance(tolerance).build()
        } else {
            builder.build()
        }
    });
    let verifier = match verifier {
        Ok(verifier) => verifier,
        Err(error) => return error.code().to_owned(),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in &vector.headers {
        let name = HeaderName::try_from(name).unwrap();
        headers.append(name, HeaderValue::from_str(value.trim()).unwrap());
    }
    let mut head = Head::new(&headers).with_method(&vector.method);
    if let Some(url) = &vector.url {
        head = head.with_url(url);
    }
    let now = UnixTime::from_secs(vector.now_unix.unwrap_or_default());
    match verifier.verify(&head, vector.body_utf8.clone(), now) {
        Ok(_) => "valid".to_owned(),
        Err(error) => error.kind().to_string(),
    }
}

fn secrets(vector: &Vector) -> Result<SecretSet, countersign::ConfigError> {
    let first = SecretSet::new(Secret::new(vector.secret.as_str())?);
    vector
        .extra_secrets
        .iter()
        .try_fold(first, |set, extra| Ok(set.with("extra", Secret::new(extra.as_str())?)))
}
