//! Tests of the store's cost after many events, while an old snapshot keeps them in the tables.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod bounds;
#[path = "../common/mod.rs"]
mod common;

use std::time::Duration;

use countersign_inbox::{AttemptNote, ClaimDue, Fenced, Finish, InboxStore, OpsStore};
use countersign_postgres::PostgresStore;
use countersign_test_servers::{Postgres, execute};
use sqlx::{Connection, PgConnection, query};

use self::common::{TTL, event, wait};

/// A snapshot keeps the entries of all handled events in the index of due times.
#[test]
fn an_empty_claim_reads_a_few_blocks_while_an_old_snapshot_is_held() {
    let server = Postgres::with(&[("shared_preload_libraries", "pg_stat_statements")]);
    execute(&server.url(), "CREATE EXTENSION pg_stat_statements");
    let store = wait(PostgresStore::connect(&server.url())).unwrap();
    let mut snapshot = wait(PgConnection::connect(&server.url())).unwrap();
    wait(async {
        query("BEGIN ISOLATION LEVEL REPEATABLE READ").execute(&mut snapshot).await.unwrap();
        query("SELECT count(*) FROM countersign.event").execute(&mut snapshot).await.unwrap();
    });
    pass(&server, 200_000);
    wait(store.accept(event("last"))).unwrap();
    let leased = wait(store.claim_due(&claim_request())).unwrap();
    assert_eq!(leased.len(), 1);
    assert_eq!(
        wait(store.finish(&leased[0].lease, &Finish::Done, AttemptNote::NONE)).unwrap(),
        Fenced::Ok(())
    );
    // The first claims search all of it, until the store has established that no event can be added there.
    let is_cheap = |_| {
        let before = blocks_read(&server);
        assert!(wait(store.claim_due(&claim_request())).unwrap().is_empty());
        assert_eq!(wait(store.due_sources(&["orders".to_owned()])).unwrap(), Some(Vec::new()));
        blocks_read(&server) - before <= 40
    };
    let mut cheap = 0;
    for _ in 0..5000 {
        cheap = if is_cheap(()) { cheap + 1 } else { 0 };
        if cheap == 10 {
            break;
        }
    }
    assert_eq!(cheap, 10, "in a row");
    // Every ten seconds a claim examines everything again, however many claims a busy machine makes in that time.
    let start = std::time::Instant::now();
    let dear = (0..50).filter(|_| !is_cheap(())).count() as u64;
    assert!(dear <= 2 + start.elapsed().as_secs() / 10, "{dear} of 50 in {:?}", start.elapsed());
    // Nothing below is missed.
    wait(store.accept(event("afterwards"))).unwrap();
    let leased = wait(store.claim_due(&claim_request())).unwrap();
    assert_eq!(
        wait(store.finish(&leased[0].lease, &Finish::GiveBack, AttemptNote::NONE)).unwrap(),
        Fenced::Ok(())
    );
    assert_eq!(wait(store.claim_due(&claim_request())).unwrap().len(), 1, "it was given back");
    wait(snapshot.close()).unwrap();
}

/// A transaction stores an event and commits much later: the event is due since an earlier time.
#[test]
fn an_event_that_is_committed_late_is_claimed_all_the_same() {
    let server = Postgres::start();
    let store = wait(PostgresStore::connect(&server.url())).unwrap();
    let mut late = wait(store.pool().begin()).unwrap();
    wait(countersign_inbox::TxInbox::accept_in(&store, &mut late, event("late"))).unwrap();
    let end = std::time::Instant::now() + Duration::from_millis(2500);
    while std::time::Instant::now() < end {
        assert!(wait(store.claim_due(&claim_request())).unwrap().is_empty());
    }
    wait(late.commit()).unwrap();
    let start = std::time::Instant::now();
    while wait(store.claim_due(&claim_request())).unwrap().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(60), "it is not found");
    }
}

