//! Runs the test vectors, which stand beside the declarations. See `data/README.md`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "common/vectors.rs"]
mod stored;

use std::collections::{BTreeMap, BTreeSet};

use countersign::scheme::KeyFormat;
use countersign::{Head, Proof, Provider, Secret, SecretSet, Tolerance, UnixTime, Verifier, providers};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    id: String,
    name: String,
    origin: String,
    scheme: String,
    scheme_slug: Option<String>,
    secret: String,
    #[serde(default)]
    extra_secrets: Vec<String>,
    headers: BTreeMap<String, String>,
    method: String,
    url: Option<String>,
    body_utf8: String,
    now_unix: Option<i64>,
    tolerance_secs: Option<u64>,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    expect: String,
}

/// A row of `data/differences.toml`.
#[derive(Deserialize)]
struct Difference {
    vector: String,
    theirs: String,
    ours: String,
    why: String,
}

#[test]
fn every_vector_of_the_catalogue_has_the_expected_verdict() {
    let (vectors, differences) = (vectors(), differences());
    let mut wrong = Vec::new();
    for vector in &vectors {
        let differs = differences.iter().find(|difference| difference.vector == vector.id);
        let expected = differs.map_or(&vector.expect, |difference| &difference.ours);
        let verdict = verdict(vector, declaration(vector), None);
        if verdict != *expected {
            wrong.push(format!("{} {}: expected {expected}, got {verdict}", vector.id, vector.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(vectors.len() > 200, "only {} vectors were run", vectors.len());
}

#[test]
fn the_vectors_of_others_are_the_proof_of_the_declarations_that_say_so() {
    let ours = ["computed", "derived"];
    let with_vectors: BTreeSet<_> = all()
        .into_iter()
        .filter(|vector| vector.expect == "valid" && !ours.contains(&&*vector.origin))
        .filter_map(|vector| vector.scheme_slug)
        .collect();
    for provider in providers::all() {
        let has = with_vectors.contains(&*provider.slug);
        match provider.proof {
            Some(Proof::Vectors) => assert!(has, "{}: there are no vectors of others", provider.slug),
            Some(Proof::Sdk) => {}
            proof => assert!(!has, "{}: its proof is vectors, not {proof:?}", provider.slug),
        }
    }
}

#[test]
fn every_difference_is_one_and_says_why() {
    for Difference { vector, theirs, ours, why } in differences() {
        let known = all().into_iter().find(|known| known.id == vector).unwrap();
        assert_eq!(known.expect, theirs, "{vector}");
        assert!(theirs != ours && !why.is_empty(), "{vector}");
    }
}

#[test]
fn each_vector_stands_beside_its_declaration() {
    for file in stored::files() {
        let code = std::fs::read_to_string(file.with_extension("rs")).unwrap();
        let code: String = code.split_whitespace().collect();
        for vector in stored::read(&file) {
            let slug = vector.get("scheme_slug").or(vector.get("provider")).unwrap();
            assert!(code.contains(&format!("Provider::new({slug},")), "{slug} is not in {}", file.display());
        }
    }
}

#[test]
fn every_id_is_one_vector() {
    let all = all();
    let ids: BTreeSet<_> = all.iter().map(|vector| &vector.id).collect();
    assert_eq!(ids.len(), all.len());
}

#[test]
fn one_call_gives_the_behaviour_of_the_stripe_libraries() {
    let vectors = vectors();
    let future = vectors.iter().find(|vector| vector.id == "v088").unwrap();
    let tolerance = Tolerance::default().insecure_any_future();
    assert_eq!(verdict(future, declaration(future), Some(tolerance)), "valid");
}

#[test]
#[cfg(feature = "jwt")]
fn the_reference_of_messagebird_runs_whole() {
    let vectors = vectors();
    let messagebird = |vector: &&Vector| vector.scheme_slug.as_deref() == Some("messagebird");
    assert_eq!(vectors.iter().filter(messagebird).count(), 26);
}

/// Runs the vectors without a declaration in the catalogue against declarations as a user would write them.
#[cfg(feature = "toml")]
#[test]
fn generic_vectors_run_through_declarations_of_a_user() {
    let own = [
        include_str!("data/own/generic-basic.toml"),
        include_str!("data/own/generic-hmac-sha512-base64.toml"),
        include_str!("data/own/generic-hmac-sha512-base64-prefix.toml"),
        include_str!("data/own/generic-hmac-sha512-hex.toml"),
        include_str!("data/own/generic-token.toml"),
    ];
    let own = own.map(|text| Provider::from_toml(text).unwrap());
    let vectors: Vec<Vector> = all().into_iter().filter(|vector| vector.scheme_slug.is_none()).collect();
    let differences = differences();
    for vector in &vectors {
        let provider = own.iter().find(|provider| provider.slug == vector.scheme);
        let provider = provider.unwrap_or_else(|| panic!("{} has no declaration", vector.scheme));
        let differs = differences.iter().find(|difference| difference.vector == vector.id);
        let expected = differs.map_or(&vector.expect, |difference| &difference.ours);
        let verdict = verdict(vector, provider.clone(), None);
        assert_eq!(verdict, *expected, "{} {}", vector.id, vector.name);
    }
    assert_eq!(vectors.len(), 11);
}

fn all() -> Vec<Vector> {
    let own: Vec<Vector> = serde_json::from_str(include_str!("data/own/vectors.json")).unwrap();
    let stored = stored::deliveries().into_iter().map(|vector| serde_json::from_value(vector).unwrap());
    own.into_iter().chain(stored).collect()
}

/// Returns the vectors with a declaration in the catalogue whose features are compiled in.
fn vectors() -> Vec<Vector> {
    let known = |vector: &Vector| {
        let provider = vector.scheme_slug.as_deref().and_then(providers::find);
        provider.is_some_and(|Provider { scheme, .. }| {
            (cfg!(feature = "asymmetric") || !scheme.algorithm.is_asymmetric())
                && (cfg!(feature = "nfkd") || !scheme.key.nfkd)
                && (cfg!(feature = "jwt") || scheme.jwt.is_none())
        })
    };
    all().into_iter().filter(known).collect()
}

fn differences() -> Vec<Difference> {
    #[derive(Deserialize)]
    struct Table {
        difference: Vec<Difference>,
    }
    toml::from_str::<Table>(include_str!("data/differences.toml")).unwrap().difference
}

/// Returns the declaration of a vector. Some vectors belong to a variant with its own declaration.
fn declaration(vector: &Vector) -> Provider {
    let slug = vector.scheme_slug.as_deref().unwrap();
    let mut provider = providers::find(slug).unwrap().clone();
    if vector.scheme == "standard-webhooks-v1-rawsecret" {
        // Equivalent to `{ format: "raw" }` in the JavaScript library: the secret is not Base64.
        provider.scheme.key = KeyFormat::UTF8;
    }
    vector.parameters.iter().fold(provider, |provider, (name, value)| provider.with_parameter(name, value))
}

fn verdict(vector: &Vector, provider: Provider, tolerance: Option<Tolerance>) -> String {
    let any_time = Tolerance::default().insecure_any_age().insecure_any_future();
    let tolerance = tolerance
        .or(vector.tolerance_secs.map(Tolerance::seconds))
        // A vector without a time does not test the tolerance.
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
        let target = url.splitn(4, '/').nth(3).map_or_else(|| "/".to_owned(), |rest| format!("/{rest}"));
        head = head.with_url(url).with_target(target.leak());
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
