//! Tests of the limits of all queries.

use countersign::UnixTime;
use countersign_inbox::{EventState, InboxStore};
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::SqliteStore;

/// Without a limit, a query of a long table or a long index would keep its reader, and the log with it, for as long as it takes.
#[test]
fn each_query_ends_at_its_limit_of_time_and_leaves_no_reader_open() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("inbox.db");
    let clock = || Arc::new(UnixTime::from_millis(NOW));
    drop(SqliteStore::builder(&path).with_clock(clock()).open().unwrap());
    let file = Connection::open(&path).unwrap();
    file.execute_batch(&FILL.replace("{now}", &NOW.to_string())).unwrap();
    let mut store = SqliteStore::builder(&path).with_clock(clock()).open().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for limit in [READ, Duration::ZERO] {
        store.ops.limit = limit;
        for (name, query) in QUERIES {
            let ended = runtime.block_on(query(&store));
            assert_eq!(ended.is_ok(), limit == READ, "{name}: {ended:?}");
            if let Err(error) = ended {
                let text = format!("{error:?}");
                assert!(text.contains("OperationInterrupted"), "{name}: {text}");
            }
            // An open reader keeps the log.
            runtime.block_on(store.probe()).unwrap();
            let is_kept: bool =
                file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| row.get(0)).unwrap();
            assert!(!is_kept, "{name}");
        }
    }
}

type Query = for<'s> fn(&'s SqliteStore) -> StoreFuture<'s, ()>;

const QUERIES: [(&str, Query); 13] = [
    ("stats", |store| Box::pin(async { store.stats().await.map(drop) })),
    ("list", |store| Box::pin(async { store.list(&Filter::default(), Page::first(5000)).await.map(drop) })),
    ("count", |store| {
        Box::pin(async {
            let mut filter = Filter::default();
            filter.event_type = Some("paid".to_owned());
            store.count(&filter).await.map(drop)
        })
    }),
    ("show", |store| Box::pin(async { store.show(EventId::new(1)).await.map(drop) })),
    ("dry run", |store| {
        Box::pin(async {
            let mut filter = Filter::default();
            filter.state = Some(EventState::Dead);
            let mut change = Change::new(Action::Replay, filter, "operator");
            change.dry_run = true;
            store.change(&change).await.map(drop)
        })
    }),
    ("controls", |store| Box::pin(async { store.controls().await.map(drop) })),
    ("errors", |store| Box::pin(async { store.errors(None, 5000).await.map(drop) })),
    ("inline_attempts", |store| {
        Box::pin(async { store.inline_attempts(&InlineFilter::default(), Page::first(5000)).await.map(drop) })
    }),
    ("statistics", |store| Box::pin(async { store.statistics(Window::Week).await.map(drop) })),
    ("series", |store| Box::pin(async { store.series(Window::Week).await.map(drop) })),
    ("rejections", |store| Box::pin(async { store.rejections(None, Window::Week).await.map(drop) })),
    ("audit", |store| Box::pin(async { store.audit(None, Page::first(5000)).await.map(drop) })),
    ("audit of an event", |store| {
        Box::pin(async { store.audit(Some(EventId::new(1)), Page::first(5000)).await.map(drop) })
    }),
];

const NOW: i64 = 1_700_000_000_000;
/// Thousands of rows in each table: the connection looks at the time once in some hundreds of them.
const FILL: &str = "CREATE TEMP TABLE made AS WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 4000) SELECT n FROM n;
    INSERT INTO wh_event(id, key, source, provider, external_id, event_type, body_sha256, received_at, stored_at, queued_at, state, due_at,
        finished_at, error)
        SELECT n, randomblob(32), 'source ' || n, 'preflix', 'evt_' || n, 'paid', x'00', {now}, {now}, {now}, 3, 0, {now}, 'timeout' FROM made;
    INSERT INTO wh_body(event_id, head, body) SELECT n, x'504f5354202f0a', x'00' FROM made;
    INSERT INTO wh_count(source, state, number) SELECT 'source ' || n, 3, 1 FROM made;
    INSERT INTO wh_attempt(event_id, fence, attempt, started_at, ended_at, outcome, error, worker)
        SELECT 1, n, n, {now}, {now}, 'retry', 'timeout', 'worker' FROM made;
    INSERT INTO wh_audit(at, actor, action, event_id, count) SELECT {now}, 'ada', 'replay', 1, 1 FROM made;
    INSERT INTO wh_error(source, event_type, failure, pattern, count, first_at, last_at, example)
        SELECT 'source ' || n, '', '', 'timeout', 1, {now}, {now}, n FROM made;
    INSERT INTO wh_statistic(span, at, source, accepted, duplicates, attempts, done, retries, dead, time_to_done)
        SELECT span, {now} / (60000 * span) * 60000 * span, 'source ' || n, 1, 1, 1, 1, 1, 1, x'' FROM made,
            (SELECT 1 AS span UNION SELECT 60 UNION SELECT 1440);
    INSERT INTO wh_rejection(at, source, provider, kind, number, last_at)
        SELECT {now} / 3600000 * 3600000, 'source ' || n, 'preflix', 'signature_mismatch', 1, {now} FROM made;
    INSERT INTO wh_inline_attempt(source, provider, ended_at, took, outcome, worker)
        SELECT 'source ' || n, 'preflix', {now}, 1, 'done', 'worker' FROM made;
    INSERT INTO wh_control(source, kind, id, since, attempts, per, actor) SELECT 'source ' || n, 'limit', 0, {now}, 1, 1000, 'ada' FROM made;
    UPDATE wh_meta SET value = 4000 WHERE name = 'event';";

#[test]
fn a_part_is_smaller_after_a_long_one_and_grows_again() {
    let mut part = PART;
    let mut parts = |took| {
        part = next_part(part, took);
        part
    };
    let (long, short) = (LONG * 2, LONG / 8);
    assert_eq!([long; 5].map(&mut parts), [50, 25, 12, 10, 10]);
    assert_eq!(parts(LONG), 10);
    assert_eq!([short; 5].map(&mut parts), [20, 40, 80, 100, 100]);
    assert_eq!(next_part(6, long), 6, "on a full disk");
}
