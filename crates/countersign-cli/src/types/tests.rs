use serde_json::{Value, json};

use super::events::Places;
use super::generator::{Generated, Generator};

fn generate(document: Value) -> Generated {
    generator(None).generate(document, "schema.json").unwrap()
}

fn generator(data: Option<&str>) -> Generator {
    let places =
        Places { event_type: vec!["/type".to_owned()], data: data.map(str::to_owned), ..Places::default() };
    Generator { places, name: "Events".to_owned(), ..Generator::default() }
}

/// Asserts that the text has these lines one after another, whatever their indentation.
fn assert_has(generated: &Generated, expected: &str) {
    let (there, expected) = (lines(&generated.rust), lines(expected));
    assert!(there.windows(expected.len()).any(|window| window == expected), "{}", generated.rust);
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

fn event(properties: Value) -> Value {
    json!({ "title": "paid", "type": "object", "properties": properties })
}

#[test]
fn alternatives_that_are_objects_are_one_struct() {
    let generated = generate(json!({
        "definitions": {
            "order_event": { "oneOf": [{ "$ref": "#/definitions/opened" }, { "$ref": "#/definitions/closed" }] },
            "opened": { "type": "object", "properties": { "action": { "const": "opened" }, "by": { "type": "string" } } },
            "closed": { "type": "object", "properties": { "action": { "const": "closed" } } },
        },
        "oneOf": [{ "$ref": "#/definitions/order_event" }],
    }));
    assert_has(&generated, "#[event(\"order\")]\nOrder(Box<OrderEvent>),");
    assert_has(
        &generated,
        "pub struct OrderEvent {
             #[serde(skip_serializing_if = \"Option::is_none\")]
             pub action: Option<ClosedOrOpened>,
             #[serde(skip_serializing_if = \"Option::is_none\")]
             pub by: Option<String>,
         }",
    );
    assert_has(&generated, "#[serde(untagged)]\nOther(String),\n}");
}

#[test]
fn each_type_that_the_schema_of_a_body_names_is_an_event_with_its_data() {
    let body = |types: Value, data: Value| json!({ "type": "object", "properties": { "type": types, "data": data } });
    let document = json!({ "openapi": "3.1.0", "webhooks": { "all": { "post": { "requestBody": { "content": {
        "application/json": { "schema": { "oneOf": [
            body(json!({ "const": "order.paid" }), json!({ "type": "object", "properties": { "id": { "type": "integer" } } })),
            body(json!({ "enum": ["order.lost", "order.late"] }), json!({ "type": "string" })),
        ] } },
    } } } } } });
    let generated = generator(Some("/data")).generate(document, "x").unwrap();
    assert_has(&generated, "#[event(\"order.late\", \"order.lost\")]\nOrderLate(String),");
    assert_has(&generated, "#[event(\"order.paid\")]\nOrderPaid(Box<OrderPaid>),");
    assert_has(
        &generated,
        "pub struct OrderPaid {\n#[serde(skip_serializing_if = \"Option::is_none\")]\npub id: Option<i64>,\n}",
    );
}

#[test]
fn messages_of_asyncapi_are_events() {
    for document in [
        json!({ "asyncapi": "2.6.0", "channels": { "/": { "publish": { "message": { "oneOf": [
            { "name": "order.paid", "payload": { "type": "object", "properties": { "id": { "type": "string" } } } },
        ] } } } } }),
        json!({ "asyncapi": "3.0.0", "components": { "messages": { "order.paid": { "payload": {
            "schemaFormat": "application/schema+json;version=draft-07",
            "schema": { "type": "object", "properties": { "id": { "type": "string" } } },
        } } } } }),
    ] {
        assert_has(&generate(document), "#[event(\"order.paid\")]\nOrderPaid(Box<OrderPaid>),");
    }
}

#[test]
fn names_that_are_no_identifiers_are_renamed() {
    let generated = generate(event(json!({
        "type": { "type": "boolean" }, "self": { "type": "boolean" }, "+1": { "type": "integer" },
        "-1": { "type": "integer" }, "createdAt": { "type": "number" }, "created_at": { "type": "number" },
    })));
    for (field, rename) in [
        ("pub r#type: Option<bool>,", None),
        ("pub self_: Option<bool>,", Some("self")),
        ("pub plus_1: Option<i64>,", Some("+1")),
        ("pub minus_1: Option<i64>,", Some("-1")),
        ("pub created_at: Option<f64>,", Some("createdAt")),
        ("pub created_at2: Option<f64>,", Some("created_at")),
    ] {
        let rename = rename.map_or_else(String::new, |name| format!("#[serde(rename = \"{name}\")]\n"));
        let default = "#[serde(skip_serializing_if = \"Option::is_none\")]\n";
        assert_has(&generated, &format!("{rename}{default}{field}"));
    }
}

