//! Tests of ordering keys where transactions overlap, which the conformance suite does not control.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::time::Duration;

use countersign_inbox::{
    Accepted, Action, AttemptNote, Change, ClaimDue, EventId, Fenced, Filter, Finish, InboxStore, OpsStore,
    TxInbox,
};
use countersign_postgres::PostgresStore;
use countersign_test_servers::{execute, fresh_database};
use sqlx::query_scalar;

use self::common::keys::{HELD, claim, end, ids, keyed};
use self::common::{Machines, TTL, event, wait};

fn store(machines: &Machines, id: &str, key: &str) -> EventId {
    match wait(machines.first().accept(keyed(id, key))).unwrap() {
        Accepted::New { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

/// Its id is smaller than that of an event that was committed before it.
#[test]
fn an_event_that_is_committed_late_does_not_run_beside_one_that_was_first() {
    let machines = Machines::new();
    let mut late = wait(machines.first().begin()).unwrap();
    let accepted = wait(machines.first().accept_in(&mut late, keyed("late", "job"))).unwrap();
    let Accepted::New { id: late_id, .. } = accepted else { panic!("{accepted:?}") };
    let first = store(&machines, "first", "job");
    assert!(late_id < first);
    let running = claim(machines.second(), 10);
    assert_eq!(ids(&running), [first]);
    wait(late.commit()).unwrap();
    let last = store(&machines, "last", "job");
    assert_eq!(ids(&claim(machines.first(), 10)), []);
    end(machines.second(), &running[0], &Finish::Done);
    let next = claim(machines.first(), 10);
    assert_eq!(ids(&next), [late_id]);
    end(machines.first(), &next[0], &Finish::Done);
    assert_eq!(ids(&claim(machines.second(), 10)), [last]);
}

/// A claim that decides about a key at the same time may take any of its events.
#[test]
fn a_claim_leaves_a_key_that_another_transaction_decides_about() {
    let machines = Machines::new();
    let one = store(&machines, "1", "job 1");
    let two = store(&machines, "2", "job 2");
    let mut other = wait(machines.first().begin()).unwrap();
    let lock = "SELECT countersign.lock_order('orders', 'job 1')";
    assert!(wait(query_scalar::<_, bool>(lock).fetch_one(&mut *other)).unwrap());
    assert_eq!(ids(&claim(machines.second(), 10)), [two]);
    let mut only = ClaimDue::new("orders", "engine", 1, TTL);
    only.only = Some(one);
    assert_eq!(ids(&wait(machines.second().claim_due(&only)).unwrap()), []);
    wait(other.rollback()).unwrap();
    assert_eq!(ids(&claim(machines.second(), 10)), [one]);
}

/// The next event waits for the transaction, not for the call.
#[test]
fn an_effect_and_the_end_of_the_wait_are_committed_together() {
    let machines = Machines::new();
    for id in ["1", "2"] {
        store(&machines, id, "job");
    }
    let leased = claim(machines.first(), 10);
    assert_eq!(ids(&claim(machines.second(), 10)), []);
    assert_eq!(machines.number(HELD), 1);
    for commits in [false, true] {
        let mut tx = wait(machines.first().begin()).unwrap();
        let finished = wait(machines.first().finish_in(&mut tx, leased[0].lease)).unwrap();
        assert_eq!(finished, Fenced::Ok(()));
        assert_eq!(ids(&claim(machines.second(), 10)), []);
        if commits {
            wait(tx.commit()).unwrap();
        } else {
            wait(tx.rollback()).unwrap();
        }
        assert_eq!(claim(machines.second(), 10).len(), usize::from(commits));
    }
}

/// A version before ordering keys, or an operator with a client, handles the event that others wait for.
#[test]
fn an_event_that_nothing_releases_is_looked_at_again() {
    let machines = Machines::new();
    let ids_of_all: Vec<_> = (0..3).map(|nth| store(&machines, &nth.to_string(), "job")).collect();
    claim(machines.first(), 1);
    assert_eq!(ids(&claim(machines.second(), 10)), []);
    assert_eq!(machines.number(HELD), 2);
    machines.execute("UPDATE countersign.event SET state = 2, finished_at = now() WHERE state = 1");
    machines.step(50_000);
    assert_eq!(ids(&claim(machines.second(), 10)), []);
    machines.step(20_000);
    let next = claim(machines.second(), 10);
    assert_eq!(ids(&next), [ids_of_all[1]]);
    end(machines.second(), &next[0], &Finish::Done);
    assert_eq!(ids(&claim(machines.second(), 10)), [ids_of_all[2]]);
    assert_eq!(machines.number(HELD), 0);
}

#[test]
fn a_discard_and_a_finish_at_once_leave_nothing_behind() {
    let machines = Machines::new();
    for round in 0..20 {
        let key = format!("job {round}");
        let all: Vec<_> = (0..3).map(|nth| store(&machines, &format!("{round} {nth}"), &key)).collect();
        let running = claim(machines.first(), 10);
        assert_eq!(ids(&running), all[..1]);
        assert_eq!(ids(&claim(machines.second(), 10)), []);
        wait(async {
            let discard = Change::new(Action::Discard, Filter::ids([all[1]]), "operator");
            let (finished, discarded) = tokio::join!(
                machines.first().finish(&running[0].lease, &Finish::Done, AttemptNote::NONE),
                machines.second().change(&discard),
            );
            assert_eq!(finished.unwrap(), Fenced::Ok(()));
            assert_eq!(discarded.unwrap().ids, [all[1]]);
        });
        let next = claim(machines.second(), 10);
        assert_eq!(ids(&next), [all[2]], "{round}");
        end(machines.first(), &next[0], &Finish::Done);
    }
}

#[test]
fn transactions_with_one_snapshot_are_refused_with_the_cure() {
    let url = fresh_database();
    let name = url.rsplit('/').next().unwrap().to_owned();
    for (level, works) in [("repeatable read", false), ("serializable", true)] {
        execute(&url, &format!("ALTER DATABASE \"{name}\" SET default_transaction_isolation = '{level}'"));
        let store = wait(PostgresStore::connect(&url)).unwrap();
        wait(store.accept(keyed(level, level))).unwrap();
        let claimed = wait(store.claim_due(&ClaimDue::new("orders", "worker", 1, TTL)));
        match claimed {
            Ok(leased) => assert!(works && leased.len() == 1, "{level}"),
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                assert!(
                    !works && cause.contains("set default_transaction_isolation"),
                    "{level}: {error}: {cause}"
                );
            }
        }
    }
}

/// The event to release may be committed after the snapshot.
#[test]
fn a_finish_in_a_transaction_with_one_snapshot_is_refused_with_the_cure() {
    let machines = Machines::new();
    store(&machines, "1", "job");
    wait(machines.first().accept(event("without a key"))).unwrap();
    let leased = claim(machines.first(), 10);
    assert_eq!(leased.len(), 2);
    for leased in &leased {
        for (level, works) in [("REPEATABLE READ", false), ("SERIALIZABLE", true), ("READ COMMITTED", true)] {
            let mut tx = wait(machines.first().begin()).unwrap();
            let set = format!("SET TRANSACTION ISOLATION LEVEL {level}");
            wait(sqlx::raw_sql(sqlx::AssertSqlSafe(set)).execute(&mut *tx)).unwrap();
            match wait(machines.first().finish_in(&mut tx, leased.lease)) {
                Ok(fenced) => {
                    assert!(works || leased.event.ordering_key.is_none(), "{level}");
                    assert_eq!(fenced, Fenced::Ok(()));
                }
                Err(error) => {
                    let cause =
                        std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                    assert!(!works && leased.event.ordering_key.is_some(), "{level}: {cause}");
                    assert!(cause.contains("the level of this transaction"), "{cause}");
                }
            }
            wait(tx.rollback()).unwrap();
        }
        end(machines.first(), leased, &Finish::Done);
    }
}

/// Many claims, replays and late commits at the same time, on two machines.
#[test]
fn no_two_events_of_one_key_run_at_the_same_time_whatever_overlaps() {
    let machines = Machines::new();
    let keys = 3;
    let all: Vec<_> =
        (0..60).map(|nth| store(&machines, &nth.to_string(), &format!("job {}", nth % keys))).collect();
    let (first, second) = (machines.first().clone(), machines.second().clone());
    wait(async {
        let mut tasks = tokio::task::JoinSet::new();
        for worker in 0..8_usize {
            let store = if worker % 2 == 0 { first.clone() } else { second.clone() };
            tasks.spawn(async move {
                for turn in 0..60 {
                    let request = ClaimDue::new("orders", format!("{worker}"), 1 + worker % 3, TTL);
                    let leased = store.claim_due(&request).await.unwrap();
                    for leased in leased {
                        let key = leased.event.ordering_key.clone().unwrap();
                        let running =
                            "SELECT count(*) FROM countersign.event WHERE ordering_key = $1 AND state = 1";
                        let running: i64 =
                            query_scalar(running).bind(&key).fetch_one(store.pool()).await.unwrap();
                        assert_eq!(running, 1, "{key}");
                        let finish = match turn % 4 {
                            0 => Finish::Retry { after: Duration::ZERO, error: String::new() },
                            1 => Finish::Dead { error: String::new() },
                            _ => Finish::Done,
                        };
                        let _ = store.finish(&leased.lease, &finish, AttemptNote::NONE).await.unwrap();
                    }
                }
            });
        }
        let (operator, ids) = (second.clone(), all.clone());
        tasks.spawn(async move {
            for id in ids {
                let mut replay = Change::new(Action::Replay, Filter::ids([id]), "operator");
                for state in [countersign_inbox::EventState::Dead, countersign_inbox::EventState::Done] {
                    replay.filter.state = Some(state);
                    let _ = operator.change(&replay).await.unwrap();
                }
            }
        });
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
    });
    // Everything that is left has its turn.
    for _ in 0..all.len() {
        let leased = claim(machines.first(), 10);
        for leased in &leased {
            end(machines.first(), leased, &Finish::Done);
        }
    }
    let left = "SELECT count(*) FROM countersign.event WHERE state IN (0, 1, 4)";
    assert_eq!(machines.number(left), 0);
}
