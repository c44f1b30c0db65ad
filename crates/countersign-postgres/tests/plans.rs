//! Tests of how often the server plans the statements of deliveries and workers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::time::Duration;

use countersign_inbox::{AttemptNote, ClaimDue, Fenced, Finish, InboxStore};
use countersign_postgres::PostgresStore;
use countersign_test_servers::{Postgres, execute};
use sqlx::query_as;

use self::common::{TTL, connected, event, wait};

/// The server keeps a plan if one made for given values is expected to be cheaper by less than its planning costs. A plan for one
/// event is cheaper than a plan for an unknown number of events.
#[test]
fn an_event_is_stored_extended_and_finished_by_plans_that_are_kept() {
    let server = Postgres::with(&[("autovacuum", "off")]);
    // One connection, for which each operation waits as long as it takes.
    let store = connected(|| {
        let builder = PostgresStore::builder(&server.url()).unwrap().with_max_connections(1);
        builder.with_acquire_timeout(PATIENCE).with_operation_timeout(PATIENCE)
    });
    for round in 0..ROUNDS {
        if round == ROUNDS / 2 {
            execute(&server.url(), "ANALYZE");
        }
        wait(store.accept(event(&format!("evt {round}")))).unwrap();
        let leased = wait(store.claim_due(&ClaimDue::new("orders", "worker", 1, TTL))).unwrap();
        let extended = wait(store.extend(&[leased[0].lease], TTL)).unwrap();
        let Fenced::Ok(lease) = extended[0] else { panic!("{extended:?}") };
        let finished = wait(store.finish(&lease, &Finish::Done, AttemptNote::NONE)).unwrap();
        assert_eq!(finished, Fenced::Ok(()));
    }
    let plans: Vec<(String, i64, i64)> = wait(
        query_as("SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements")
            .fetch_all(store.pool()),
    )
    .unwrap();
    let plans: Vec<_> =
        plans.iter().filter(|(statement, ..)| statement.contains("(SELECT $1::bytea[])")).collect();
    assert_eq!(plans.len(), 3, "accept, extend and finish: {plans:#?}");
    for (statement, kept, made) in plans {
        assert!(kept + made >= ROUNDS, "{kept} kept, {made} made: {statement}");
        // The server compares the first plans with one that it could keep.
        assert!(*made <= 5, "{made} plans, {kept} kept: {statement}");
    }
}

const ROUNDS: i64 = 24;
const PATIENCE: Duration = Duration::from_secs(60);
