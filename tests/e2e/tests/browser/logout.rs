use serde_json::json;

use crate::chromium::check;
use crate::fixture::{Fixture, Kind};

#[test]
fn a_logout_ends_the_session_and_the_printed_address_begins_another_one() {
    let fixture = Fixture::new(Kind::Program, async |_| {});
    let seen = check("logout", json!({ "site": fixture.operator() }));
    let text = "Logged out. The address that the command has printed begins a new session.";
    let expected = json!({ "text": text, "before": 200, "after": 403, "again": 200, "problems": [] });
    assert_eq!(seen, expected);
}
