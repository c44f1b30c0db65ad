//! Bounds of due times, for processes that have not claimed.

use countersign_inbox::{AttemptNote, Fenced, Finish, InboxStore, OpsStore};
use countersign_postgres::PostgresStore;
use countersign_test_servers::{Postgres, execute};
use sqlx::{Connection, PgConnection, query};

use crate::common::{event, wait};
use crate::{COLUMNS, claim_request, pass};

/// Such as a command: it has not claimed, so that it does not know where events may be due.
#[test]
fn counts_of_a_process_without_workers_read_a_few_blocks_while_an_old_snapshot_is_held() {
    let server = Postgres::with(&[("shared_preload_libraries", "pg_stat_statements")]);
    execute(&server.url(), "CREATE EXTENSION pg_stat_statements");
    let store = wait(PostgresStore::connect(&server.url())).unwrap();
    let mut snapshot = wait(PgConnection::connect(&server.url())).unwrap();
    wait(async {
        query("BEGIN ISOLATION LEVEL REPEATABLE READ").execute(&mut snapshot).await.unwrap();
        query("SELECT count(*) FROM countersign.event").execute(&mut snapshot).await.unwrap();
    });
    pass(&server, 100_000);
    step(&server, 10);
    // A transaction that has stored an event keeps the bound where it is.
    let mut late = wait(store.pool().begin()).unwrap();
    wait(countersign_inbox::TxInbox::accept_in(&store, &mut late, event("late"))).unwrap();
    step(&server, 20);
    pass(&server, 10_000);
    execute(&server.url(), "SELECT countersign.fold_event_counts()");
    wait(late.commit()).unwrap();
    let other = wait(PostgresStore::connect(&server.url())).unwrap();
    let oldest = || wait(other.stats()).unwrap().sources[0].oldest_due;
    assert!(oldest().is_some(), "it is found although younger ones are handled");
    let leased = wait(store.claim_due(&claim_request())).unwrap();
    let finished = wait(store.finish(&leased[0].lease, &Finish::Done, AttemptNote::NONE)).unwrap();
    assert_eq!(finished, Fenced::Ok(()));
    step(&server, 30);
    // The store may do it at the same time, in which case it does not happen here.
    let blocks: Vec<_> = (0..5)
        .map(|_| {
            pass(&server, 5_000);
            execute(&server.url(), "SELECT countersign.fold_event_counts()");
            let before = stats_read(&server);
            assert_eq!(oldest(), None);
            stats_read(&server) - before
        })
        .collect();
    assert!(blocks.iter().any(|blocks| *blocks <= 40), "{blocks:?}");
    wait(snapshot.close()).unwrap();
}

/// The event is due before the bounds of the time before and after.
#[test]
fn an_event_that_is_stored_while_the_clock_is_set_back_is_counted() {
    let server = Postgres::start();
    let store = wait(PostgresStore::connect(&server.url())).unwrap();
    step(&server, 1000);
    bounded(&server);
    step(&server, 500);
    assert_eq!(execute(&server.url(), BOUNDS), "0", "the clock is before that of the bounds");
    wait(store.accept(event("back"))).unwrap();
    let other = wait(PostgresStore::connect(&server.url())).unwrap();
    let is_found = || wait(other.stats()).unwrap().sources[0].oldest_due.is_some();
    assert!(is_found(), "while the clock is set back");
    step(&server, 2000);
    assert_eq!(execute(&server.url(), BOUNDS), "0", "an event was added before the bounds");
    assert!(is_found(), "after the clock is right again");
    bounded(&server);
    assert!(is_found(), "with new bounds");
}

/// It keeps the bounds where they are, and the entries of what is handled behind them.
#[test]
fn a_fold_reads_a_few_blocks_while_a_transaction_that_has_stored_an_event_is_open() {
    let server = Postgres::with(&[("shared_preload_libraries", "pg_stat_statements")]);
    execute(&server.url(), "CREATE EXTENSION pg_stat_statements");
    let store = wait(PostgresStore::connect(&server.url())).unwrap();
    bounded(&server);
    let mut late = wait(store.pool().begin()).unwrap();
    wait(countersign_inbox::TxInbox::accept_in(&store, &mut late, event("late"))).unwrap();
    let bounds = || execute(&server.url(), "SELECT source, lowest FROM countersign.due_bounds()");
    let blocks: Vec<_> = (0..5)
        .map(|_| {
            pass(&server, 5_000);
            let before = folds_read(&server);
            execute(&server.url(), FOLD);
            (folds_read(&server) - before, bounds())
        })
        .collect();
    wait(late.rollback()).unwrap();
    // Before the first one, all transactions were over. Most blocks are of catalogues, which each new session reads.
    let (base, bounds) = &blocks[1];
    assert!(!bounds.is_empty());
    for (read, others) in &blocks[2..] {
        assert!(*read < base + 500 && others == bounds, "{blocks:?}");
    }
}

/// Adds events that are handled until there are bounds: a transaction of the server may delay them.
fn bounded(server: &Postgres) {
    for _ in 0..100 {
        let handled = format!(
            "INSERT INTO countersign.event {COLUMNS}
             SELECT sha256(gen_random_uuid()::text::bytea), '', 'orders', 'preflix', 2, now(), now(), now(), now(), now()
             FROM generate_series(1, 5000)"
        );
        execute(&server.url(), &handled);
        execute(&server.url(), FOLD);
        if execute(&server.url(), BOUNDS) != "0" {
            return;
        }
    }
    panic!("there are no bounds");
}

/// Sets the clock of the store, in seconds ahead of that of the server.
fn step(server: &Postgres, seconds: u32) {
    let sql =
        "CREATE OR REPLACE FUNCTION countersign.now_() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE";
    execute(&server.url(), &format!("{sql} AS 'SELECT statement_timestamp() + interval ''{seconds} s'' '"));
}

/// Returns the number of blocks that counts have read.
fn stats_read(server: &Postgres) -> i64 {
    let sql = "SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0)::int8 FROM pg_stat_statements
               WHERE query LIKE '%AS known(source, lowest)%'";
    execute(&server.url(), sql).parse().unwrap()
}

/// Returns the number of blocks that folds of the test have read.
fn folds_read(server: &Postgres) -> i64 {
    let sql = format!(
        "SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0)::int8 FROM pg_stat_statements WHERE query = '{FOLD}'"
    );
    execute(&server.url(), &sql).parse().unwrap()
}

const FOLD: &str = "SELECT countersign.fold_event_counts()";
const BOUNDS: &str = "SELECT count(*) FROM countersign.due_bounds()";
