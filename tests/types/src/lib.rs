//! Tests that GitHub's examples decode into the types that `countersign types` generates from GitHub's documents.
//!
//! `scripts/check-release types` generates the modules, from the npm packages that are installed with the SDKs.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

#[allow(dead_code, reason = "an application uses all of it")]
mod generated {
    pub(crate) mod openapi;
    pub(crate) mod schema;
}

use std::fs;

use countersign::EventCatalog;
use generated::{openapi, schema};
use serde_json::Value;

/// GitHub's examples.
const EXAMPLES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../sdk/node/node_modules/@octokit/webhooks-examples/api.github.com/index.json"
);

#[test]
fn examples_decode_into_the_types_of_the_json_schema() {
    decode_examples::<schema::Events>();
}

#[test]
fn examples_decode_into_the_types_of_the_openapi_document() {
    decode_examples::<openapi::Events>();
}

/// Decodes all examples. Of a hundred, one may fail; an event of an unknown type is a failure.
fn decode_examples<T: EventCatalog>() {
    let text = fs::read(EXAMPLES).unwrap_or_else(|error| panic!("npm ci in tests/sdk/node: {error}"));
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
    println!("{} of {examples} examples decode", examples - failed.len());
    assert!(examples >= 300, "{examples} examples");
    assert!(failed.len() * 100 <= examples, "{}", failed.join("\n"));
}
