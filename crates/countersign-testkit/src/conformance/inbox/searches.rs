use std::time::Duration;

use countersign_inbox::{Action, Change, EventId, EventState, Filter, Listing, Page};

use super::driver::InboxDriver;
use super::harness::InboxHarness;
use super::list::a_few_events;
use crate::conformance::driver::with;

/// Checks that a search that may look at a few events only says where it goes on, and that nothing is left out or found twice.
pub fn a_search_goes_on_where_it_has_ended(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    a_few_events(harness);
    // Far more than a slow machine needs for all searches.
    harness.advance(Duration::from_secs(3600));
    let age = Some(Duration::from_secs(1800));
    for nth in 0..4 {
        for state in [EventState::Done, EventState::Dead, EventState::Ready] {
            driver.put(&format!("more {nth} {state}"), state);
        }
    }
    let text = |text: &str| Some(text.to_owned());
    let by_ids = Filter::ids(driver.ids(&Filter::default()).into_iter().step_by(3));
    let named = driver.list(&by_ids, with(Page::first(1000), |page| page.most_read = 1));
    assert_eq!(named.len(), by_ids.ids.len(), "each id is looked up");
    let filters = [
        Filter::default(),
        by_ids,
        with(Filter::default(), |filter| filter.source = text("orders")),
        with(Filter::default(), |filter| filter.state = Some(EventState::Dead)),
        with(Filter::default(), |filter| (filter.state, filter.error) = (Some(EventState::Dead), text("o"))),
        with(Filter::default(), |filter| filter.error = text("no event has it")),
        with(Filter::default(), |filter| filter.pattern = text("no event has it")),
        with(Filter::default(), |filter| filter.pattern = text("")),
        with(Filter::default(), |filter| filter.pattern = text("#%_off: \u{c9}")),
        with(Filter::default(), |filter| filter.older_than = age),
        with(Filter::default(), |filter| filter.newer_than = age),
        with(Filter::default(), |filter| filter.replays = Some(1)),
        with(Filter::default(), |filter| (filter.tenant, filter.replays) = (text("acme"), Some(0))),
        with(Filter::default(), |filter| (filter.tenant, filter.event_type) = (text("acme"), text("none"))),
        with(Filter::default(), |filter| {
            (filter.event_type, filter.older_than) = (text("audit.failed"), age);
        }),
    ];
    for filter in filters {
        let expected = driver.ids(&filter);
        let change = |action: Action, most_read: usize, after: Option<EventId>| {
            let mut change = Change::new(action, filter.clone(), "operator");
            (change.dry_run, change.most_read, change.after) = (true, most_read, after);
            change
        };
        for most_read in [1, 2, 3, 7, 1000] {
            for limit in [1, 4, 1000] {
                let (mut page, mut seen) = (Page::first(limit), Vec::new());
                page.most_read = most_read;
                // Each page has an event, or looks at one.
                for _ in 0..40 {
                    let Listing { events, goes_on_after } = driver.wait(harness.ops().list(&filter, page));
                    assert!(events.len() <= limit && (goes_on_after.is_none() || events.len() < limit));
                    assert!(most_read < 1000 || goes_on_after.is_none(), "{filter:?}");
                    seen.extend(events.iter().map(|event| event.id));
                    let full = events.last().filter(|_| events.len() == limit).map(|event| event.id.get());
                    let Some(next) = goes_on_after.or(full) else { break };
                    assert!(page.after.is_none_or(|after| next < after), "{filter:?}");
                    page = page.after(next);
                }
                assert_eq!(seen, expected, "{filter:?}, {most_read} at once, {limit} a page");
            }
            for action in [Action::Replay, Action::Discard, Action::Purge] {
                let meant = driver.wait(harness.ops().change(&change(action, 1000, None))).ids;
                let (mut after, mut seen) = (None, Vec::new());
                for _ in 0..40 {
                    let changed = driver.wait(harness.ops().change(&change(action, most_read, after)));
                    seen.extend(changed.ids);
                    let Some(next) = changed.goes_on_after else { break };
                    assert!(after.is_none_or(|after| next > after), "{filter:?}");
                    after = Some(next);
                }
                assert_eq!(seen, meant, "{action} {filter:?}, {most_read} at once");
            }
        }
    }
}
