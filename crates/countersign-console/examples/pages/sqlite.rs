//! Fills a file by SQL.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use countersign_inbox::Histogram;
use countersign_sqlite::SqliteStore;
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::Filled;

pub(crate) async fn filled(size: i64) -> Filled {
    let folder = TempDir::new_in(".").unwrap();
    let path = folder.path().join("inbox.db");
    drop(SqliteStore::open(&path).unwrap());
    fill(&path, size);
    let store = Arc::new(SqliteStore::open(&path).unwrap());
    // The server makes its filters of ids and types within seconds.
    let file = Connection::open(&path).unwrap();
    let blocks = || file.query_row("SELECT count(*) FROM wh_block", (), |row| row.get::<_, i64>(0)).unwrap();
    while blocks() < size / 1000 {
        sleep(Duration::from_millis(100)).await;
    }
    Filled { name: "SQLite", inbox: store.clone(), ops: store, url: None, _of: Box::new(folder) }
}

/// Half of the events are done, the others ready, done and dead in thirds. They have 4 endpoints, 7 tenants and 5 types; dead ones
/// have an error of one of 6 kinds. 100 endpoints have statistics of each minute, hour and day.
fn fill(path: &Path, size: i64) {
    let file = Connection::open(path).unwrap();
    file.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -500000").unwrap();
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    for begin in (1..=size).step_by(100_000) {
        let end = (begin + 99_999).min(size);
        file.execute(EVENTS, (begin, end, now, size)).unwrap();
        file.execute(BODIES, (begin, end)).unwrap();
        file.execute(ATTEMPTS, (begin, end)).unwrap();
    }
    file.execute_batch(COUNTS).unwrap();
    file.execute("UPDATE wh_meta SET value = ?1 WHERE name = 'event'", [size]).unwrap();
    file.execute(ERRORS, [now]).unwrap();
    file.execute(AUDIT, [now]).unwrap();
    file.execute(INLINE_ATTEMPTS, [now]).unwrap();
    let mut times = Histogram::default();
    (0..12).for_each(|step| times.record(Duration::from_millis(20 << step)));
    let times: Vec<u8> = times.to_packed().into_iter().flat_map(i64::to_le_bytes).collect();
    for (span, kept) in [(1, 180), (60, 720), (1440, 30)] {
        let length = span * 60_000;
        file.execute(STATISTICS, (span, kept, length, now, &times)).unwrap();
        file.execute(KEYS, (span, kept, length, now)).unwrap();
    }
    file.execute("INSERT INTO wh_activity SELECT DISTINCT source, ?1, ?1 FROM wh_statistic", [now]).unwrap();
    file.execute(REJECTIONS, [now]).unwrap();
    file.execute(SAMPLES, [now]).unwrap();
    file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(())).unwrap();
}

const EVENTS: &str = "WITH RECURSIVE n(n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM n WHERE n < ?2)
    INSERT INTO wh_event(id, key, source, tenant, provider, external_id, event_type, body_sha256, received_at, stored_at, queued_at,
        state, due_at, finished_at, error)
    SELECT n, randomblob(32), 'source ' || (n % 4), 'tenant ' || (n % 7), 'preflix', 'evt_' || n, 'type ' || (n / 100 % 5), randomblob(32),
        ?3 - (?4 - n) * 80, ?3 - (?4 - n) * 80, ?3 + n, iif(n < ?4 / 2, 2, n % 3 + (n % 3 > 0)), 0,
        iif(n < ?4 / 2 OR n % 3 > 0, ?3, NULL),
        iif(n >= ?4 / 2 AND n % 3 = 2, 'Timeout of ' || substr('billinglookups', 1 + n % 6, 6) || ' after ' || (n % 1000) || ' ms', NULL)
    FROM n";
const BODIES: &str =
    "INSERT INTO wh_body(event_id, head, body) SELECT id, x'504f5354202f0a', randomblob(100) FROM wh_event
    WHERE id BETWEEN ?1 AND ?2";
const ATTEMPTS: &str = "INSERT INTO wh_attempt(event_id, fence, attempt, started_at, ended_at, outcome, error, worker)
    SELECT id, id, 1, finished_at - 40, finished_at, iif(state = 3, 'dead', 'done'), coalesce(error, ''), 'worker' FROM wh_event
    WHERE id BETWEEN ?1 AND ?2 AND finished_at IS NOT NULL";
const COUNTS: &str = "INSERT INTO wh_count(source, state, number) SELECT source, state, count(*) FROM wh_event GROUP BY source, state";
const ERRORS: &str = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 11000)
    INSERT INTO wh_error(source, event_type, failure, pattern, count, first_at, last_at, example)
    SELECT 'source ' || (n % 4), 'type ' || (n % 5), 'error', 'kind ' || n || ' of # after # ms', n, ?1 - 1000000, ?1 - n, n FROM n";
const AUDIT: &str = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)
    INSERT INTO wh_audit(at, actor, action, event_id, count, detail)
    SELECT ?1 - (100000 - n) * 1000, 'ada', 'replay', iif(n % 2, n, NULL), iif(n % 2, 1, 40), '{\"filter\":{\"source\":\"source 1\"}}' FROM n";
const INLINE_ATTEMPTS: &str = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)
    INSERT INTO wh_inline_attempt(source, provider, external_id, event_type, ended_at, took, outcome, failure, error, worker)
    SELECT 'source ' || (n % 4), 'preflix', 'evt_' || n, 'type ' || (n % 5), ?1 - (100000 - n) * 100, 30, iif(n % 10, 'done', 'retry'),
        iif(n % 10, NULL, 'error'), iif(n % 10, NULL, 'Timeout after ' || n || ' ms'), 'worker'
    FROM n";
const STATISTICS: &str = "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ?2),
    s(s) AS (SELECT 0 UNION ALL SELECT s + 1 FROM s WHERE s < 99)
    INSERT INTO wh_statistic(span, at, source, accepted, duplicates, attempts, done, retries, dead, time_to_done)
    SELECT ?1, (?4 / ?3 - n) * ?3, 'source ' || s, 1000, 1, 1000, 998, 1, 1, ?5 FROM n, s";
const KEYS: &str = "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ?2),
    s(s) AS (SELECT 0 UNION ALL SELECT s + 1 FROM s WHERE s < 99)
    INSERT INTO wh_key_use(span, at, source, key, number, last_at)
    SELECT ?1, (?4 / ?3 - n) * ?3, 'source ' || s, k, 500, ?4 FROM n, s, (SELECT 'old' AS k UNION SELECT 'new')";
const REJECTIONS: &str = "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 719),
    s(s) AS (SELECT 0 UNION ALL SELECT s + 1 FROM s WHERE s < 19)
    INSERT INTO wh_rejection(at, source, provider, kind, number, last_at)
    SELECT (?1 / 3600000 - n) * 3600000, 'source ' || s, 'preflix', k, 7, ?1
    FROM n, s, (SELECT 'signature_mismatch' AS k UNION SELECT 'timestamp_too_old' UNION SELECT 'missing_signature')";
const SAMPLES: &str = "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 399)
    INSERT INTO wh_rejection_sample(source, at, kind, cause, head)
    SELECT 'source ' || (n % 20), ?1, 'signature_mismatch', 'no key fits', 'POST /hooks' || char(10) || 'user-agent: x' FROM n";
