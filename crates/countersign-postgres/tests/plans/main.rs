//! Tests of how often the server plans the statements of deliveries and workers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "../common/mod.rs"]
mod common;
mod lookups;

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
        let builder = PostgresStore::builder(&server.url()).with_max_connections(1);
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
        let builder = PostgresStore::builder(&server.url()).with_max_connections(1);
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

/// Most events of a table are handled, and their entries in the index of due times remain for as long as a snapshot needs them.
#[test]
fn a_plan_that_is_kept_reads_no_entries_of_handled_events_whatever_the_statistics_were() {
    let server = measured();
    let set = |columns: &str| format!("UPDATE countersign.event SET {columns} WHERE state < 2");
    let handle = set("state = 2, finished_at = now()");
    let few = format!("{handle} AND id > 5 + (SELECT min(id) FROM countersign.event)");
    let backlog = backlog("'orders'", "now()", 5_000, 0);
    let vacuum = "VACUUM (ANALYZE) countersign.event".to_owned();
    // A few events are in the large index of a part. That of due times is as large, and has few events of each source.
    let others = |events| self::backlog("'source ' || n % 100", "now()", events, 0);
    let part = |columns| vec![others(5_000), set(columns), few.clone(), others(1_000), vacuum.clone()];
    let statistics = [
        ("never_analysed", vec![]),
        ("no_events", vec![vacuum.clone()]),
        ("few_due", vec![backlog.clone(), few.clone(), vacuum.clone()]),
        ("all_handled", vec![backlog.clone(), handle.clone(), vacuum.clone()]),
        ("all_due", vec![backlog.clone(), vacuum.clone()]),
        ("many_given_back", part("worker = 'worker'")),
        ("many_isolated", part("isolation = 1")),
        ("many_leased", part("state = 1, worker = 'worker', instance = 2")),
        ("many_ordered", part("ordering_key = 'job'")),
    ];
    for (name, steps) in statistics {
        let url = database(&server, name);
        for step in steps {
            execute(&url, &step);
        }
        let mut claims = Claims::new(&url);
        // The plans are made here.
        let start = claims.now();
        assert_eq!(claims.claim(start, 8), 0, "{name}");
        claims.search(start);
        execute(&url, &handle);
        execute(&url, "SELECT pg_stat_statements_reset()");
        let mut snapshot = wait(PgConnection::connect(&url)).unwrap();
        wait(query("BEGIN ISOLATION LEVEL REPEATABLE READ").execute(&mut snapshot)).unwrap();
        wait(query("SELECT FROM countersign.event LIMIT 1").execute(&mut snapshot)).unwrap();
        execute(&url, &backlog);
        execute(&url, &handle);
        let start = claims.now();
        assert_eq!(claims.claim(start, 8), 0, "{name}");
        claims.search(start);
        for function in ["claim_due", "due_sources"] {
            let blocks = blocks_read(&url, function);
            assert!(blocks < 80, "{name}: {function} reads {blocks} blocks");
        }
        // Each search reads a few of those that are due.
        let start = claims.now();
        execute(&url, &backlog);
        execute(&url, "SELECT pg_stat_statements_reset()");
        assert_eq!(claims.claim(start, 8), 8, "{name}");
        let blocks = blocks_read(&url, "claim_due");
        assert!(blocks < 1_000, "{name}: a claim of 8 events reads {blocks} blocks");
        drop(snapshot);
    }
}

