use serde_json::{Value, json};

use crate::chromium::check;
use crate::data::FAILING;
use crate::fixture::{Fixture, Kind};

/// Forms, and the changes that their buttons name.
const FORMS: [&str; 11] = [
    "change discard",
    "change purge",
    "change replay",
    "control close_circuit",
    "control limit",
    "control open_circuit",
    "control unlimit",
    "events/N/compare",
    "events/N/reveal",
    "pause pause",
    "pause resume",
];

/// Sends forged forms, and returns what was seen after nothing has changed.
fn forged(fixture: &Fixture, foreign: Value) -> Value {
    let before = fixture.log();
    let request = json!({ "site": fixture.operator(), "source": FAILING, "foreign": foreign });
    let seen = check("forgeries", request);
    assert_eq!(fixture.log(), before, "{:?}", fixture.kind);
    let forms: Vec<_> = seen["forms"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(forms, FORMS);
    for (form, forgeries) in seen["forms"].as_object().unwrap() {
        let forgeries = forgeries.as_object().unwrap();
        assert!(forgeries.len() > 5, "{forgeries:?}");
        for (forgery, status) in forgeries {
            assert_eq!(status, &json!(403), "{:?}: {form}: {forgery}", fixture.kind);
        }
    }
    seen
}

#[test]
fn forms_without_a_token_of_this_page_and_operator_are_refused() {
    for kind in [Kind::Axum, Kind::Actix] {
        let fixture = Fixture::new(kind, async |inbox| inbox.fill().await);
        let foreign = json!({
            "an old one": fixture.page("/old/", "operator", "ada"),
            "one of another page": fixture.page("/foreign/", "operator", "ada"),
            "one of another operator": fixture.page("/ops/", "operator", "eve"),
        });
        forged(&fixture, foreign);
    }
}

#[test]
fn the_command_refuses_forms_of_other_pages_and_keeps_its_cookie() {
    let fixture = Fixture::new(Kind::Program, async |inbox| inbox.fill().await);
    let other = fixture.program(&[]);
    let another = fixture.program(&["--read-only"]);
    let seen =
        forged(&fixture, json!({ "one of another page": other.page(), "one of a viewer": another.page() }));
    let cookies = seen["cookies"].as_array().unwrap();
    let [cookie] = &cookies[..] else { panic!("{cookies:?}") };
    assert_eq!((&cookie["httpOnly"], &cookie["sameSite"]), (&json!(true), &json!("Strict")));
    let start = fixture.operator()["start"].as_str().unwrap().to_owned();
    let path = cookie["path"].as_str().unwrap();
    assert!(path.len() == 34 && start.contains(path) && cookie["domain"] == "127.0.0.1", "{cookie}");
}
