//! Tests of a primary and its standby: acknowledgements with a synchronous standby, and fences after a failover.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::time::Duration;

use countersign_inbox::{
    Accepted, AttemptNote, Claim, ClaimDue, DedupeStore, Durability, Fenced, Finish, InboxStore, Lease,
    TxInbox,
};
use countersign_postgres::PostgresStore;
use countersign_test_servers::{Postgres, execute};
use tokio::time::timeout;

use self::common::{TTL, acquired, connected, event, request, wait};

/// The primary ends while it waits for the standby. After its restart the event is on no other machine.
#[test]
fn a_duplicate_is_acknowledged_when_a_standby_has_its_event() {
    let mut primary = Postgres::start();
    let mut standby = Postgres::standby_of(&primary, "standby");
    wait_for_standbys(&primary, "standby");
    let store = connect(&primary, PATIENT);
    assert_eq!(InboxStore::durability(&store), Durability::Replicated);
    assert!(matches!(wait(store.accept(event("before"))).unwrap(), Accepted::New { .. }));
    let lease = acquired(wait(store.claim(&request("inline"))).unwrap());
    let store = connect(&primary, Duration::from_secs(3));

    standby.stop();
    assert!(wait(store.accept(event("alone"))).is_err(), "the standby does not have it");
    assert!(wait(store.complete(&lease)).is_err(), "nor that");
    primary.kill();
    primary.restart();
    let local = "SET synchronous_commit = local; SELECT count(*) FROM countersign.event";
    assert_eq!(execute(&primary.url(), local), "2");
    for id in ["alone", "before"] {
        assert!(wait(store.accept(event(id))).is_err(), "{id} is acknowledged without a standby");
    }
    assert!(wait(store.claim(&request("inline"))).is_err(), "it was handled, and the standby may not know");
    // In a transaction of the caller, the commit waits.
    wait(async {
        let mut tx = store.pool().begin().await.unwrap();
        assert!(matches!(
            store.accept_in(&mut tx, event("alone")).await.unwrap(),
            Accepted::Duplicate { .. }
        ));
        assert!(timeout(Duration::from_millis(500), tx.commit()).await.is_err());
    });

    standby.restart();
    let accepted = (0..100).find_map(|_| wait(store.accept(event("alone"))).ok());
    assert!(matches!(accepted, Some(Accepted::Duplicate { .. })), "{accepted:?}");
    let claimed = (0..100).find_map(|_| wait(store.claim(&request("inline"))).ok());
    assert_eq!(claimed, Some(Claim::Done { same_body: true }));
    primary.kill();
    standby.promote();
    assert_eq!(execute(&standby.url(), "SELECT count(*) FROM countersign.event"), "2");
}

/// The server does not end a commit that waits for a standby, even after its client is gone.
#[test]
fn a_standby_that_is_gone_fills_no_more_of_the_server_than_the_pool() {
    const POOL: u32 = 4;
    let primary = Postgres::start();
    let store = connected(|| {
        PostgresStore::builder(&primary.url())
            .with_max_connections(POOL)
            .with_operation_timeout(Duration::from_millis(100))
            .with_acquire_timeout(Duration::from_millis(100))
    });
    while wait(store.accept(event("known"))).is_err() {}
    wait_for_standbys(&primary, "absent");
    // psql's own connections are no concern of the store, and linger for a moment after their end.
    let backends = "SELECT count(*) FROM pg_stat_activity \
                    WHERE backend_type = 'client backend' AND application_name <> 'psql'";
    let (mut most, mut refused) = (0, 0);
    for round in 0..120 {
        refused += u32::from(wait(store.accept(event(&format!("{round}")))).is_err());
        most = most.max(execute(&primary.url(), backends).parse::<u32>().unwrap());
    }
    assert!(refused > 100, "{refused} of 120");
    assert!(most <= POOL, "{most} backends");
    wait_for_standbys(&primary, "");
    assert!((0..600).any(|_| wait(store.accept(event("afterwards"))).is_ok()));
}

/// The last fences of the primary are not on the standby.
#[test]
fn fences_after_a_failover_are_above_all_earlier_ones() {
    let primary = Postgres::start();
    let mut standby = Postgres::standby_of(&primary, "standby");
    let store = connect(&primary, PATIENT);
    for id in 0..4 {
        wait(store.accept(event(&format!("{id}")))).unwrap();
    }
    let before = acquired(wait(store.claim(&request("inline"))).unwrap());
    assert_eq!(wait(store.release(&before)).unwrap(), Fenced::Ok(()));
    let position = execute(&primary.url(), "SELECT pg_current_wal_lsn()");
    let replayed = format!("SELECT pg_last_wal_replay_lsn() >= '{position}'");
    while execute(&standby.url(), &replayed) != "t" {}
    standby.stop();

    let mut leases: Vec<Lease> = Vec::new();
    for _ in 0..50 {
        for leased in wait(store.claim_due(&ClaimDue::new("orders", "worker", 4, TTL))).unwrap() {
            leases.push(leased.lease);
            assert_eq!(
                wait(store.finish(&leased.lease, &Finish::GiveBack, AttemptNote::NONE)).unwrap(),
                Fenced::Ok(())
            );
        }
        let lease = acquired(wait(store.claim(&request("inline"))).unwrap());
        assert_eq!(wait(store.release(&lease)).unwrap(), Fenced::Ok(()));
        leases.push(lease);
    }
    drop(store);
    drop(primary);
    standby.restart();
    standby.promote();
    let store = connect(&standby, PATIENT);
    let leased = wait(store.claim_due(&ClaimDue::new("orders", "worker", 4, TTL))).unwrap();
    let inline = acquired(wait(store.claim(&request("inline"))).unwrap());
    let new: Vec<_> = leased.iter().map(|leased| leased.lease).chain([inline]).collect();
    assert_eq!(new.len(), 5);
    for new in new {
        let earlier = leases.iter().filter(|lease| lease.key() == new.key()).map(Lease::fence).max();
        assert!(Some(new.fence()) > earlier, "{} after {earlier:?}", new.fence());
    }
    for lease in leases {
        assert_eq!(wait(store.finish(&lease, &Finish::Done, AttemptNote::NONE)).unwrap(), Fenced::Stale);
        assert_eq!(wait(store.complete(&lease)).unwrap(), Fenced::Stale);
    }
}

fn connect(server: &Postgres, limit: Duration) -> PostgresStore {
    connected(|| PostgresStore::builder(&server.url()).with_operation_timeout(limit))
}

/// The limit where nothing times out.
const PATIENT: Duration = Duration::from_secs(60);

/// Makes commits wait for a standby of this name.
fn wait_for_standbys(primary: &Postgres, name: &str) {
    execute(&primary.url(), &format!("ALTER SYSTEM SET synchronous_standby_names = '{name}'"));
    execute(&primary.url(), "SELECT pg_reload_conf()");
    while execute(&primary.url(), "SHOW synchronous_standby_names") != name {}
}
