//! Tests of what claims cost while many events wait for earlier ones with their ordering keys.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use countersign_inbox::{Accepted, ClaimDue, Finish, InboxStore};
use countersign_postgres::PostgresStore;
use countersign_test_servers::{Postgres, execute};
use sqlx::{Connection, PgConnection, query_scalar};

use self::common::keys::{HELD, claim, end, ids, keyed};
use self::common::{TTL, event, wait};

/// Those that wait are not read by the next claims, and each is found when it is its turn.
#[test]
fn a_backlog_of_one_key_costs_claims_a_few_blocks() {
    let (server, store) = measured(&[]);
    wait(store.accept(keyed("first", "job"))).unwrap();
    let first = claim(&store, 1);
    execute(
        &server.url(),
        "INSERT INTO countersign.event (key, body_digest, source, provider, received_at, stored_at, age_from, due_at, day,
                                        ordering_key)
         SELECT sha256(n::text::bytea), '', 'orders', 'preflix', now(), now(), now(), now(), now(), 'job'
         FROM generate_series(1, 20000) n;
         INSERT INTO countersign.body (event_id, day, head, body)
         SELECT id, day, 'POST /\n', '' FROM countersign.event WHERE body_digest = '';
         ANALYZE countersign.event",
    );
    let read = || blocks_read(&server);
    // Each claim holds some of them.
    for _ in 0..25 {
        assert_eq!(ids(&claim(&store, 10)), []);
    }
    assert_eq!(wait(store.due_sources(&["orders".to_owned()])).unwrap(), Some(Vec::new()));
    // Their former entries in the indexes.
    vacuum(&server);
    let other = wait(store.accept(event("other"))).unwrap();
    assert!(matches!(other, Accepted::New { .. }));
    let before = read();
    let leased = claim(&store, 10);
    assert_eq!(leased.len(), 1);
    assert!(leased[0].event.ordering_key.is_none());
    end(&store, &leased[0], &Finish::Done);
    let blocks = read() - before;
    assert!(blocks < 1000, "{blocks} blocks");
    end(&store, &first[0], &Finish::Dead { error: "no such job".to_owned() });
    let mut last = first[0].event.id;
    for _ in 0..50 {
        let before = read();
        let leased = claim(&store, 10);
        assert_eq!(leased.len(), 1);
        assert!(leased[0].event.id > last, "{leased:?}");
        last = leased[0].event.id;
        end(&store, &leased[0], &Finish::Done);
        let blocks = read() - before;
        assert!(blocks < 1000, "{blocks} blocks");
    }
}

/// Such as after a time without workers.
#[test]
fn few_keys_do_not_make_claims_read_what_is_handled() {
    let (server, store) = measured(&[]);
    let insert = |first: u32, last: u32, state: u8| {
        execute(
            &server.url(),
            &format!(
                "INSERT INTO countersign.event (key, body_digest, source, provider, received_at, stored_at, age_from, due_at, day,
                                                ordering_key, state, finished_at)
                 SELECT sha256(n::text::bytea), '', 'orders', 'preflix', now(), now(), now(), now(), now(), 'job ' || n % 3,
                        {state}, CASE {state} WHEN 2 THEN now() END
                 FROM generate_series({first}, {last}) n;
                 INSERT INTO countersign.body (event_id, day, head, body)
                 SELECT id, day, 'POST /\n', '' FROM countersign.event WHERE state = 0 AND {state} = 0;
                 ANALYZE countersign.event"
            ),
        );
    };
    insert(1, 20_000, 2);
    insert(20_001, 30_000, 0);
    let before = blocks_read(&server);
    assert_eq!(wait(store.due_sources(&["orders".to_owned()])).unwrap(), Some(vec!["orders".to_owned()]));
    let leased = claim(&store, 10);
    assert_eq!(leased.len(), 3);
    for leased in &leased {
        end(&store, leased, &Finish::Done);
    }
    // About 20 for each of 10,000 that wait; 300 for each if all that are handled were read.
    let blocks = blocks_read(&server) - before;
    assert!(blocks < 200_000, "{blocks} blocks");
}

