use countersign_inbox::{InboxStore, Page};
use countersign_testkit::conformance::inbox::sample_event;

use crate::support::Fixture;

#[tokio::test]
async fn a_search_that_ends_early_says_so_and_goes_on() {
    let fixture = Fixture::in_memory();
    let store: &dyn InboxStore = &*fixture.store;
    for number in 0..=Page::MOST_READ {
        store.accept(sample_event("orders", &number.to_string(), "{}".to_owned())).await.unwrap();
    }
    let go_on = |links: Vec<String>| links.into_iter().find(|link| link.contains("after=")).unwrap();

    let list = fixture.get("operator", "/events?replays=7").await;
    let seen = list.seen();
    assert!(seen.contains("No events among those that were looked at; there are older ones."), "{seen}");
    let next = go_on(list.links());
    assert!(next.contains("replays=7") && next.contains("after=2"), "{next}");
    let rest = fixture.get("operator", &next).await;
    assert!(rest.seen().contains("No events."), "{}", rest.seen());

    let confirm = fixture.get("operator", "/change?action=discard&replays=7&reason=why").await.seen();
    assert!(confirm.contains("an unknown number of events would be changed"), "{confirm}");
    assert!(!confirm.contains("Nothing can be changed"), "{confirm}");
    let links = fixture.get("operator", "/change?action=discard&replays=7&reason=why").await.links();
    let next = go_on(links);
    assert!(next.contains("after=20000") && next.contains("reason=why"), "{next}");
    assert!(fixture.get("operator", &next).await.seen().contains("Nothing can be changed"));
}
