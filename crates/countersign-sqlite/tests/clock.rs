//! Tests of system clock changes while a store is open, and between two runs.

mod common;

use std::time::Duration;

use common::{HOUR, Sqlite, event};
use countersign::Clock;
use countersign_inbox::{
    Accepted, Action, AttemptNote, Change, Claim, EventState, Filter, Finish, InboxStore, Leased, OpsStore,
};
use countersign_sqlite::SqliteStore;

#[test]
fn a_clock_that_is_set_back_between_two_runs_keeps_no_event_waiting() {
    for step in [-HOUR, -10 * HOUR, -365 * 24 * HOUR] {
        let sqlite = Sqlite::new();
        let [ready, later, replayed] = ["ready", "later", "replayed"].map(|id| sqlite.accept(id));
        let leased = sqlite.claim(3);
        let after = Duration::from_millis(HOUR as u64 / 2);
        sqlite.finish(&leased[0], &Finish::GiveBack);
        sqlite.finish(&leased[1], &Finish::Retry { after, error: "later".to_owned() });
        sqlite.finish(&leased[2], &Finish::Dead { error: "broken".to_owned() });
        sqlite.ok(sqlite.store().change(&Change::new(Action::Replay, Filter::default(), "alice")));
        let sqlite = sqlite.restart(step);
        let ids = |leased: Vec<Leased>| leased.into_iter().map(|leased| leased.event.id).collect::<Vec<_>>();
        let found = sqlite.claim(10);
        found.iter().for_each(|leased| sqlite.finish(leased, &Finish::Done));
        assert_eq!(ids(found), [ready, replayed], "{step}");
        // At most the requested delay.
        sqlite.step(HOUR / 2);
        assert_eq!(ids(sqlite.claim(10)), [later], "{step}");
    }
}

#[test]
fn a_clock_that_is_set_between_two_runs_forgets_nothing() {
    for step in [HOUR, -HOUR, 365 * 24 * HOUR, -365 * 24 * HOUR] {
        let sqlite = Sqlite::new();
        let ids = ["waits", "runs", "done"].map(|id| sqlite.accept(id));
        let leased = sqlite.claim(3);
        sqlite.finish(&leased[0], &Finish::Retry { after: Duration::ZERO, error: "again".to_owned() });
        sqlite.finish(&leased[2], &Finish::Done);
        let sqlite = sqlite.restart(step);
        assert_eq!(sqlite.ok(sqlite.store().sweep()).events, 0, "{step}");
        let states = [EventState::Ready, EventState::Ready, EventState::Done];
        for ((id, event_id), state) in ["waits", "runs", "done"].into_iter().zip(ids).zip(states) {
            let accepted = sqlite.ok(sqlite.store().accept(event(id)));
            assert_eq!(accepted, Accepted::Duplicate { id: event_id, state, same_body: true }, "{step}");
        }
    }
}

/// Sets the clock ahead or behind and back, in both orders. Events are handled, nothing is forgotten, and the alarm
/// is reported.
#[test]
fn a_clock_that_is_far_off_the_file_is_an_alarm_until_an_operator_accepts_it() {
    for step in [-10 * HOUR, 365 * 24 * HOUR, -365 * 24 * HOUR] {
        let sqlite = Sqlite::new();
        sqlite.accept("evt");
        sqlite.ok(sqlite.store().probe());
        let sqlite = sqlite.restart(step);
        let error = sqlite.err(sqlite.store().probe());
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains(if step < 0 { "behind" } else { "ahead of" }), "{cause}");
        sqlite.accept("while the clock is off");
        let leased = sqlite.claim(10);
        assert_eq!(leased.len(), 2, "{step}");
        assert!(leased.iter().all(|leased| leased.age < Duration::from_secs(60)), "{step}: {leased:?}");
        leased.iter().for_each(|leased| sqlite.finish(leased, &Finish::Done));
        // The alarm persists across a restart.
        let sqlite = sqlite.restart(0);
        sqlite.err(sqlite.store().probe());
        let operator = SqliteStore::attach(sqlite.path()).unwrap();
        assert_eq!(sqlite.block_on(operator.accept_clock()).unwrap(), Some(step / 1000));
        sqlite.ok(sqlite.store().probe());
        let sqlite = sqlite.restart(0);
        sqlite.ok(sqlite.store().probe());
        assert_eq!(sqlite.block_on(operator.accept_clock()).unwrap(), None);
    }
}

/// An accepted clock is no wider tolerance for the next wrong one, which would delete events too early.
#[test]
fn a_difference_that_was_accepted_is_accepted_once() {
    const FAR: i64 = 100 * 24 * HOUR;
    for step in [FAR, -FAR] {
        let sqlite = Sqlite::new();
        sqlite.accept("evt");
        let sqlite = sqlite.restart(step);
        sqlite.err(sqlite.store().probe());
        let operator = SqliteStore::attach(sqlite.path()).unwrap();
        assert_eq!(sqlite.block_on(operator.accept_clock()).unwrap(), Some(step / 1000));
        sqlite.ok(sqlite.store().probe());
        // The time is stored with the next event.
        sqlite.step(61_000);
        sqlite.accept("later");
        assert_eq!(sqlite.block_on(operator.accept_clock()).unwrap(), None);
        // A clock that was behind has reached the time in the file.
        let sqlite = sqlite.restart(0);
        sqlite.ok(sqlite.store().probe());
        let sqlite = sqlite.restart(if step < 0 { FAR } else { 0 });
        sqlite.ok(sqlite.store().probe());
        let sqlite = sqlite.restart(if step < 0 { step } else { step - 24 * HOUR });
        let error = sqlite.err(sqlite.store().probe());
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains(if step < 0 { "behind" } else { "ahead of" }), "{step}: {cause}");
        assert_eq!(sqlite.ok(sqlite.store().sweep()).events, 0, "{step}");
    }
}

