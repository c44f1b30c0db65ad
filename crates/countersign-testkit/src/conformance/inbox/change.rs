use std::time::Duration;

use countersign_inbox::{Accepted, Action, Change, EventId, EventState, Filter, Finish, Page};

use super::driver::{InboxDriver, TICK, TTL, dead, in_state, order, retry, sample_event, single};
use super::harness::InboxHarness;
use crate::conformance::driver::with;

/// Checks that the number of replays grows, the attempts are reset, and the event is due at once.
pub fn a_replay_starts_over(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.store(order("evt"));
    driver.end(&driver.next(), &retry(Duration::ZERO));
    driver.end(&driver.next(), &dead());
    for replays in 1..=2 {
        harness.advance(TICK);
        let filter = if replays == 1 { Filter::ids([id]) } else { in_state(EventState::Done) };
        assert_eq!(driver.act(Action::Replay, filter), [id]);
        let shown = driver.show(id).summary;
        assert_eq!((shown.state, shown.attempt, shown.replays), (EventState::Ready, 0, replays));
        assert!(shown.due_at.is_some() && shown.finished_at.is_none(), "{shown:?}");
        assert_eq!(shown.error.as_deref(), Some("no such account"), "what happened stays visible");
        let leased = driver.next();
        assert_eq!((leased.event.id, leased.attempt, leased.replays), (id, 1, replays));
        driver.end(&leased, &Finish::Done);
    }
    let outcomes: Vec<_> =
        driver.show(id).attempts.into_iter().map(|attempt| attempt.outcome.as_str()).collect();
    assert_eq!(outcomes, ["retry", "dead", "done", "done"]);
}

/// Checks each action on all states, with and without a state in the filter.
pub fn an_action_is_done_to_what_it_is_for(harness: &impl InboxHarness) {
    use EventState::{Dead, Done, Ready, Unverified};

    let driver = InboxDriver(harness);
    let cases = [
        (Action::Replay, &[Dead, Unverified][..], &[Dead, Unverified, Done][..], Ready),
        (Action::Discard, &[Ready, Dead, Unverified], &[Ready, Dead, Unverified], Done),
        (Action::Purge, &[Done, Dead], &[Done, Dead], Done),
    ];
    for (action, unasked, if_asked, becomes) in cases {
        for asked in [None].into_iter().chain(EventState::ALL.map(Some)) {
            let name = |state| format!("{action} {asked:?} {state}");
            let ids = EventState::ALL.map(|state| (state, driver.put(&name(state), state)));
            let filter = with(Filter::ids(ids.map(|(_, id)| id)), |filter| filter.state = asked);
            let is_meant = |state| match asked {
                None => unasked.contains(&state),
                Some(asked) => asked == state && if_asked.contains(&state),
            };
            let expected: Vec<_> =
                ids.iter().filter(|(state, _)| is_meant(*state)).map(|(_, id)| *id).collect();
            assert_eq!(driver.act(action, filter), expected, "{action} {asked:?}");
            for (state, id) in ids {
                let now = driver.find(id).map(|detail| detail.summary.state);
                let expected = match (is_meant(state), action) {
                    (false, _) => Some(state),
                    (true, Action::Purge) => None,
                    (true, _) => Some(becomes),
                };
                assert_eq!(now, expected, "{action} {asked:?} of what was {state}");
            }
        }
    }
}

/// Checks this also after the lease has expired: its worker may be late.
pub fn what_runs_is_never_touched(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let leased = driver.running("evt");
    let id = leased.event.id;
    let filters = [Filter::default(), in_state(EventState::Running), Filter::ids([id])];
    for late in [Duration::ZERO, TTL + TICK] {
        harness.advance(late);
        for action in [Action::Replay, Action::Discard, Action::Purge] {
            for filter in &filters {
                assert_eq!(driver.act(action, filter.clone()), [], "{action} {filter:?}");
            }
        }
    }
    assert_eq!(driver.audit(None, Page::first(10)), [], "nothing was changed");
    let shown = driver.show(id);
    assert_eq!((shown.summary.state, shown.fence), (EventState::Running, leased.lease.fence()));
    driver.end(&leased, &Finish::Done);
}

