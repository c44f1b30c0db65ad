//! Daily partitions, and the bodies in them.

use std::str::FromStr;

use countersign_inbox::{
    Accepted, Action, Change, ClaimDue, EventId, EventState, Filter, Finish, InboxStore, OpsStore, StoreError,
};
use countersign_postgres::PostgresStoreBuilder;
use countersign_test_logs::Logs;
use countersign_test_servers::fresh_namespace;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::query;
use tracing::Level;

use crate::common::{Machines, TTL, event, wait};
use crate::support::{DAY, accept, claim, finish};

#[test]
fn bodies_are_in_the_partition_of_their_day() {
    let machines = Machines::new();
    accept(&machines, "today");
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body_default"), 0);
    machines.step(DAY);
    accept(&machines, "tomorrow");
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body_default"), 0);
    assert_eq!(machines.number("SELECT count(DISTINCT tableoid) FROM countersign.body"), 2);
}

#[test]
fn an_event_is_stored_when_its_partition_is_missing_and_moves_there_later() {
    let machines = Machines::new();
    machines.step(30 * DAY);
    // A connection that does not create partitions.
    machines.execute("BEGIN; SELECT 1; COMMIT");
    let id = accept(&machines, "early");
    let leased = claim(&machines);
    assert_eq!((leased.event.id, &leased.event.body[..]), (id, &b"the body of early"[..]));
    // Accepting has started to create them; this waits for the result.
    wait(machines.first().maintain_partitions()).unwrap();
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body_default"), 0);
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body"), 1);
    assert_eq!(&wait(machines.first().show(id)).unwrap().unwrap().body.unwrap()[..], b"the body of early");
}

/// Whether or not the partition is dropped.
#[test]
fn bodies_of_what_waits_runs_or_is_dead_outlive_their_day() {
    let machines = Machines::new();
    let [done, dead, running] = ["done", "dead", "running"].map(|id| {
        let accepted = accept(&machines, id);
        (accepted, claim(&machines))
    });
    let ready = accept(&machines, "ready");
    finish(&machines, &done.1, Finish::Done);
    finish(&machines, &dead.1, Finish::Dead { error: "no".to_owned() });
    assert_eq!(partitions(&machines), 3);
    machines.step(9 * DAY);
    wait(machines.first().maintain_partitions()).unwrap();
    // The partitions of today and of days before its creation are dropped; those of today and the next days exist.
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body"), 3);
    let body = |id: EventId| wait(machines.first().show(id)).unwrap().unwrap().body;
    assert_eq!(body(done.0), None);
    for kept in [dead.0, running.0, ready] {
        assert!(body(kept).is_some(), "{kept}");
    }
    // Without its body an event cannot be replayed; with it, it can.
    let mut filter = Filter::ids([done.0]);
    filter.state = Some(EventState::Done);
    assert_eq!(wait(machines.first().change(&Change::new(Action::Replay, filter, "me"))).unwrap().ids, []);
    let replay = Change::new(Action::Replay, Filter::ids([dead.0]), "me");
    assert_eq!(wait(machines.first().change(&replay)).unwrap().ids, [dead.0]);
    let claimed = wait(machines.first().claim_due(&ClaimDue::new("orders", "w", 10, TTL))).unwrap();
    assert_eq!(claimed.len(), 3);
    for leased in &claimed {
        finish(&machines, leased, Finish::Done);
    }
    // The key is remembered for longer than the body.
    assert!(matches!(wait(machines.first().accept(event("done"))).unwrap(), Accepted::Duplicate { .. }));
}

#[test]
fn a_partition_that_is_being_read_is_dropped_later_and_accepting_goes_on() {
    let machines = Machines::new();
    let leased = {
        accept(&machines, "old");
        claim(&machines)
    };
    finish(&machines, &leased, Finish::Done);
    machines.step(9 * DAY);
    let mut reader = wait(machines.second().pool().begin()).unwrap();
    wait(query("SELECT * FROM countersign.body").fetch_all(&mut *reader)).unwrap();
    let refused = wait(machines.first().maintain_partitions());
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    accept(&machines, "meanwhile");
    assert_eq!(wait(machines.first().sweep()).unwrap().events, 0);
    wait(reader.rollback()).unwrap();
    wait(machines.first().maintain_partitions()).unwrap();
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body"), 1);
}

/// A role that may not drop partitions, and one row of an event that waits.
#[test]
fn rows_of_partitions_that_cannot_be_dropped_are_deleted_and_the_log_has_the_cure() {
    let machines = Machines::new();
    let done: Vec<_> = (0..1200).map(|nth| event(&format!("{nth}"))).collect();
    let first = machines.first();
    wait(async {
        let tasks: Vec<_> = done
            .into_iter()
            .map(|event| {
                let store = first.clone();
                tokio::spawn(async move { store.accept(event).await.unwrap() })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    machines.execute("UPDATE countersign.event SET state = 2, finished_at = countersign.now_()");
    accept(&machines, "waiting");
    let role = fresh_namespace();
    machines.execute(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'secret';
         GRANT USAGE ON SCHEMA countersign TO {role};
         GRANT ALL ON ALL TABLES IN SCHEMA countersign TO {role};
         GRANT ALL ON ALL SEQUENCES IN SCHEMA countersign TO {role};
         GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA countersign TO {role}"
    ));
    let options = PgConnectOptions::from_str(&machines.url).unwrap().username(&role).password("secret");
    let pool = wait(PgPoolOptions::new().connect_with(options)).unwrap();
    let store = wait(PostgresStoreBuilder::from_pool(pool).without_migrations().connect()).unwrap();
    let bodies = || machines.number("SELECT count(*) FROM countersign.body");
    assert!(!wait(machines.first().sweep()).unwrap().has_more);
    assert_eq!(bodies(), 1201, "they are young");
    machines.step(9 * DAY);
    let before = partitions(&machines);
    let logs = Logs::up_to(Level::WARN);
    let mut sweeps = 0;
    while wait(store.sweep()).unwrap().has_more {
        sweeps += 1;
    }
    assert_eq!((bodies(), sweeps), (1, 2), "the body of what waits stays");
    assert_eq!(partitions(&machines), before);
    let text = logs.text();
    assert!(text.contains("must be owner of table body"), "{text}");
    assert!(text.contains("make the role of this process the owner of the tables"), "{text}");
    assert!(wait(store.maintain_partitions()).is_err());
    wait(store.pool().close());
    wait(machines.first().maintain_partitions()).unwrap();
    assert_eq!(
        machines.number("SELECT count(*) FROM countersign.body_default"),
        1,
        "the old partition is gone"
    );
    machines.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

fn partitions(machines: &Machines) -> i64 {
    machines.number("SELECT count(*) - 1 FROM pg_inherits WHERE inhparent = 'countersign.body'::regclass")
}
