//! Tests that the examples of GitHub and Stripe decode into the types that `countersign types` generates from their documents.
//!
//! `scripts/check-release types` generates the modules, from npm packages.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

#[allow(dead_code, reason = "an application uses all of it")]
mod generated {
    pub(crate) mod openapi;
    pub(crate) mod schema;
    pub(crate) mod stripe;
}

use std::collections::BTreeMap;
use std::{env, fs};

use countersign::EventCatalog;
use generated::{openapi, schema, stripe};
use serde_json::Value;

/// GitHub's examples.
const EXAMPLES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../e2e/sdk/node/node_modules/@octokit/webhooks-examples/api.github.com/index.json"
);

#[test]
fn examples_decode_into_the_types_of_the_json_schema() {
    decode_examples::<schema::Events>();
}

#[test]
fn examples_decode_into_the_types_of_the_openapi_document() {
    decode_examples::<openapi::Events>();
}

/// Decodes the object of each of Stripe's fixtures as the data of each event about it. `STRIPE_FIXTURES` is the file of
/// <https://github.com/stripe/openapi>; without it, the test only compiles, and `scripts/check-release` says so.
#[test]
fn objects_of_stripe_decode_into_the_types_of_its_openapi_document() {
    let Ok(fixtures) = env::var("STRIPE_FIXTURES") else { return };
    let fixtures: Value = serde_json::from_slice(&fs::read(fixtures).unwrap()).unwrap();
    let schemas = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/types/stripe-events.json");
    let schemas: BTreeMap<String, String> = serde_json::from_slice(&fs::read(schemas).unwrap()).unwrap();
    let objects = schemas.iter().filter_map(|(name, schema)| Some((name, fixtures["resources"].get(schema)?)));
    let (mut examples, mut failed) = (0, Vec::new());
    for (name, object) in objects {
        examples += 1;
        match stripe::Events::decode(name, object) {
            Ok(event) if event.variant() != "Unknown" => {}
            Ok(_) => failed.push(format!("{name}: the type is unknown")),
            Err(error) => failed.push(format!("{name}: {error}")),
        }
    }
    check(examples, 180, &failed);
}

/// Decodes all examples. Of a hundred, one may fail; an event of an unknown type is a failure.
fn decode_examples<T: EventCatalog>() {
    let text = fs::read(EXAMPLES).unwrap_or_else(|error| panic!("npm ci in tests/e2e/sdk/node: {error}"));
    let events: Vec<Value> = serde_json::from_slice(&text).unwrap();
    let (mut examples, mut failed) = (0, Vec::new());
    for event in &events {
        let event_type = event["name"].as_str().unwrap();
        for (number, body) in event["examples"].as_array().unwrap().iter().enumerate() {
            examples += 1;
            match T::decode(event_type, body) {
                Ok(event) if event.variant() != "Unknown" => {}
                Ok(_) => failed.push(format!("{event_type} {number}: the type is unknown")),
                Err(error) => failed.push(format!("{event_type} {number}: {error}")),
            }
        }
    }
    check(examples, 300, &failed);
}

fn check(examples: usize, least: usize, failed: &[String]) {
    println!("{} of {examples} examples decode", examples - failed.len());
    assert!(examples >= least, "{examples} examples");
    assert!(failed.len() * 100 <= examples, "{}", failed.join("\n"));
}
