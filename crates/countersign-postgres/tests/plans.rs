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
use sqlx::{AssertSqlSafe, Connection, PgConnection, query, query_as, query_scalar};

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
        let Fenced::Ok(Some(lease)) = extended[0] else { panic!("{extended:?}") };
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

/// The plans of functions are not among the prepared statements.
#[test]
fn claims_and_searches_for_due_events_are_planned_once_for_each_set_of_statistics() {
    let server = Postgres::with(&[
        ("autovacuum", "off"),
        ("shared_preload_libraries", "pg_stat_statements"),
        ("pg_stat_statements.track", "all"),
        ("pg_stat_statements.track_planning", "on"),
    ]);
    execute(&server.url(), "CREATE EXTENSION pg_stat_statements");
    let store = connected(|| {
        let builder = PostgresStore::builder(&server.url()).unwrap().with_max_connections(1);
        builder.with_acquire_timeout(PATIENCE).with_operation_timeout(PATIENCE)
    });
    let sources = ["orders".to_owned(), "invoices".to_owned()];
    for round in 0..ROUNDS {
        if round == ROUNDS / 2 {
            execute(&server.url(), "ANALYZE");
        }
        wait(store.accept(event(&format!("evt {round}")))).unwrap();
        assert_eq!(wait(store.due_sources(&sources[..1])).unwrap(), Some(vec!["orders".to_owned()]));
        assert_eq!(wait(store.due_sources(&sources)).unwrap(), Some(vec!["orders".to_owned()]));
        let leased = wait(store.claim_due(&ClaimDue::new("orders", "worker", 1, TTL))).unwrap();
        assert_eq!(leased.len(), 1);
        assert!(wait(store.claim_due(&ClaimDue::new("orders", "worker", 1, TTL))).unwrap().is_empty());
    }
    let plans: Vec<(String, i64, i64)> = wait(
        query_as(
            "SELECT query, plans, calls FROM pg_stat_statements WHERE NOT toplevel AND query LIKE 'WITH paused AS%'",
        )
        .fetch_all(store.pool()),
    )
    .unwrap();
    assert_eq!(plans.len(), 2, "claims and searches: {plans:#?}");
    for (statement, plans, calls) in plans {
        assert_eq!(calls, 2 * ROUNDS, "{statement}");
        // Statistics replace a plan, and so do partitions that are created meanwhile.
        assert!(plans <= 5, "{plans} plans: {statement}");
    }
}

/// After a backlog, the index of due times is large and has few events, and an index with all events of each state looks smaller. Its
/// entries of handled events remain for as long as a snapshot needs them.
#[test]
fn a_plan_that_is_kept_reads_no_entries_of_handled_events_whatever_the_statistics_were() {
    let server = Postgres::with(&[("autovacuum", "off"), ("shared_preload_libraries", "pg_stat_statements")]);
    let url = server.url();
    execute(&url, "CREATE EXTENSION pg_stat_statements");
    connected(|| PostgresStore::builder(&url).unwrap());
    let insert = "INSERT INTO countersign.event (key, body_digest, source, provider, received_at, stored_at, age_from, due_at, day)
                  SELECT sha256(gen_random_uuid()::text::bytea), '', 'orders', 'preflix', now(), now(), now(), now(), now()
                  FROM generate_series(1, 20000) n";
    let handle = |but: i64| {
        format!(
            "UPDATE countersign.event SET state = 2, finished_at = now()
             WHERE state = 0 AND id > {but} + (SELECT min(id) FROM countersign.event)"
        )
    };
    execute(&url, insert);
    execute(&url, &handle(5));
    execute(&url, "VACUUM (ANALYZE) countersign.event");
    let mut connection = wait(PgConnection::connect(&url)).unwrap();
    let mut claim = |start: &str| {
        let claim = format!(
            "SELECT * FROM countersign.claim_due('{{orders}}', '{{worker}}', '{{8}}', '{{30000}}', '{{86400000}}',
                 ARRAY[{start}], '{{mixed}}', '{{0}}', '{{false}}', '{{1}}', '{{1000000}}')"
        );
        wait(query(AssertSqlSafe(claim)).fetch_all(&mut connection)).unwrap().len()
    };
    assert_eq!(claim("NULL::int8"), 6);
    let mut snapshot = wait(PgConnection::connect(&url)).unwrap();
    wait(query("BEGIN ISOLATION LEVEL REPEATABLE READ").execute(&mut snapshot)).unwrap();
    wait(query("SELECT FROM countersign.event LIMIT 1").execute(&mut snapshot)).unwrap();
    execute(&url, insert);
    execute(&url, &handle(-1));
    execute(&url, "SELECT pg_stat_statements_reset()");
    assert_eq!(claim("(extract(epoch FROM clock_timestamp()) * 1000000)::int8"), 0);
    let read = "SELECT sum(shared_blks_hit + shared_blks_read)::int8 FROM pg_stat_statements WHERE query LIKE '%claim_due%'";
    let blocks: i64 = wait(async {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        query_scalar(read).fetch_one(&mut connection).await.unwrap()
    });
    assert!(blocks < 60, "{blocks} blocks");
    drop(snapshot);
}

const ROUNDS: i64 = 24;
const PATIENCE: Duration = Duration::from_secs(60);