/// Indexes of a table that is empty cost the same in all plans.
#[test]
fn a_plan_that_is_kept_looks_events_up_whatever_was_empty_when_it_was_made() {
    let server = measured();
    let (today, tomorrow, old) = ("now()", "now() + interval '1 day'", "DATE '2001-01-01'");
    for (name, earlier, day) in [
        ("no_events", None, today),
        ("no_body_of_tomorrow", Some(today), tomorrow),
        ("no_body_of_old_days", Some(today), old),
        ("no_body_without_partition", None, old),
    ] {
        let url = database(&server, name);
        if let Some(earlier) = earlier {
            execute(&url, &backlog("'orders'", earlier, 5_000, 2));
        }
        execute(&url, "VACUUM (ANALYZE) countersign.event, countersign.body");
        let mut claims = Claims::new(&url);
        assert_eq!(claims.claim(None, 64), 0, "{name}");
        execute(&url, &backlog("'orders'", day, 20_000, 2));
        execute(&url, &backlog("'orders'", day, 200, 0));
        execute(&url, "SELECT pg_stat_statements_reset()");
        assert_eq!(claims.claim(None, 64), 64, "{name}");
        let blocks = blocks_read(&url, "claim_due");
        assert!(blocks < 3_000, "{name}: {blocks} blocks");
    }
}

/// Starts a server that counts the blocks that statements read.
fn measured() -> Postgres {
    let server = Postgres::with(&[("autovacuum", "off"), ("shared_preload_libraries", "pg_stat_statements")]);
    execute(&server.url(), "CREATE EXTENSION pg_stat_statements");
    server
}

/// Creates a database with the tables, and returns its URL.
fn database(server: &Postgres, name: &str) -> String {
    execute(&server.url(), &format!("CREATE DATABASE {name}"));
    let url = server.url();
    let url = format!("{}/{name}", url.rsplit_once('/').unwrap().0);
    connected(|| PostgresStore::builder(&url));
    execute(&url, "CREATE EXTENSION pg_stat_statements");
    url
}

/// Returns a statement that adds events with bodies, in a state.
fn backlog(source: &str, day: &str, events: u32, state: u8) -> String {
    format!(
        "WITH added AS (
             INSERT INTO countersign.event (key, body_digest, source, provider, received_at, stored_at, age_from, due_at, day, state,
                                            finished_at)
             SELECT sha256(gen_random_uuid()::text::bytea), '', {source}, 'preflix', now(), now(), now(), now(), {day}, {state},
                    CASE {state} WHEN 2 THEN now() END
             FROM generate_series(1, {events}) n
             RETURNING id, day
         )
         INSERT INTO countersign.body (event_id, day, head, body) SELECT id, day, 'POST /\n', '{{}}' FROM added"
    )
}

/// Returns the blocks that calls of a function have read in this database since the last reset.
fn blocks_read(url: &str, function: &str) -> i64 {
    let sql = format!(
        "SELECT sum(shared_blks_hit + shared_blks_read)::int8 FROM pg_stat_statements
         WHERE query LIKE '%FROM countersign.{function}(%' AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
    );
    wait(async {
        let mut connection = PgConnection::connect(url).await.unwrap();
        query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap()
    })
}

/// A connection that keeps its plans.
struct Claims(PgConnection);

impl Claims {
    fn new(url: &str) -> Self {
        Self(wait(PgConnection::connect(url)).unwrap())
    }

    /// Returns microseconds since 1970.
    fn now(&mut self) -> Option<i64> {
        let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8";
        Some(wait(query_scalar(sql).fetch_one(&mut self.0)).unwrap())
    }

    fn claim(&mut self, start: Option<i64>, most: i64) -> usize {
        let sql = "SELECT * FROM countersign.claim_due('{orders}', '{worker}', ARRAY[$2], '{3600000}', '{86400000}', ARRAY[$1],
                       '{mixed}', '{0}', '{false}', '{1}', '{1000000}')";
        wait(query(sql).bind(start).bind(most).fetch_all(&mut self.0)).unwrap().len()
    }

    fn search(&mut self, start: Option<i64>) {
        let sql = "SELECT * FROM countersign.due_sources('{orders}', ARRAY[$1], 86400000)";
        wait(query(sql).bind(start).fetch_all(&mut self.0)).unwrap();
    }
}

const ROUNDS: i64 = 24;
const PATIENCE: Duration = Duration::from_secs(60);
