//! Checks that the order of members does not matter for id, type and timestamp of every declaration, over every
//! JSON fixture.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "common/vectors.rs"]
mod vectors;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use countersign::scheme::{Encoding, Location, Scheme, SignatureField};
use countersign::{
    ErrorKind, Head, Provider, Secret, Signer, SigningRequest, Tolerance, UnixTime, Verifier, providers,
};
use serde_json::Value;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

type Fields = (Option<String>, Option<String>, Option<UnixTime>);

/// A declaration reduced to the places of values in the body, with a signature over the whole body.
struct Reader {
    signer: Signer,
    verifier: Verifier,
}

impl Reader {
    fn new(provider: &Provider) -> Option<Self> {
        let is_json = |at: &Option<Location>| matches!(at, Some(at) if at.to_string().starts_with("json:"));
        let mut simple = provider.clone();
        let timestamp = simple.scheme.timestamp.take();
        let timestamp = timestamp.filter(|field| is_json(&Some(field.at.clone())));
        simple.scheme = Scheme::hmac_sha256(SignatureField::header("x-signature", Encoding::Hex), "{body}");
        simple.scheme.timestamp = timestamp.map(|mut field| {
            field.tolerance = Tolerance::default().insecure_any_age().insecure_any_future();
            field
        });
        for at in [&mut simple.event.id, &mut simple.event.event_type] {
            *at = at.take().filter(|at| is_json(&Some(at.clone())));
        }
        simple.event.id_is_per_type = false;
        if simple.event.id.is_none() && simple.event.event_type.is_none() {
            return None;
        }
        let secret = || Secret::new("secret").unwrap();
        Some(Self {
            signer: Signer::new(simple.clone(), secret()).unwrap(),
            verifier: Verifier::new(simple, secret()).unwrap(),
        })
    }

    fn read(&self, body: &str) -> Result<Fields, ErrorKind> {
        let headers = self.signer.sign(&SigningRequest::new(body.to_owned(), NOW)).unwrap();
        let delivery = self.verifier.verify(&Head::new(&headers), body.to_owned(), NOW);
        let delivery = delivery.map_err(|error| error.kind())?;
        Ok((
            delivery.id().map(|id| id.as_str().to_owned()),
            delivery.event_type().map(|event_type| event_type.as_str().to_owned()),
            delivery.timestamp().map(|timestamp| timestamp.value()),
        ))
    }
}

/// Writes the value with the members of each object in pseudo-random order.
fn shuffled(value: &Value, seed: &mut u64) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| shuffled(item, seed)).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            for last in (1..members.len()).rev() {
                *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                members.swap(last, usize::try_from(*seed >> 33).unwrap() % (last + 1));
            }
            let members = members
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), shuffled(value, seed)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        scalar => scalar.to_string(),
    }
}

/// Returns the JSON objects of all fixtures: of the test vectors, and the sample bodies of the simulators.
fn fixtures() -> Vec<Value> {
    let mut bodies = BTreeSet::new();
    for file in vectors::files() {
        collect(&vectors::read(&file).into(), &mut bodies);
    }
    collect(&serde_json::from_str(include_str!("data/own/vectors.json")).unwrap(), &mut bodies);
    let founding: Value = serde_json::from_str(include_str!("data/founding.json")).unwrap();
    collect(&founding, &mut bodies);
    let events = founding.as_object().unwrap().values().flat_map(|events| events.as_array().unwrap());
    bodies.extend(events.map(Value::to_string));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../countersign-testkit/src/simulators/sample/bodies");
    let samples = files(Path::new(folder));
    assert!(samples.len() > 20, "{samples:?}");
    for path in samples {
        let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        bodies.insert(file.to_string());
        bodies.extend(
            file.as_object().unwrap().values().filter(|value| value.is_object()).map(Value::to_string),
        );
    }
    bodies.iter().map(|body| serde_json::from_str(body).unwrap()).collect()
}

/// Collects the texts in a file of vectors that are JSON objects.
fn collect(value: &Value, bodies: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if serde_json::from_str(text).is_ok_and(|body: Value| body.is_object()) => {
            bodies.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, bodies)),
        Value::Object(members) => members.values().for_each(|member| collect(member, bodies)),
        _ => {}
    }
}

/// Returns the JSON files of a folder and of the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let inner = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries.flat_map(inner).filter(|path| path.extension().is_some_and(|end| end == "json")).collect()
}

/// Returns a document with the value at the pointer, and a sibling at every step.
fn with_value_at(pointer: &str, value: Value) -> Value {
    fn set(value: Value, steps: &[&str]) -> Value {
        let Some((step, rest)) = steps.split_first() else { return Value::from(1_700_000_000) };
        if let Ok(index) = step.parse::<usize>() {
            let mut items = if let Value::Array(items) = value { items } else { Vec::new() };
            items.resize(items.len().max(index + 2), serde_json::json!({"before": [{}], "z": 1}));
            if let Some(item) = items.get_mut(index) {
                *item = set(item.take(), rest);
            }
            return Value::Array(items);
        }
        let mut members = if let Value::Object(members) = value { members } else { serde_json::Map::new() };
        let inner = members.remove(*step).unwrap_or_default();
        members.insert((*step).to_owned(), set(inner, rest));
        members.insert("another".to_owned(), serde_json::json!({"members": [1, {"id": null}], "type": {}}));
        Value::Object(members)
    }
    set(value, &pointer.split('/').skip(1).collect::<Vec<_>>())
}

/// Returns the pointers of a declaration, including alternatives.
fn places(provider: &Provider) -> Vec<String> {
    let timestamp = provider.scheme.timestamp.as_ref().map(|field| &field.at);
    let places = [provider.event.id.as_ref(), provider.event.event_type.as_ref(), timestamp];
    let places = places.into_iter().flatten().map(Location::to_string).collect::<Vec<_>>();
    places
        .iter()
        .filter_map(|place| place.strip_prefix("json:"))
        .flat_map(|place| place.split('|'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn id_type_and_timestamp_are_the_same_in_any_order_of_members() {
    let (fixtures, mut seed) = (fixtures(), 7);
    let (mut found, mut seen) = (0_usize, Vec::new());
    for provider in providers::all() {
        let Some(reader) = Reader::new(provider) else { continue };
        let places = places(provider);
        if seen.contains(&places) {
            continue;
        }
        let own = places.iter().fold(Value::Null, |value, place| with_value_at(place, value));
        let own = std::iter::repeat_n(&own, 10);
        for fixture in own.chain(&fixtures) {
            let fields = reader.read(&fixture.to_string());
            found += usize::from(matches!(&fields, Ok((Some(_), _, _) | (_, Some(_), _))));
            let body = shuffled(fixture, &mut seed);
            assert_eq!(reader.read(&body), fields, "{}: {body}", provider.slug);
        }
        seen.push(places);
    }
    assert!(found > 500, "only {found} requests with id or type");
}
