use countersign_inbox::{EventId, EventState, Page, Reveal};

use super::driver::{InboxDriver, TICK, order};
use super::harness::InboxHarness;

/// Checks that an entry of the audit log names event and actor, that the event is unchanged, and that nothing is written
/// about an event that is not there.
pub fn what_is_revealed_is_written_down_first(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.store(order("evt"));
    let other = driver.put("other", EventState::Dead);
    let before = driver.show(id);
    harness.advance(TICK);
    let first = Reveal::new(id, "ada").with_reason("ticket \"12\"\0");
    let second = Reveal::new(id, "bob").with_credentials();
    for reveal in [&first, &second] {
        let shown = driver.wait(harness.ops().reveal(reveal));
        assert_eq!(shown.map(|of| (of.summary, of.head, of.body)), {
            let of = before.clone();
            Some((of.summary, of.head, of.body))
        });
    }
    let missing = Reveal::new(EventId::new(i64::MAX), "carol");
    assert!(driver.wait(harness.ops().reveal(&missing)).is_none());

    let log = driver.audit(None, Page::first(10));
    let shown: Vec<_> =
        log.iter().map(|of| (of.action.as_str(), of.actor.as_str(), of.event, of.count)).collect();
    assert_eq!(shown, [("reveal", "bob", Some(id), 1), ("reveal", "ada", Some(id), 1)]);
    let details: Vec<_> = log.iter().map(|of| of.detail.clone()).collect();
    assert_eq!(details, [&second, &first].map(|of| Some(of.detail())));
    assert!(log.iter().all(|of| of.at > before.summary.stored_at), "{log:?}");
    assert_eq!(driver.audit(Some(id), Page::first(10)), log);
    assert_eq!(driver.audit(Some(other), Page::first(10)), []);
}