#[test]
fn a_clock_that_was_wrong_for_one_run_is_right_again_without_an_operator() {
    let sqlite = Sqlite::new();
    sqlite.accept("evt");
    sqlite.finish(&sqlite.claim(1)[0], &Finish::Done);
    let sqlite = sqlite.restart(-365 * 24 * HOUR);
    sqlite.err(sqlite.store().probe());
    sqlite.accept("while the clock is off");
    sqlite.finish(&sqlite.claim(1)[0], &Finish::Done);
    let sqlite = sqlite.restart(365 * 24 * HOUR);
    sqlite.ok(sqlite.store().probe());
    assert_eq!(sqlite.ok(sqlite.store().sweep()).events, 0);
    sqlite.step(31 * 24 * HOUR);
    assert_eq!(sqlite.ok(sqlite.store().sweep()).events, 2, "retention goes on");
}

/// The file says that the last run was 10 hours ago, and the machine that it was a moment ago: the clock was set.
#[cfg(target_os = "linux")]
#[test]
fn a_clock_that_was_set_ahead_on_a_running_machine_is_an_alarm_and_a_service_that_was_stopped_is_not() {
    let ahead = "UPDATE wh_meta SET value = value - 36000000 WHERE name IN ('clock', 'booted_at')";
    let stopped = "UPDATE wh_meta SET value = value - 36000000 WHERE name IN ('clock', 'uptime')";
    let restarted =
        "UPDATE wh_meta SET value = iif(name = 'boot', 7, value - 36000000) WHERE name IN ('clock', 'boot')";
    for (change, is_alarm, keeps_time) in
        [(ahead, true, false), (stopped, false, false), (restarted, false, true)]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let store = SqliteStore::open(&path).unwrap();
        runtime.block_on(store.accept(event("before"))).unwrap();
        drop(store);
        let file = rusqlite::Connection::open(&path).unwrap();
        let clock = || file.query_row("SELECT value FROM wh_meta WHERE name = 'clock'", (), |row| row.get(0));
        file.execute(change, ()).unwrap();
        let before: i64 = clock().unwrap();
        let store = SqliteStore::open(&path).unwrap();
        runtime.block_on(store.accept(event("after"))).unwrap();
        assert_eq!(runtime.block_on(store.probe()).is_err(), is_alarm, "{change}");
        assert_eq!(clock().unwrap() == before, keeps_time, "{change}");
        assert!(!is_alarm || clock().unwrap() < before + HOUR, "{change}");
        drop(store);
        // The time was stored meanwhile, which is no reason to follow the clock.
        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(runtime.block_on(store.probe()).is_err(), is_alarm, "{change}");
        drop(store);
        // With the right clock: it was not followed, or not written.
        let back = "UPDATE wh_meta SET value = value + 36000000 WHERE name IN ('clock', 'booted_at')";
        if is_alarm {
            file.execute(back, ()).unwrap();
            let store = SqliteStore::open(&path).unwrap();
            runtime.block_on(store.probe()).unwrap();
        }
    }
}

/// The operator's clock is that of this machine, years after the owner's.
#[test]
fn the_clock_of_an_operator_does_not_decide_when_an_event_is_due() {
    let sqlite = Sqlite::new();
    let id = sqlite.accept("evt");
    sqlite.finish(&sqlite.claim(1)[0], &Finish::Dead { error: "broken".to_owned() });
    let operator = SqliteStore::attach(sqlite.path()).unwrap();
    let replay = Change::new(Action::Replay, Filter::default(), "alice");
    assert_eq!(sqlite.ok(operator.change(&replay)).ids, [id]);
    let leased = sqlite.claim(1);
    assert_eq!(leased.len(), 1);
    assert!(leased[0].age < Duration::from_secs(60), "{:?}", leased[0].age);
    let queued: i64 = rusqlite::Connection::open(sqlite.path())
        .unwrap()
        .query_row("SELECT queued_at FROM wh_event", (), |row| row.get(0))
        .unwrap();
    assert!(queued <= sqlite.clock.now().as_millis() + 7 * 24 * HOUR, "{queued}");
}

#[test]
fn a_clock_that_goes_back_while_it_is_looked_at_ends_no_lease_and_lets_nothing_run_twice() {
    for step in [-HOUR, -365 * 24 * HOUR] {
        let sqlite = Sqlite::new();
        sqlite.accept("evt");
        let leased = sqlite.claim(1);
        let Claim::Acquired { .. } = sqlite.ask(1) else { panic!("it is new") };
        sqlite.step(step);
        assert!(sqlite.claim(1).is_empty(), "{step}");
        assert!(matches!(sqlite.ask(1), Claim::InFlight { .. }), "{step}");
        sqlite.finish(&leased[0], &Finish::Done);
    }
}

#[test]
fn a_clock_that_jumps_ahead_ends_leases_and_their_finish_is_stale_after_a_takeover() {
    for step in [HOUR, 365 * 24 * HOUR] {
        let sqlite = Sqlite::new();
        sqlite.accept("evt");
        let first = sqlite.claim(1);
        sqlite.step(step);
        let second = sqlite.claim(1);
        let finish = sqlite.ok(sqlite.store().finish(&first[0].lease, &Finish::Done, AttemptNote::NONE));
        assert_eq!(finish, countersign_inbox::Fenced::Stale, "{step}");
        sqlite.finish(&second[0], &Finish::Done);
    }
}
