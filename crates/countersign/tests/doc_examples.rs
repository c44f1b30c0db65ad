//! Checks that the examples of declarations in the documentation and in the JSON Schema load.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::path::Path;

use countersign::Provider;
use serde_json::Value;

/// Declarations that an example is inserted into. It must fit one of them.
const BASES: [&str; 5] = [
    r#"
    slug = "acme"
    name = "Acme"
    doc = ""
    scheme = { algorithm = "hmac-sha256", content = "{body}", signature = { at = "header:x-signature", format = { value = {} }, encoding = "hex" } }
    "#,
    r#"
    slug = "acme"
    name = "Acme"
    doc = ""
    [scheme]
    algorithm = "hmac-sha256"
    content = "{id}.{timestamp}.{body}"
    signature = { at = "header:x-signature", format = { list = { separator = ",", assign = "=", tags = "v1" } }, encoding = "hex" }
    timestamp = { at = "sig:t", format = "seconds" }
    [event]
    id = "header:x-id"
    "#,
    r#"
    slug = "acme"
    name = "Acme"
    doc = ""
    scheme = { algorithm = "hmac-sha1", content = "{url}", signature = { at = "header:x-signature", format = { value = {} }, encoding = "base64" } }
    "#,
    r#"
    slug = "acme"
    name = "Acme"
    doc = ""
    [scheme]
    algorithm = "jwt"
    signature = { at = "header:authorization", format = { value = { prefixes = "Bearer ", required = true } }, encoding = "base64url" }
    jwt = { algorithms = "ES256" }
    "#,
    r#"
    slug = "acme"
    name = "Acme"
    doc = ""
    scheme = { algorithm = "hmac-sha256", content = "{url}{form:sorted}", signature = { at = "header:x-signature", format = { value = {} }, encoding = "hex" } }
    "#,
];

/// A handshake that signs text of its sender, of this form.
const CHALLENGE: &str = r#"handshakes = [{ name = "own", trust = "secret", method = "GET", when = ["query:own"], answer = { body = "{hmac-sha256-hex:query:own}" }, challenge = PATTERN }]"#;

/// The tables of a declaration that an example can belong to.
const TABLES: [&[&str]; 4] = [&[], &["scheme"], &["scheme", "signature"], &["event"]];

/// Returns an error unless the text loads as a part of some declaration.
fn loads(example: &str) -> Result<(), String> {
    let example: toml::Table = toml::from_str(example).map_err(|error| error.to_string())?;
    let mut why = String::new();
    for base in BASES {
        for path in TABLES {
            let mut declaration: toml::Table = toml::from_str(base).unwrap();
            let mut table = &mut declaration;
            for name in path {
                table =
                    table.entry(*name).or_insert_with(|| toml::Table::new().into()).as_table_mut().unwrap();
            }
            table.extend(example.clone());
            match Provider::from_json(&serde_json::to_string(&declaration).unwrap()) {
                Ok(_) => return Ok(()),
                Err(error) => why = format!("{why}\n  {error}"),
            }
        }
    }
    Err(why)
}

/// Returns the examples in a text: inline code of the form `name = value`, and blocks of TOML.
fn examples(text: &str) -> Vec<String> {
    let mut examples = Vec::new();
    for block in text.split("```toml\n").skip(1) {
        examples.extend(block.split_once("```").map(|(block, _)| block.to_owned()));
    }
    let prose = text.split("```").step_by(2).collect::<String>();
    for code in prose.split('`').skip(1).step_by(2) {
        let code = code.replace('\n', " ");
        let name = code.split_once(" = ").map_or("", |(name, _)| name);
        let is_field = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        examples.extend(is_field.then_some(code));
    }
    examples
}

/// Returns the doc comments of a source file, each as one text.
fn comments(source: &str) -> Vec<String> {
    let mut comments = vec![String::new()];
    for line in source.lines().map(str::trim) {
        let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        match text {
            Some(text) => {
                *comments.last_mut().unwrap() += &format!("{}\n", text.strip_prefix(' ').unwrap_or(text))
            }
            None => comments.push(String::new()),
        }
    }
    comments
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
}

/// Collects the values of this name anywhere in a JSON document.
fn members(value: &Value, name: &str, found: &mut Vec<Value>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| {
            if key == name {
                found.push(value.clone());
            }
            members(value, name, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| members(item, name, found)),
        _ => {}
    }
}

fn assert_all_load(examples: &[String], least: usize) {
    let failed: Vec<String> = examples
        .iter()
        .filter_map(|example| loads(example).err().map(|why| format!("{example}:{why}")))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(examples.len() >= least, "{examples:?}");
}

#[test]
fn examples_in_documentation_comments_load() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let comments = files.iter().flat_map(|source| comments(source));
    assert_all_load(&comments.flat_map(|comment| examples(&comment)).collect::<Vec<_>>(), 6);
}

#[test]
fn examples_in_the_schema_load() {
    let schema = Provider::json_schema();
    let mut descriptions = Vec::new();
    members(&schema, "description", &mut descriptions);
    let texts = descriptions.iter().filter_map(Value::as_str);
    assert_all_load(&texts.flat_map(examples).collect::<Vec<_>>(), 6);
    // Templates are contents. Locations are places of an id; those in the signature field are of a timestamp.
    let of = |name: &str, example: &str| match (name, Value::from(example)) {
        ("Template", example) => format!("content = {example}"),
        ("Pattern", example) => CHALLENGE.replace("PATTERN", &example.to_string()),
        ("Pointer", example) => format!("data = {example}"),
        ("Location", at) if example.starts_with("sig") => {
            format!("timestamp = {{ at = {at}, format = \"seconds\", tolerance = 300 }}")
        }
        ("Location", at) => format!("id = {at}"),
        (name, _) => panic!("{name} has examples that this test does not load"),
    };
    let mut with_examples = 0;
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        let Some(examples) = definition["examples"].as_array() else { continue };
        with_examples += 1;
        let examples = examples.iter().filter_map(Value::as_str).map(|example| of(name, example));
        assert_all_load(&examples.collect::<Vec<_>>(), 1);
    }
    assert_eq!(with_examples, 4);
}
