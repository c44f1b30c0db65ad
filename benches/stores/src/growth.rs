//! Measures a SQLite store as it grows: health, lists, bulk changes and copies, with 10⁵ events and more.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use countersign_inbox::{Action, Change, EventState, Filter, Histogram, InboxStore, OpsStore, Page, Window};
use countersign_sqlite::SqliteStore;
use rusqlite::Connection;

use crate::event;

/// Prints a column for each number of events.
pub(crate) async fn run(folder: &Path, sizes: &[u64], time: Duration) {
    let mut columns = Vec::new();
    for size in sizes {
        // One after the other: a large file does not stay for the next.
        let folder = tempfile::tempdir_in(folder).expect("a folder to write to");
        columns.push(measure(folder.path(), *size, time).await);
    }
    let heads: Vec<_> = sizes.iter().map(|size| format!("{size:>12}")).collect();
    println!("{:<44}{}", "ms", heads.concat());
    for nth in 0..columns.first().map_or(0, Vec::len) {
        let name = columns[0][nth].0;
        let values: Vec<_> = columns.iter().map(|column| format!("{:>12.3}", column[nth].1)).collect();
        println!("{name:<44}{}", values.concat());
    }
}

type Row = (&'static str, f64);

async fn measure(folder: &Path, size: u64, time: Duration) -> Vec<Row> {
    let path = folder.join("inbox.db");
    drop(SqliteStore::open(&path).expect("a folder to write to"));
    fill(&path, size);
    fill_statistics(&path, size);
    let store = Arc::new(SqliteStore::open(&path).expect("a store"));
    let operator = Arc::new(SqliteStore::attach(&path).expect("a store"));
    let mut rows = vec![("stats", median(async || drop(operator.stats().await.expect("stats"))).await)];
    let statistics = async |window| median(async || drop(operator.statistics(window).await.expect("statistics"))).await;
    rows.push(("statistics of 100 endpoints: 1 h", statistics(Window::Hour).await));
    rows.push(("statistics of 100 endpoints: 24 h", statistics(Window::Day).await));
    rows.push(("statistics of 100 endpoints: 7 d", statistics(Window::Week).await));
    rows.push(("probe: what `ready` asks", median(async || store.probe().await.expect("a disk")).await));
    let mut list = async |name, change: &dyn Fn(&mut Filter)| {
        let mut filter = Filter::default();
        change(&mut filter);
        let took = median(async || drop(operator.list(&filter, Page::first(50)).await.expect("a list"))).await;
        rows.push((name, took));
    };
    list("list", &|_| {}).await;
    list("list by state: dead", &|filter| filter.state = Some(EventState::Dead)).await;
    list("list by state: running, there is none", &|filter| filter.state = Some(EventState::Running)).await;
    list("list by source and state", &|filter| {
        (filter.source, filter.state) = (Some("source 0".to_owned()), Some(EventState::Ready));
    })
    .await;
    list("list by type", &|filter| filter.event_type = Some("type 3".to_owned())).await;
    list("list by external id", &|filter| filter.external_id = Some("evt_77".to_owned())).await;
    list("list by error", &|filter| filter.error = Some("timeout".to_owned())).await;
    list("list by error without a match", &|filter| filter.error = Some("in no error".to_owned())).await;
    list("list by error and state without a match", &|filter| {
        (filter.error, filter.state) = (Some("in no error".to_owned()), Some(EventState::Dead));
    })
    .await;
    let idle = accepts(&store, async || tokio::time::sleep(time).await).await;
    rows.extend([("accept, 32 in flight: p50", idle.0), ("accept, 32 in flight: p99", idle.1)]);
    for (action, names) in [
        (Action::Replay, ["replay of all dead letters: accept p50", "replay of all dead letters: accept p99"]),
        (Action::Discard, ["discard of all of a source: accept p50", "discard of all of a source: accept p99"]),
        (Action::Purge, ["purge of all of a type: accept p50", "purge of all of a type: accept p99"]),
    ] {
        let (operator, mut filter) = (Arc::clone(&operator), Filter::default());
        match action {
            Action::Replay => filter.state = Some(EventState::Dead),
            Action::Discard => filter.source = Some("source 0".to_owned()),
            _ => filter.event_type = Some("type 3".to_owned()),
        }
        let mut change = Change::new(action, filter, "bench");
        change.limit = MOST;
        let during = accepts(&store, async || drop(operator.change(&change).await.expect("a change"))).await;
        rows.extend([(names[0], during.0), (names[1], during.1)]);
    }
    let copy = folder.join("copy.db");
    let start = Instant::now();
    let during = accepts(&store, async || operator.backup_to(&copy).await.expect("room for a copy")).await;
    rows.extend([("backup: it takes", millis(start.elapsed())), ("backup: accept p50", during.0), ("backup: accept p99", during.1)]);
    rows
}

/// Fills a store: half of the events are done, the others are ready, done and dead in equal parts; a third has
/// failed at least once.
fn fill(path: &Path, size: u64) {
    let file = Connection::open(path).expect("a store");
    file.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -500000").expect("settings");
    for begin in (1..=size).step_by(100_000) {
        let end = (begin + 99_999).min(size);
        let sql = "WITH RECURSIVE n(n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM n WHERE n < ?2)
            INSERT INTO wh_event(id, key, source, provider, external_id, event_type, body_sha256, received_at, stored_at,
                queued_at, state, due_at, finished_at, error)
            SELECT n, randomblob(32), 'source ' || (n % 3), 'preflix', 'evt_' || n, 'type ' || (n / 100 % 5),
                randomblob(32), ?3, ?3, ?3 + n, iif(n < ?4 / 2, 2, n % 3 + (n % 3 > 0)), 0,
                iif(n < ?4 / 2 OR n % 3 > 0, ?3, NULL),
                iif(n % 3 = 2, 'Timeout after ' || (n % 1000) || ' ms: ' || hex(n), NULL)
            FROM n";
        let now = i64::try_from(now()).expect("a clock that is right");
        file.execute(sql, (begin as i64, end as i64, now, size as i64)).expect("room for events");
        let sql = "INSERT INTO wh_body(event_id, head, body) SELECT id, x'504f5354202f0a', randomblob(100) FROM wh_event
            WHERE id BETWEEN ?1 AND ?2";
        file.execute(sql, (begin as i64, end as i64)).expect("room for bodies");
    }
    let counts = "INSERT INTO wh_count(source, state, number) SELECT source, state, count(*) FROM wh_event GROUP BY source, state";
    file.execute(counts, ()).expect("room for counts");
    file.execute("UPDATE wh_meta SET value = ?1 WHERE name = 'event'", [size as i64]).expect("a counter");
    file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(())).expect("a checkpoint");
}