#[test]
fn counters_are_right_after_folds_kills_and_transactions_that_are_open() {
    let mut server = Postgres::start();
    let store = wait(PostgresStore::connect(&server.url())).unwrap();
    let mut open = wait(store.pool().begin()).unwrap();
    wait(countersign_inbox::TxInbox::accept_in(&store, &mut open, event("open"))).unwrap();
    for round in 0..6 {
        // Each is a row of deltas.
        for id in 0..250 {
            let sql = format!(
                "INSERT INTO countersign.event {} VALUES {}",
                COLUMNS,
                row(&format!("{round} {id}"), 0)
            );
            wait(query(sqlx::AssertSqlSafe(sql)).execute(store.pool())).unwrap();
        }
        execute(
            &server.url(),
            "UPDATE countersign.event SET state = 2, finished_at = now() WHERE id % 3 = 0",
        );
        execute(&server.url(), "DELETE FROM countersign.event WHERE id % 7 = 0");
        assert_counted(&server);
        execute(&server.url(), "SELECT countersign.fold_event_counts()");
        assert_counted(&server);
    }
    let unfolded = "SELECT count(*) FROM countersign.event_delta";
    assert!(execute(&server.url(), unfolded).parse::<u32>().unwrap() < 1000, "they are deleted");
    let many = "WITH stored AS (INSERT INTO countersign.event {} SELECT sha256(n::text::bytea), '', n::text, 'p', 0, now(), now(),
                now(), now(), now() FROM generate_series(1, 200) n RETURNING id) SELECT count(*) FROM stored";
    let before: u32 = execute(&server.url(), unfolded).parse().unwrap();
    assert_eq!(execute(&server.url(), &many.replace("{}", COLUMNS)), "200");
    assert_eq!(
        execute(&server.url(), unfolded).parse::<u32>().unwrap(),
        before + 1,
        "one row for 200 sources"
    );
    assert_counted(&server);
    wait(open.commit()).unwrap();
    assert_counted(&server);
    server.kill();
    server.restart();
    assert_counted(&server);
    // As after a restore into another cluster.
    execute(&server.url(), "UPDATE countersign.event_generation SET next_xid = next_xid + 1000000");
    execute(&server.url(), "SELECT countersign.fold_event_counts()");
    assert_counted(&server);
    execute(&server.url(), "TRUNCATE countersign.event");
    assert_counted(&server);
    assert!(wait(store.stats()).unwrap().sources.is_empty());
}

fn claim_request() -> ClaimDue {
    ClaimDue::new("orders", "worker", 8, TTL)
}

fn assert_counted(server: &Postgres) {
    let different = "WITH counted AS (SELECT source, state, count(*) FROM countersign.event GROUP BY source, state),
                          kept AS (SELECT * FROM countersign.event_counts())
                     SELECT count(*) FROM ((TABLE counted EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE counted)) d";
    assert_eq!(execute(&server.url(), different), "0");
}

/// Stores, claims and finishes events, a thousand per statement.
fn pass(server: &Postgres, events: u32) {
    for first in (0..events).step_by(5000) {
        let rows = format!(
            "INSERT INTO countersign.event {COLUMNS}
             SELECT sha256(gen_random_uuid()::text::bytea), '', 'orders', 'preflix', 0, now(), now(), now(), now(), now()
             FROM generate_series({first}, {first} + 4999) n"
        );
        let claimed =
            "UPDATE countersign.event SET state = 1, due_at = now() + interval '1 s' WHERE state = 0";
        let done =
            "UPDATE countersign.event SET state = 2, due_at = now(), finished_at = now() WHERE state = 1";
        for sql in [&*rows, claimed, done] {
            execute(&server.url(), sql);
        }
    }
}

/// Returns the number of blocks that claims and looks have read.
fn blocks_read(server: &Postgres) -> i64 {
    let sql = "SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0)::int8 FROM pg_stat_statements
               WHERE query LIKE '%lowest%'";
    execute(&server.url(), sql).parse().unwrap()
}

fn row(id: &str, state: u8) -> String {
    format!(
        "(sha256('{id}'), sha256('{id}'), 'orders', 'preflix', {state}, now(), now(), now(), now(), now())"
    )
}

const COLUMNS: &str =
    "(key, body_digest, source, provider, state, received_at, stored_at, age_from, due_at, day)";
