//! Tests that the effect of a handler and the end of its event are one transaction on the store's own file.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::time::Duration;

use countersign_inbox::{
    AttemptNote, ClaimDue, CommitError, Context, EventId, Fenced, Finish, InboxStore, Lease, OpsStore,
};
use countersign_sqlite::SqliteStore;
use countersign_testkit::conformance::inbox::sample_event;
use rusqlite::Connection;

const TTL: Duration = Duration::from_secs(30);

async fn opened(folder: &tempfile::TempDir, events: &[&str]) -> (SqliteStore, Vec<Lease>) {
    let path = folder.path().join("inbox.db");
    let store = SqliteStore::open(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE effect (done INTEGER UNIQUE)").unwrap();
    for id in events {
        store.accept(sample_event("orders", id, "{}")).await.unwrap();
    }
    let claimed = store.claim_due(&ClaimDue::new("orders", "worker", events.len(), TTL)).await.unwrap();
    (store, claimed.into_iter().map(|leased| leased.lease).collect())
}

fn effects(folder: &tempfile::TempDir) -> i64 {
    let connection = Connection::open(folder.path().join("inbox.db")).unwrap();
    connection.query_row("SELECT count(*) FROM effect", (), |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn an_effect_and_the_end_of_its_event_are_one_call() {
    let folder = tempfile::tempdir().unwrap();
    let (store, leases) = opened(&folder, &["a"]).await;
    let write = |connection: &Connection| connection.execute("INSERT INTO effect VALUES (1)", ());
    assert_eq!(store.commit_with(&leases[0], write).await.unwrap(), 1);
    assert_eq!(effects(&folder), 1);
    let retry = Finish::Retry { after: Duration::ZERO, error: "late".to_owned() };
    assert_eq!(store.finish(&leases[0], &retry, AttemptNote::NONE).await.unwrap(), Fenced::Stale);
    assert_eq!(store.finish(&leases[0], &Finish::Done, AttemptNote::NONE).await.unwrap(), Fenced::Ok(()));
}

#[tokio::test]
async fn the_row_of_an_attempt_that_ends_with_its_effect_has_what_the_handler_has_set() {
    let folder = tempfile::tempdir().unwrap();
    let (store, leases) = opened(&folder, &["a", "b", "c"]).await;
    let context = Context::for_test().with_lease(leases[0]);
    let handler = context.clone();
    let calling = move |_: &Connection| {
        handler.set_response_code(202_u16);
        Ok::<_, rusqlite::Error>(())
    };
    store.commit_with(&context, calling).await.unwrap();
    let nothing = |_: &Connection| Ok::<_, rusqlite::Error>(());
    store.commit_with((leases[1], AttemptNote::NONE.with_code(204)), nothing).await.unwrap();
    store.commit_with((leases[2], AttemptNote::NONE.unrecorded()), nothing).await.unwrap();
    let mut rows = Vec::new();
    for id in 1..=3 {
        let event = store.show(EventId::new(id)).await.unwrap().unwrap();
        rows.push(event.attempts.iter().map(|attempt| attempt.code).collect::<Vec<_>>());
    }
    assert_eq!(rows, [vec![Some(202)], vec![Some(204)], vec![]]);
}

#[tokio::test]
async fn an_effect_that_fails_writes_nothing_and_leaves_others_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (store, leases) = opened(&folder, &["a", "b", "c"]).await;
    let failing = |connection: &Connection| {
        connection.execute("INSERT INTO effect VALUES (1)", ()).unwrap();
        Err::<(), _>("no")
    };
    let twice = |connection: &Connection| {
        connection.execute("INSERT INTO effect VALUES (2)", ())?;
        connection.execute("INSERT INTO effect VALUES (2)", ())
    };
    let write = |connection: &Connection| connection.execute("INSERT INTO effect VALUES (3)", ());
    let (failed, constraint, written) = tokio::join!(
        store.commit_with(&leases[0], failing),
        store.commit_with(&leases[1], twice),
        store.commit_with(&leases[2], write)
    );
    assert!(matches!(failed, Err(CommitError::Effect("no"))), "{failed:?}");
    assert!(matches!(constraint, Err(CommitError::Effect(_))), "{constraint:?}");
    assert_eq!(written.unwrap(), 1);
    assert_eq!(effects(&folder), 1);
    // The leases are as they were.
    for lease in &leases[..2] {
        assert_eq!(store.finish(lease, &Finish::Done, AttemptNote::NONE).await.unwrap(), Fenced::Ok(()));
    }
}

#[tokio::test]
async fn an_attempt_that_has_lost_its_lease_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (store, leases) = opened(&folder, &["a"]).await;
    assert_eq!(store.finish(&leases[0], &Finish::GiveBack, AttemptNote::NONE).await.unwrap(), Fenced::Ok(()));
    let write = |connection: &Connection| connection.execute("INSERT INTO effect VALUES (1)", ());
    let lost = store.commit_with(&leases[0], write).await;
    assert!(matches!(lost, Err(CommitError::LeaseLost)), "{lost:?}");
    assert_eq!(effects(&folder), 0);
}

#[tokio::test]
async fn an_effect_that_ends_the_transaction_is_refused_and_harms_no_later_one() {
    let folder = tempfile::tempdir().unwrap();
    let (store, leases) = opened(&folder, &["a"]).await;
    let ending = |connection: &Connection| connection.execute_batch("COMMIT");
    let refused = store.commit_with(&leases[0], ending).await;
    assert!(matches!(refused, Err(CommitError::Store(_))), "{refused:?}");
    let write = |connection: &Connection| connection.execute("INSERT INTO effect VALUES (1)", ());
    assert_eq!(store.commit_with(&leases[0], write).await.unwrap(), 1);
    assert_eq!(effects(&folder), 1);
}