#[test]
fn a_type_that_contains_itself_is_boxed() {
    let generated = generate(json!({
        "$ref": "#/$defs/node",
        "$defs": { "node": { "type": "object", "properties": {
            "next": { "$ref": "#/$defs/node" },
            "others": { "type": "array", "items": { "$ref": "#/$defs/node" } },
            "or": { "anyOf": [{ "type": "string" }, { "$ref": "#/$defs/node" }] },
        } } },
    }));
    assert_has(&generated, "pub next: Option<Box<Node>>,");
    assert_has(&generated, "pub others: Option<Vec<Node>>,");
    assert_has(&generated, "pub enum StringOrNode {\nString(String),\nObject(Box<Node>),\n}");
}

#[test]
fn a_schema_that_refers_to_itself_alone_is_any_value() {
    let generated = generate(json!({
        "oneOf": [{ "$ref": "#/definitions/a" }, { "$ref": "#/definitions/missing" }],
        "definitions": { "a": { "$ref": "#/definitions/b" }, "b": { "allOf": [{ "$ref": "#/definitions/a" }] } },
    }));
    assert_has(&generated, "A(serde_json::Value),");
    assert_has(&generated, "Missing(serde_json::Value),");
    let expected =
        ["`#/definitions/missing` names nothing in schema.json: its values are `serde_json::Value`"];
    assert_eq!(generated.warnings, expected);
}

#[test]
fn strict_types_trust_the_schema() {
    let document = json!({
        "type": "object", "title": "paid", "required": ["id", "at", "by"],
        "properties": {
            "id": { "type": "string" }, "at": { "type": "string", "format": "date-time" },
            "by": { "type": ["string", "null"] }, "note": { "type": "string", "nullable": true },
        },
    });
    let loose = generate(document.clone());
    let strict = Generator { is_strict: true, ..generator(None) }.generate(document, "x").unwrap();
    let optional = "#[serde(skip_serializing_if = \"Option::is_none\")]\n";
    assert_has(
        &loose,
        &format!("{optional}pub at: Option<IntegerOrString>,\n{optional}pub by: Option<String>,"),
    );
    assert_has(
        &strict,
        &format!(
            "pub at: String,\n{optional}pub by: Option<String>,\npub id: String,\n{optional}pub note: Option<String>,"
        ),
    );
}

#[test]
fn parts_that_narrow_a_schema_with_a_name_are_that_schema() {
    let generated = generate(json!({
        "definitions": { "issue": { "type": "object", "properties": { "state": { "type": "string" } } } },
        "type": "object", "title": "issues", "properties": { "issue": { "allOf": [
            { "$ref": "#/definitions/issue" },
            { "type": "object", "properties": { "state": { "const": "closed" } } },
        ] } },
    }));
    assert_has(&generated, "pub issue: Option<Issue>,");
}

#[test]
fn descriptions_mean_themselves_in_documentation() {
    let description = "The <b>id</b> of [an order](https://a.example), `a[0]` or x[1]. More.\n\nEven more.";
    let generated = generate(event(json!({ "id": { "type": "string", "description": description } })));
    assert_has(&generated, "/// The id of an order, `a[0]` or x\\[1\\].");
}

#[test]
fn chosen_events_alone_are_written_and_a_wrong_one_names_those_that_there_are() {
    let document = json!({
        "definitions": { "user": { "type": "object", "properties": { "name": { "type": "string" } } } },
        "oneOf": [{ "title": "one", "type": "string" }, { "title": "two", "type": "object" }],
    });
    let with = |events: &[&str]| {
        let events = events.iter().map(|event| (*event).to_owned()).collect();
        Generator { events, ..generator(None) }.generate(document.clone(), "x")
    };
    let generated = with(&["two", "user.created=/definitions/user"]).unwrap();
    assert_has(&generated, "#[event(\"user.created\")]\nUserCreated(Box<User>),\n#[event(\"two\")]");
    assert!(!generated.rust.contains("\"one\""), "{}", generated.rust);
    let problem = with(&["three"]).unwrap_err();
    assert_eq!(problem, "--event three: the document has the events one, two");
    let problem = with(&["x=/definitions/y"]).unwrap_err();
    assert_eq!(problem, "--event x=/definitions/y: there is nothing at /definitions/y in the document");
    let problem = generator(None).generate(json!({ "openapi": "3.0.0" }), "x").unwrap_err();
    assert_eq!(problem, "found no events: name each with --event TYPE=/pointer/of/its/schema");
}
