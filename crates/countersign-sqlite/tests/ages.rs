//! Checks how long each kind of row is kept.

mod common;

use std::time::Duration;

use countersign_inbox::{
    Action, Change, EventState, Filter, Finish, InboxStore, Increment, InlineAttempt, InlineFilter, OpsStore,
    Page,
};
use countersign_testkit::conformance::inbox::sample_inline_attempt;
use rusqlite::Connection;

use common::Sqlite;

const DAY: i64 = 24 * 3_600_000;

#[test]
fn bodies_and_the_audit_log_are_swept_until_nothing_old_is_left() {
    let sqlite = Sqlite::new();
    for nth in 0..1300 {
        sqlite.accept(&nth.to_string());
    }
    let waiting = 100_i64;
    let done = sqlite.claim(1200);
    for leased in &done {
        sqlite.finish(leased, &Finish::Done);
    }
    let replay = Change::new(Action::Discard, Filter::ids([done[0].event.id]), "alice");
    sqlite.ok(sqlite.store().change(&replay));
    let purge = Change::new(Action::Purge, Filter::ids([done[0].event.id]), "alice");
    sqlite.ok(sqlite.store().change(&purge));
    let bodies = || {
        let file = Connection::open(sqlite.path()).unwrap();
        file.query_row("SELECT count(*) FROM wh_body", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!((bodies(), sqlite.ok(sqlite.store().sweep()).has_more), (1299, false), "all is young");
    sqlite.step(8 * DAY);
    let mut sweeps = 1;
    while sqlite.ok(sqlite.store().sweep()).has_more {
        sweeps += 1;
    }
    assert_eq!((bodies(), sweeps), (waiting, 3), "events stay, and the bodies of those that wait");
    assert_eq!(sqlite.count(), 1299);
    let audited = || sqlite.ok(sqlite.store().audit(None, Page::first(10))).len();
    assert_eq!(audited(), 1);
    sqlite.step(366 * DAY);
    while sqlite.ok(sqlite.store().sweep()).has_more {}
    assert_eq!((audited(), sqlite.count()), (0, waiting as u64));
}

/// Checks that events of one commit are deleted together, although they exceed the limit of a sweep.
#[test]
fn attempts_at_done_events_are_swept_and_those_at_others_stay() {
    let sqlite = Sqlite::with(|builder| builder.with_attempt_retention(Duration::from_secs(3600)));
    for nth in 0..1210 {
        sqlite.accept(&nth.to_string());
    }
    let claimed = sqlite.claim(1209);
    for (nth, leased) in claimed.iter().enumerate() {
        let error = "down".to_owned();
        let finish = match nth {
            0 => Finish::Retry { after: Duration::from_secs(10 * 3600), error },
            1 => Finish::Dead { error },
            2 => Finish::Unverified { error },
            _ => Finish::Done,
        };
        sqlite.finish(leased, &finish);
    }
    let attempts = || {
        let file = Connection::open(sqlite.path()).unwrap();
        file.query_row("SELECT count(*) FROM wh_attempt", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let sweep = || while sqlite.ok(sqlite.store().sweep()).has_more {};
    sqlite.step(3_599_000);
    sweep();
    assert_eq!(attempts(), 1209);
    sqlite.step(2000);
    sweep();
    assert_eq!(attempts(), 3, "of events that are not done");
    // An event that is done later is deleted later, and one that is replayed has a history again.
    let done = claimed[3].event.id;
    let mut replay = Change::new(Action::Replay, Filter::ids([done]), "alice");
    replay.filter.state = Some(EventState::Done);
    sqlite.ok(sqlite.store().change(&replay));
    sqlite.claim(10).iter().for_each(|leased| sqlite.finish(leased, &Finish::Done));
    assert_eq!(sqlite.ok(sqlite.store().show(done)).unwrap().attempts.len(), 1);
    assert_eq!(attempts(), 5);
    sqlite.step(3_601_000);
    sweep();
    assert_eq!(attempts(), 3);
}

#[test]
fn attempts_in_inline_mode_are_kept_as_long_as_others() {
    let sqlite = Sqlite::with(|builder| builder.with_attempt_retention(Duration::from_secs(3600)));
    let attempt = InlineAttempt { error: Some("down".to_owned()), ..sample_inline_attempt() };
    let mut increment = Increment::new("orders");
    increment.inline_attempts =
        (0..1100).map(|nth| (Duration::from_secs(u64::from(nth < 1050)), attempt.clone())).collect();
    sqlite.ok(sqlite.store().add_statistics(&[increment]));
    let rows = || {
        let page = Page::first(10_000);
        sqlite.ok(sqlite.store().inline_attempts(&InlineFilter::default(), page)).len()
    };
    sqlite.step(3_598_000);
    assert_eq!((sqlite.ok(sqlite.store().sweep()).has_more, rows()), (false, 1100));
    sqlite.step(1500);
    let sweeps = (0..10).take_while(|_| sqlite.ok(sqlite.store().sweep()).has_more).count();
    assert_eq!((sweeps, rows()), (2, 50));
    sqlite.step(2000);
    sqlite.ok(sqlite.store().sweep());
    assert_eq!((rows(), sqlite.ok(sqlite.store().errors(None, 10)).len()), (0, 0));
}
