use countersign_inbox::{EventState, Filter, OpsStore, Page};
use serde_json::json;

use crate::chromium::check;
use crate::data::FAILING;
use crate::fixture::{Fixture, Kind};

#[test]
fn one_event_is_replayed_before_the_others_of_its_kind() {
    let fixture = Fixture::new(Kind::Axum, async |inbox| inbox.fill().await);
    let before = fixture.log().len();
    let pattern = "no account for tenant acme";
    let seen = check("canary", json!({ "site": fixture.operator(), "pattern": pattern }));
    let steps = json!([
        "3 events would be changed now. The events are handled again at once, from the first attempt. Running events are never changed.",
        "Replayed 1 event. 1 event so far; 2 events left.",
        "2 events would be changed now. The events are handled again at once, from the first attempt. Running events are never changed. \
         The parts before this one have changed 1 event.",
        "Replayed 2 events. 3 events so far; 0 events left.",
    ]);
    assert_eq!(seen["steps"], steps);
    let log = fixture.log().split_off(before);
    let replays: Vec<_> = log.iter().map(|entry| (entry.action.as_str(), entry.count)).collect();
    assert_eq!(replays, [("replay", 1), ("replay", 2)]);
    // The reason is that of the first part until the operator writes another one.
    assert!(log.iter().all(|entry| entry.detail_text().contains("one first")), "{log:?}");
    let mut filter = Filter::default();
    (filter.source, filter.state) = (Some(FAILING.to_owned()), Some(EventState::Ready));
    let store: &dyn OpsStore = fixture.store();
    assert_eq!(fixture.block_on(store.list(&filter, Page::first(100))).unwrap().events.len(), 3);
}
