//! The clock of the system is set while a store is open, or between two runs of it.

mod common;

use std::time::Duration;

use common::{HOUR, Sqlite, event};
use countersign_inbox::{Accepted, Claim, EventState, Finish, Inbox};

#[test]
fn a_clock_that_is_set_back_between_two_runs_keeps_no_event_waiting() {
    for step in [-HOUR, -365 * 24 * HOUR] {
        let sqlite = Sqlite::new();
        let [ready, later] = ["ready", "later"].map(|id| sqlite.accept(id));
        let leased = sqlite.claim(2);
        let after = Duration::from_millis(HOUR as u64 / 2);
        sqlite.finish(&leased[1], &Finish::Retry { after, error: "later".to_owned() });
        let sqlite = sqlite.restart(step);
        let mut found = sqlite.claim(10).into_iter().map(|leased| leased.event.id).collect::<Vec<_>>();
        if step == -HOUR {
            // No longer than it was set back, and what was asked for.
            sqlite.step(HOUR + HOUR / 2);
            found.extend(sqlite.claim(10).iter().map(|leased| leased.event.id));
        }
        found.sort();
        found.dedup();
        assert_eq!(found, [ready, later], "{step}");
    }
}

#[test]
fn a_clock_that_is_set_between_two_runs_forgets_nothing_that_waits_or_is_dead() {
    for step in [HOUR, -HOUR, 365 * 24 * HOUR, -365 * 24 * HOUR] {
        let sqlite = Sqlite::new();
        let ids = ["waits", "runs", "done"].map(|id| sqlite.accept(id));
        let leased = sqlite.claim(3);
        sqlite.finish(&leased[0], &Finish::Retry { after: Duration::ZERO, error: "again".to_owned() });
        sqlite.finish(&leased[2], &Finish::Done);
        let sqlite = sqlite.restart(step);
        let forgotten = sqlite.ok(sqlite.store().sweep()).events;
        // A year is longer than anything is remembered.
        assert_eq!(forgotten, u64::from(step > 24 * HOUR), "{step}");
        for (id, event_id) in [("waits", ids[0]), ("runs", ids[1])] {
            let accepted = sqlite.ok(sqlite.store().accept(event(id)));
            let expected = Accepted::Duplicate { id: event_id, state: EventState::Ready, same_body: true };
            assert_eq!(accepted, expected, "{step}");
        }
    }
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
fn a_clock_that_jumps_ahead_ends_leases_and_their_finish_is_stale_once_somebody_has_taken_over() {
    for step in [HOUR, 365 * 24 * HOUR] {
        let sqlite = Sqlite::new();
        sqlite.accept("evt");
        let first = sqlite.claim(1);
        sqlite.step(step);
        let second = sqlite.claim(1);
        let finish = sqlite.ok(sqlite.store().finish(&first[0].lease, &Finish::Done));
        assert_eq!(finish, countersign_inbox::Fenced::Stale, "{step}");
        sqlite.finish(&second[0], &Finish::Done);
    }
}
