use countersign_inbox::{EventState, Filter, OpsStore, Page};
use serde_json::json;

use crate::chromium::check;
use crate::data::FAILING;
use crate::fixture::{Fixture, Kind};

/// Each action: its name, its number of events, whether the log names one event, and its reason.
const ACTIONS: [(&str, u64, bool, &str); 10] = [
    ("replay", 1, true, "billing is back"),
    ("discard", 2, false, "sent twice"),
    ("purge", 4, false, "a test of the provider"),
    ("pause", 0, false, "a move"),
    ("resume", 0, false, "moved"),
    ("limit", 0, false, "the bank is slow"),
    ("unlimit", 0, false, "it is fast again"),
    ("open_circuit", 0, false, "the bank is down"),
    ("close_circuit", 0, false, "the bank is up"),
    ("reveal", 1, true, "ticket 12"),
];

/// In a browser without scripts on every second fixture.
#[test]
fn each_action_is_confirmed_and_is_in_the_audit_log_with_its_actor() {
    for (kind, has_scripts) in Kind::ALL.into_iter().zip([true, false, true, false]) {
        let fixture = Fixture::new(kind, async |inbox| inbox.fill().await);
        let before = fixture.log().len();
        let request = json!({
            "site": fixture.operator(),
            "options": { "javaScriptEnabled": has_scripts },
            "source": FAILING,
            "checks_accessibility": kind == Kind::Axum,
        });
        let seen = check("actions", request);
        let entries = seen["entries"].as_array().unwrap();
        assert_eq!(entries.len(), ACTIONS.len(), "{kind:?}: {seen}");
        let log = fixture.log().split_off(before);
        assert_eq!(log.len(), ACTIONS.len(), "{kind:?}: {log:?}");
        for ((shown, stored), (action, count, is_single, reason)) in entries.iter().zip(&log).zip(ACTIONS) {
            assert_eq!((&*stored.actor, &*stored.action, stored.count), ("ada", action, count), "{kind:?}");
            assert_eq!(stored.event.is_some(), is_single, "{kind:?}: {stored:?}");
            let detail = stored.detail_text();
            assert!(detail.contains(reason), "{kind:?}: {detail}");
            let event = stored.event.map(|event| event.to_string()).unwrap_or_default();
            let expected = json!(["ada", action, event, count.to_string(), detail]);
            assert_eq!(shown.as_array().unwrap()[1..], expected.as_array().unwrap()[..], "{kind:?}");
        }
        assert_eq!(states(&fixture), [EventState::Ready, EventState::Done, EventState::Done], "{kind:?}");
    }
}

/// Returns the states of the events of the endpoint, the oldest first.
fn states(fixture: &Fixture) -> Vec<EventState> {
    let mut filter = Filter::default();
    filter.source = Some(FAILING.to_owned());
    let store: &dyn OpsStore = fixture.store();
    let mut events = fixture.block_on(store.list(&filter, Page::first(100))).unwrap().events;
    events.reverse();
    events.iter().map(|event| event.state).collect()
}
