use serde_json::json;

use crate::chromium::check;
use crate::fixture::{Fixture, Kind};
use crate::pages::{TEXTS, everything};

/// With hostile texts in the errors, in their ids and in the endpoints.
#[test]
fn each_kind_of_error_leads_to_the_result_of_its_replay() {
    let fixture = Fixture::new(Kind::Axum, everything);
    let seen = check("replays", json!({ "site": fixture.operator(), "options": { "bypassCSP": true } }));
    let results = seen["results"].as_array().unwrap().iter();
    let texts = results.map(|of| of.as_array().unwrap().iter().filter_map(|text| text.as_str()).collect());
    let replayed: Vec<Vec<_>> = texts.collect();
    // A result leads to the only event of its kind: those that do not verify have errors of their own.
    let (single, several): (Vec<_>, Vec<_>) =
        replayed.iter().partition(|texts| texts[0].starts_with("Replayed event "));
    for texts in &several {
        assert!(texts[0].starts_with("Replayed 1 event. 1 event so far;"), "{texts:?}");
        assert!(texts[1].contains("0 done, 0 dead, 1 still waiting."), "{texts:?}");
    }
    assert_eq!((several.len(), single.len()), (2 + TEXTS.len(), 1 + TEXTS.len()), "{replayed:?}");
}
