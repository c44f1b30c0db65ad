//! An operator replays what maintenance is about to delete: an event that is to be handled has its body.

use countersign_inbox::{Action, Change, EventState, Filter, Finish, InboxStore, OpsStore};
use countersign_postgres::PostgresStore;
use sqlx::{Connection, PgConnection, raw_sql};

use crate::common::{LOCKED, Machines, connected, wait, waiting};
use crate::support::{DAY, accept, claim, finish};

/// No partition of a day is dropped here: a role that may not create them has all bodies in the common one.
#[test]
fn an_event_whose_body_is_being_deleted_by_age_is_not_replayed_without_it() {
    let machines = handled();
    machines.execute(
        "UPDATE countersign.event SET day = '2000-01-01'; UPDATE countersign.body SET day = '2000-01-01'",
    );
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body_default"), 2);
    machines.step(9 * DAY);
    wait(async {
        let mut other = PgConnection::connect(&machines.url).await.unwrap();
        let mut lock = other.begin().await.unwrap();
        let one = "SELECT FROM countersign.body_default ORDER BY event_id LIMIT 1 FOR UPDATE";
        raw_sql(one).execute(&mut *lock).await.unwrap();
        let sweeping = machines.first().clone();
        let sweep = tokio::spawn(async move { sweeping.sweep().await });
        let deleting = format!("{LOCKED} AND query LIKE '%body_default b%USING old%'");
        waiting(&machines.url, &deleting, |waiting| waiting == 1).await;
        machines.second().change(&replay()).await.unwrap();
        lock.rollback().await.unwrap();
        sweep.await.unwrap().unwrap();
    });
    assert_eq!(machines.number(WITHOUT_BODY), 0);
    let ready = machines.number("SELECT count(*) FROM countersign.event WHERE state = 0");
    assert_eq!(
        machines.number("SELECT count(*) FROM countersign.body_default"),
        ready,
        "the deletion goes on"
    );
    assert!(ready < 2, "the deletion had begun");
}

/// The lock of maintenance is what its first statement waits for, and what it sees must be newer.
#[test]
fn a_partition_is_dropped_without_the_bodies_that_were_replayed_meanwhile_at_each_isolation_level() {
    for level in ["read committed", "repeatable read", "serializable"] {
        let machines = handled();
        machines.execute(&format!(
            "DO $$ BEGIN
                EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = %L', current_database(), '{level}');
             END $$"
        ));
        machines.step(9 * DAY);
        // Of its own connections, because those of the others have the default from before. It makes the partitions of these days, so
        // that the lock is waited for before one is dropped.
        let store = connected(|| PostgresStore::builder(&machines.url));
        wait(async {
            let mut other = PgConnection::connect(&machines.url).await.unwrap();
            let mut lock = other.begin().await.unwrap();
            raw_sql(MAINTENANCE).execute(&mut *lock).await.unwrap();
            let maintained = store.clone();
            let maintaining = tokio::spawn(async move { maintained.maintain_partitions().await });
            waiting(&machines.url, LOCKED, |waiting| waiting == 1).await;
            let replayed = machines.second().change(&replay()).await.unwrap();
            assert_eq!(replayed.ids.len(), 2, "{level}");
            lock.rollback().await.unwrap();
            maintaining.await.unwrap().unwrap();
        });
        assert_eq!(machines.number("SELECT count(*) FROM countersign.event WHERE state = 0"), 2, "{level}");
        assert_eq!(machines.number(WITHOUT_BODY), 0, "{level}");
    }
}

/// Returns a store with two handled events.
fn handled() -> Machines {
    let machines = Machines::new();
    for id in ["one", "two"] {
        accept(&machines, id);
        let leased = claim(&machines);
        finish(&machines, &leased, Finish::Done);
    }
    machines
}

fn replay() -> Change {
    let mut filter = Filter::default();
    filter.state = Some(EventState::Done);
    Change::new(Action::Replay, filter, "operator")
}

const WITHOUT_BODY: &str = "SELECT count(*) FROM countersign.event e
     WHERE e.state <> 2 AND NOT EXISTS (SELECT FROM countersign.body b WHERE b.event_id = e.id AND b.day = e.day)";
const MAINTENANCE: &str =
    "SELECT pg_advisory_xact_lock(hashtext('countersign-postgres partitions'), hashtext('\"countersign\"'))";