/// Checks that neither the event nor a duplicate of it is handled.
pub fn what_is_discarded_stays_remembered(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let (ready, dead) = (driver.put("ready", EventState::Ready), driver.put("dead", EventState::Dead));
    let waits = driver.running("waits");
    driver.end(&waits, &retry(TTL));
    harness.advance(TICK);
    assert_eq!(driver.act(Action::Discard, Filter::default()), [ready, dead, waits.event.id]);
    harness.advance(TTL);
    assert_eq!(driver.claim(10).len(), 0);
    for (name, id) in [("ready", ready), ("dead", dead)] {
        let shown = driver.show(id).summary;
        assert!(shown.finished_at > Some(shown.stored_at) && shown.due_at.is_none(), "{shown:?}");
        let duplicate = Accepted::Duplicate { id, state: EventState::Done, same_body: true };
        assert_eq!(driver.accept(order(name)), duplicate);
    }
    harness.advance(harness.inbox().retention() - TTL - TICK);
    assert_eq!(driver.sweep(), 0);
    harness.advance(TICK * 3);
    assert_eq!(driver.sweep(), 3);
}

/// Checks that the store accepts a purged delivery as new.
pub fn what_is_purged_is_new_again(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let (done, dead) = (driver.put("done", EventState::Done), driver.put("dead", EventState::Dead));
    assert_eq!(driver.act(Action::Purge, Filter::default()), [done, dead]);
    for (name, old) in [("done", done), ("dead", dead)] {
        assert!(driver.find(old).is_none());
        let new = driver.store(order(name));
        assert!(new > dead, "{new} after {dead}: no number is used twice");
        let leased = single(driver.only(new));
        assert_eq!((leased.attempt, leased.replays), (1, 0));
        assert_eq!(driver.show(new).attempts, []);
    }
}

/// Checks that a dry run reports the changes.
pub fn a_dry_run_changes_nothing(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for state in EventState::ALL {
        driver.put(state.as_str(), state);
    }
    let everything = || driver.list(&Filter::default(), Page::first(100));
    let before = everything();
    let actions = [Action::Replay, Action::Purge, Action::Discard];
    let changes = actions.map(|action| Change::new(action, Filter::default(), "operator"));
    let would_be = changes.clone().map(|mut change| {
        change.dry_run = true;
        let would_be = driver.change(&change);
        assert_eq!(driver.change(&change), would_be, "{}", change.action);
        would_be
    });
    assert_eq!(would_be.each_ref().map(Vec::len), [2, 2, 3]);
    assert_eq!(everything(), before);
    assert_eq!(driver.audit(None, Page::first(10)), []);
    let [replay, ..] = changes;
    assert_eq!(would_be.first(), Some(&driver.change(&replay)));
}

/// Checks that a bulk change continues after the last event, and leaves the newest for later.
pub fn a_change_is_done_to_the_oldest_up_to_its_limit(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let ids: Vec<_> = (0..7).map(|nth| driver.put(&nth.to_string(), EventState::Dead)).collect();
    let mut change = Change::new(Action::Replay, Filter::default(), "operator");
    change.limit = 0;
    assert_eq!(driver.change(&change), []);
    change.limit = 2;
    assert_eq!(driver.change(&change), first(&ids, 0, 2));
    assert_eq!(driver.change(&change), first(&ids, 2, 2));
    change.after = ids.get(4).copied();
    change.limit = 500;
    assert_eq!(driver.change(&change), first(&ids, 5, 2));
    change.after = ids.last().copied();
    assert_eq!(driver.change(&change), []);
    assert_eq!(driver.ids(&in_state(EventState::Dead)), first(&ids, 4, 1));
}

