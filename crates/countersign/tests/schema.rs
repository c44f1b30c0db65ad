//! Tests of the JSON Schema of declarations: accepted and rejected documents.
#![cfg(all(feature = "schema", feature = "toml"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use countersign::scheme::Template;
use countersign::{Provider, providers};
use jsonschema::Validator;
use serde_json::{Value, json};

const OWN: &str = include_str!("../../../examples/own_provider/acme.toml");

fn validator() -> Validator {
    let schema = Provider::json_schema();
    jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{error}"));
    jsonschema::validator_for(&schema).unwrap()
}

fn own() -> Value {
    toml::from_str(OWN).unwrap()
}

#[test]
fn every_declaration_of_the_catalogue_fits() {
    let validator = validator();
    for provider in providers::all() {
        let declaration = serde_json::to_value(provider).unwrap();
        validator
            .validate(&declaration)
            .unwrap_or_else(|error| panic!("{}: {error} at {}", provider.slug, error.instance_path()));
    }
}

#[test]
fn a_declaration_of_your_own_fits() {
    let validator = validator();
    validator.validate(&own()).unwrap_or_else(|error| panic!("{error} at {}", error.instance_path()));
}

#[test]
fn a_mistake_is_found_where_it_is() {
    let validator = validator();
    for (pointer, value) in [
        ("/scheme/algorithm", json!("hmac-sha265")),
        ("/scheme/signature/at", json!("head:acme-signature")),
        ("/scheme/signature/at", json!("header:")),
        ("/scheme/signature/encoding", json!("base32")),
        ("/scheme/signature/format", json!({ "lists": {} })),
        ("/scheme/content", json!("{timestamp}.{body")),
        ("/scheme/content", json!("{Body}")),
        ("/scheme/timestamp/format", json!("minutes")),
        ("/scheme/timestamp/tolerance", json!(-1)),
        ("/scheme/limits/body_bytes", json!("1 MiB")),
        ("/event/id", json!("json:id")),
        ("/event/data", json!("data")),
    ] {
        let mut declaration = own();
        *declaration.pointer_mut(pointer).unwrap() = value;
        let error = validator.validate(&declaration).unwrap_err();
        assert!(error.instance_path().as_str().starts_with(pointer), "{pointer}: {error}");
        assert!(Provider::from_json(&declaration.to_string()).is_err(), "{pointer}");
    }
}

#[test]
fn an_unknown_word_is_found() {
    let validator = validator();
    for place in
        ["", "/scheme", "/scheme/signature", "/scheme/timestamp", "/scheme/limits", "/event", "/retries"]
    {
        let mut declaration = own();
        let fields = declaration.pointer_mut(place).unwrap().as_object_mut().unwrap();
        fields.insert("tpye".to_owned(), json!("json:/type"));
        assert!(!validator.is_valid(&declaration), "{place}");
    }
    for required in ["slug", "scheme"] {
        let mut declaration = own();
        declaration.as_object_mut().unwrap().remove(required);
        assert!(!validator.is_valid(&declaration), "{required}");
    }
}

#[test]
fn fields_are_described() {
    let schema = Provider::json_schema();
    assert!(
        schema["description"].as_str().unwrap().starts_with("The declaration of a provider of webhooks.")
    );
    let of = |pointer: &str| schema.pointer(pointer).unwrap().as_str().unwrap();
    assert_eq!(of("/properties/slug/description"), "The short name: lower case, unique in the catalogue.");
    assert!(of("/$defs/Location/description").contains("| `header:svix-id` | that header |"));
    for (name, about) in Template::placeholders() {
        assert!(of("/$defs/Template/description").contains(&format!("| `{{{name}}}` | {about} |")), "{name}");
    }
    assert!(!schema.to_string().contains("](crate::"), "a link leads nowhere");
    assert!(!schema.to_string().contains("\"null\""), "what is not there is left out");
}