/// Fills the rows of 100 endpoints that are all busy in every minute for as long as rows are kept, with this many events each in
/// 7 days, two keys, and times to done in 12 buckets.
fn fill_statistics(path: &Path, size: u64) {
    let file = Connection::open(path).expect("a store");
    file.execute_batch("PRAGMA synchronous = OFF").expect("settings");
    let mut times = Histogram::default();
    (0..12).for_each(|step| times.record(Duration::from_millis(20 << step)));
    let times: Vec<u8> = times.to_packed().into_iter().flat_map(i64::to_le_bytes).collect();
    let now = i64::try_from(now()).expect("a clock that is right");
    for (span, kept) in [(1, 3 * 60), (60, 30 * 24), (1440, 30)] {
        let (length, events) = (span * 60_000, size as i64 * span / (7 * 1440));
        let spans = "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ?1),
            s(s) AS (SELECT 0 UNION ALL SELECT s + 1 FROM s WHERE s < 99)";
        let sql = format!("{spans} INSERT INTO wh_statistic(span, at, source, accepted, duplicates, attempts, done, retries, dead,
            time_to_done) SELECT ?2, (?3 / ?4 - n) * ?4, 'endpoint ' || s, ?5, 1, ?5, ?5, 1, 1, ?6 FROM n, s");
        file.execute(&sql, (kept, span, now, length, events, &times)).expect("room for statistics");
        let sql = format!("{spans} INSERT INTO wh_key_use(span, at, source, key, number, last_at)
            SELECT ?2, (?3 / ?4 - n) * ?4, 'endpoint ' || s, k, ?5, ?3 FROM n, s, (SELECT 'old' AS k UNION SELECT 'new')");
        file.execute(&sql, (kept, span, now, length, events)).expect("room for statistics");
    }
    let sql = "INSERT INTO wh_activity(source, delivered_at, done_at) SELECT DISTINCT source, ?1, ?1 FROM wh_statistic";
    file.execute(sql, [now]).expect("room for statistics");
    file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(())).expect("a checkpoint");
}

/// Returns the median and the 99th percentile of accepts during another operation.
async fn accepts(store: &Arc<SqliteStore>, meanwhile: impl AsyncFnOnce()) -> (f64, f64) {
    let (is_over, template) = (Arc::new(AtomicBool::new(false)), Arc::new(event::template()));
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let (store, is_over, template) = (Arc::clone(store), Arc::clone(&is_over), Arc::clone(&template));
            tokio::spawn(async move {
                let mut took = Vec::new();
                loop {
                    let event = event::another(&template);
                    let start = Instant::now();
                    store.accept(event).await.expect("room for an event");
                    took.push(start.elapsed());
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    // At the rate of a network instead of the highest possible one.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                took
            })
        })
        .collect();
    meanwhile().await;
    is_over.store(true, Ordering::Relaxed);
    let mut took = Vec::new();
    for task in tasks {
        took.extend(task.await.expect("an accept"));
    }
    took.sort_unstable();
    let at = |part: f64| millis(took[((took.len() - 1) as f64 * part) as usize]);
    (at(0.5), at(0.99))
}

async fn median(operation: impl AsyncFn()) -> f64 {
    let mut took = Vec::new();
    for _ in 0..31 {
        let start = Instant::now();
        operation().await;
        took.push(start.elapsed());
    }
    took.sort_unstable();
    millis(took[took.len() / 2])
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn now() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock that is right").as_millis()
}

/// The largest number of events per bulk change.
const MOST: usize = 50_000;