/// Checks actor, action, time, number and reason: one entry for each call that changed something.
pub fn a_change_is_written_down_with_its_actor_and_reason(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let ids: Vec<_> = (0..3).map(|nth| driver.put(&nth.to_string(), EventState::Dead)).collect();
    driver.store(sample_event("refunds", "other", "x"));
    harness.advance(TICK);
    let one = ids.first().copied();
    let filter = with(Filter::ids(one), |filter| filter.source = Some("orders".to_owned()));
    let mut replay = Change::new(Action::Replay, filter, "ada@example.com");
    replay.reason = Some("the account is back".to_owned());
    let replayed = driver.changed(&replay);
    assert_eq!(replayed.ids.len(), 1);
    assert_eq!(driver.change(&replay), [], "it is ready");
    assert_eq!(driver.changed(&replay).at, None, "it changed nothing");
    let discard = Change::new(Action::Discard, in_state(EventState::Dead), "bob");
    let would_be = driver.changed(&with(discard.clone(), |discard| discard.dry_run = true));
    assert_eq!((would_be.ids.len(), would_be.at), (2, None), "it is a dry run");
    let discarded = driver.changed(&discard);
    assert_eq!(discarded.ids.len(), 2);
    let purge = Change::new(Action::Purge, Filter::default(), "bob");
    let purged = driver.changed(&purge);
    assert_eq!(purged.ids.len(), 2);

    let log = driver.audit(None, Page::first(10));
    let shown: Vec<_> = log
        .iter()
        .map(|entry| (entry.action.as_str(), entry.actor.as_str(), entry.event, entry.count))
        .collect();
    let expected =
        [("purge", "bob", None, 2), ("discard", "bob", None, 2), ("replay", "ada@example.com", one, 1)];
    assert_eq!(shown, expected);
    let details: Vec<_> = log.iter().map(|entry| entry.detail.clone()).collect();
    assert_eq!(details, [purge, discard, replay].map(|change| Some(change.detail())));
    let times: Vec<_> = log.iter().map(|entry| Some(entry.at)).collect();
    assert_eq!(times, [purged.at, discarded.at, replayed.at]);
    let stored_at = one.map(|id| driver.show(id).summary.stored_at);
    assert!(log.iter().all(|entry| Some(entry.at) > stored_at), "{log:?}");

    assert_eq!(driver.audit(one, Page::first(10)).len(), 1);
    assert_eq!(driver.audit(ids.last().copied(), Page::first(10)), []);
    let pages: Vec<_> = (0..4)
        .scan(Page::first(1), |page, _| {
            let entry = driver.audit(None, *page).pop();
            entry.inspect(|entry| *page = page.after(entry.id)).map(|entry| entry.id)
        })
        .collect();
    assert_eq!(pages, log.iter().map(|entry| entry.id).collect::<Vec<_>>());
}

/// Stores do it in parts.
pub fn a_bulk_change_is_done_to_all_and_is_one_entry_in_the_audit_log(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let ids: Vec<_> = (0..250).map(|nth| driver.store(order(&nth.to_string()))).collect();
    let leased = driver.next();
    let mut change = Change::new(Action::Discard, Filter::default(), "operator");
    (change.limit, change.dry_run) = (usize::MAX, true);
    assert_eq!(driver.change(&change), first(&ids, 1, 249));
    change.dry_run = false;
    let changed = driver.changed(&change);
    assert_eq!(changed.ids, first(&ids, 1, 249), "the first one runs");
    assert_eq!(changed.at, driver.audit(None, Page::first(1)).first().map(|entry| entry.at));
    change.action = Action::Purge;
    assert_eq!(driver.change(&change), first(&ids, 1, 249));
    assert_eq!(driver.ids(&Filter::default()), first(&ids, 0, 1));
    driver.end(&leased, &Finish::Done);
    let log = driver.audit(None, Page::first(10));
    let shown: Vec<_> = log.iter().map(|entry| (entry.action.as_str(), entry.event, entry.count)).collect();
    assert_eq!(shown, [("purge", None, 249), ("discard", None, 249)]);
}

fn first(ids: &[EventId], skip: usize, count: usize) -> Vec<EventId> {
    ids.iter().copied().skip(skip).take(count).collect()
}