/// The server has a table of locks for all transactions.
#[test]
fn a_backlog_of_many_keys_takes_few_locks() {
    let (server, store) = measured(&[
        ("max_locks_per_transaction", "10"),
        ("max_connections", "20"),
        ("max_wal_senders", "0"),
        ("max_worker_processes", "0"),
        ("autovacuum_max_workers", "1"),
    ]);
    // The first event of each key is due in an hour.
    execute(
        &server.url(),
        "INSERT INTO countersign.event (key, body_digest, source, provider, received_at, stored_at, age_from, due_at, day,
                                        ordering_key)
         SELECT sha256((s || ' ' || n || ' ' || t)::bytea), '', 'source ' || s, 'preflix', now(), now(), now(),
                now() + t * interval '1 hour', now(), 'job ' || n
         FROM generate_series(1, 4) s, generate_series(1, 1500) n, generate_series(0, 1) t
         ORDER BY t DESC, s, n;
         ANALYZE countersign.event",
    );
    for source in (1..=4).map(|source| format!("source {source}")) {
        assert!(wait(store.claim_due(&ClaimDue::new(source, "worker", 10, TTL))).unwrap().is_empty());
    }
    assert_eq!(number(&server, HELD), 4 * 1500);
}

/// Later claims do not read those events again.
#[test]
fn a_claim_that_times_out_holds_events_that_wait() {
    let (server, store) = measured(&[]);
    execute(
        &server.url(),
        "INSERT INTO countersign.event (key, body_digest, source, provider, received_at, stored_at, age_from, due_at, day,
                                        ordering_key)
         SELECT sha256(n::text::bytea), '', 'orders', 'preflix', now(), now(), now(), now(), now(), 'job'
         FROM generate_series(1, 20000) n;
         INSERT INTO countersign.body (event_id, day, head, body)
         SELECT id, day, 'POST /\n', '' FROM countersign.event;
         ANALYZE countersign.event;
         ALTER FUNCTION countersign.is_next RENAME TO is_next_in_time;
         CREATE FUNCTION countersign.is_next(id bigint, source text, ordering_key text) RETURNS boolean LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'canceling statement due to statement timeout' USING ERRCODE = '57014'; END $$",
    );
    assert!(wait(store.claim_due(&ClaimDue::new("orders", "worker", 10, TTL))).is_err());
    assert_eq!(number(&server, HELD), 19_999);
    execute(
        &server.url(),
        "DROP FUNCTION countersign.is_next;
         ALTER FUNCTION countersign.is_next_in_time RENAME TO is_next",
    );
    vacuum(&server);
    for _ in 0..10 {
        let before = blocks_read(&server);
        let leased = claim(&store, 10);
        assert_eq!(leased.len(), 1);
        end(&store, &leased[0], &Finish::Done);
        let blocks = blocks_read(&server) - before;
        assert!(blocks < 1000, "{blocks} blocks");
    }
}

/// Starts a server that counts the blocks that statements read.
fn measured(settings: &[(&str, &str)]) -> (Postgres, PostgresStore) {
    let server = Postgres::with(&[settings, &[("shared_preload_libraries", "pg_stat_statements")]].concat());
    execute(&server.url(), "CREATE EXTENSION pg_stat_statements");
    let store = wait(PostgresStore::connect(&server.url())).unwrap();
    (server, store)
}

/// Returns the number of blocks that statements have read, except those of a task in the background that runs every few seconds.
fn blocks_read(server: &Postgres) -> i64 {
    let sql = "SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0)::int8 FROM pg_stat_statements
               WHERE query LIKE '%countersign%' AND query NOT LIKE '%pg_stat%' AND query NOT LIKE '%fold_event_counts%'";
    number(server, sql)
}

/// Removes the former entries of events from the indexes. A vacuum keeps those that a snapshot of another session can
/// still see, such as that of a task in the background, and reports their number.
fn vacuum(server: &Postgres) {
    loop {
        execute(&server.url(), "VACUUM countersign.event");
        let kept = "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relid = 'countersign.event'::regclass";
        if number(server, kept) == 0 {
            return;
        }
    }
}

fn number(server: &Postgres, sql: &'static str) -> i64 {
    wait(async {
        let mut connection = PgConnection::connect(&server.url()).await.unwrap();
        query_scalar(sql).fetch_one(&mut connection).await.unwrap()
    })
}
