//! Fills a database of a server of its own by SQL, in the same way as the file.

use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::Histogram;
use countersign_postgres::PostgresStore;
use countersign_test_servers::{Postgres, execute};

use crate::Filled;

pub(crate) async fn filled(size: i64) -> Filled {
    let server = Postgres::with(&[("shared_buffers", "128MB"), ("max_wal_size", "4GB")]);
    let url = server.url();
    let store = Arc::new(PostgresStore::connect(&url).await.unwrap());
    for begin in (1..=size).step_by(100_000) {
        execute(&url, &events(begin, (begin + 99_999).min(size), size));
    }
    execute(&url, "SELECT countersign.fold_event_counts()");
    let mut times = Histogram::default();
    (0..12).for_each(|step| times.record(Duration::from_millis(20 << step)));
    let times: Vec<_> = times.to_packed().iter().map(ToString::to_string).collect();
    for (span, kept) in [(1, 180), (60, 720), (1440, 30)] {
        execute(&url, &statistics(span, kept, &times.join(",")));
    }
    for sql in [ACTIVITY, ERRORS, AUDIT, INLINE_ATTEMPTS, REJECTIONS, SAMPLES] {
        execute(&url, sql);
    }
    execute(&url, "VACUUM (ANALYZE)");
    Filled { name: "PostgreSQL", inbox: store.clone(), ops: store, url: Some(url), _of: Box::new(server) }
}

fn events(begin: i64, end: i64, size: i64) -> String {
    let half = size / 2;
    format!(
        "WITH stored AS (
             INSERT INTO countersign.event (key, body_digest, source, tenant, provider, external_id, event_type, state, error, fence,
                 received_at, stored_at, age_from, due_at, finished_at, day)
             SELECT sha256(n::text::bytea), sha256(n::text::bytea), 'source ' || n % 4, 'tenant ' || n % 7, 'preflix', 'evt_' || n,
                 'type ' || n / 100 % 5, CASE WHEN n < {half} THEN 2 WHEN n % 3 = 0 THEN 0 ELSE n % 3 + 1 END,
                 CASE WHEN n >= {half} AND n % 3 = 2
                     THEN 'Timeout of ' || substr('billinglookups', 1 + n % 6, 6) || ' after ' || n % 1000 || ' ms' END, n,
                 at, at, at, now(), CASE WHEN n < {half} OR n % 3 > 0 THEN now() END, now()
             FROM (SELECT n, now() - ({size} - n) * interval '80 ms' AS at FROM generate_series({begin}, {end}) n) made
             RETURNING id, day, state, error
         ), bodies AS (
             INSERT INTO countersign.body (event_id, day, head, body)
             SELECT id, day, 'POST /', convert_to(repeat('b', 100), 'UTF8') FROM stored
         )
         INSERT INTO countersign.attempt (event_id, attempt, fence, started_at, ended_at, outcome, error, worker, day)
         SELECT id, 1, id, now() - interval '40 ms', now(), CASE state WHEN 3 THEN 'dead' ELSE 'done' END, coalesce(error, ''),
             'worker', day
         FROM stored WHERE state >= 2"
    )
}

fn statistics(span: i64, kept: i64, times: &str) -> String {
    let length = span * 60_000;
    let at = format!("({NOW} / {length} - n) * {length}");
    format!(
        "WITH made AS (
             INSERT INTO countersign.statistic (span, at, source, accepted, duplicates, attempts, done, retries, dead, time_to_done)
             SELECT {span}, {at}, 'source ' || s, 1000, 1, 1000, 998, 1, 1, '{{{times}}}'
             FROM generate_series(0, {kept} - 1) n, generate_series(0, 99) s
         )
         INSERT INTO countersign.key_use (span, at, source, key, number, last_at)
         SELECT {span}, {at}, 'source ' || s, k, 500, {NOW}
         FROM generate_series(0, {kept} - 1) n, generate_series(0, 99) s, (VALUES ('old'), ('new')) k (k)"
    )
}

const NOW: &str = "(extract(epoch FROM now()) * 1000)::int8";
const ACTIVITY: &str = "INSERT INTO countersign.activity (source, delivered_at, done_at)
    SELECT DISTINCT source, (extract(epoch FROM now()) * 1000)::int8, (extract(epoch FROM now()) * 1000)::int8 FROM countersign.statistic";
const ERRORS: &str = "INSERT INTO countersign.error_pattern (source, event_type, failure, pattern, count, first_at, last_at, example)
    SELECT 'source ' || n % 4, 'type ' || n % 5, 'error', 'kind ' || n || ' of # after # ms', n, now() - interval '1 h',
        now() - n * interval '1 s', n
    FROM generate_series(1, 11000) n";
const AUDIT: &str = "INSERT INTO countersign.audit (at, actor, action, events, detail)
    SELECT now() - (100000 - n) * interval '1 s', 'ada', 'replay',
        CASE WHEN n % 2 = 1 THEN ARRAY[n::int8] ELSE ARRAY(SELECT generate_series(1::int8, 40)) END, '{\"filter\":{\"source\":\"source 1\"}}'
    FROM generate_series(1, 100000) n";
const INLINE_ATTEMPTS: &str = "INSERT INTO countersign.inline_attempt
        (source, provider, external_id, event_type, ended_at, took, outcome, failure, error, worker)
    SELECT 'source ' || n % 4, 'preflix', 'evt_' || n, 'type ' || n % 5, now() - (100000 - n) * interval '100 ms', 30,
        CASE n % 10 WHEN 0 THEN 'retry' ELSE 'done' END, CASE n % 10 WHEN 0 THEN 'error' END,
        CASE n % 10 WHEN 0 THEN 'Timeout after ' || n || ' ms' END, 'worker'
    FROM generate_series(1, 100000) n";
const REJECTIONS: &str = "INSERT INTO countersign.rejection (at, source, provider, kind, number, last_at)
    SELECT ((extract(epoch FROM now()) * 1000)::int8 / 3600000 - n) * 3600000, 'source ' || s, 'preflix', k, 7,
        (extract(epoch FROM now()) * 1000)::int8
    FROM generate_series(0, 719) n, generate_series(0, 19) s,
        (VALUES ('signature_mismatch'), ('timestamp_too_old'), ('missing_signature')) k (k)";
const SAMPLES: &str = "INSERT INTO countersign.rejection_sample (source, at, kind, cause, head)
    SELECT 'source ' || n % 20, (extract(epoch FROM now()) * 1000)::int8, 'signature_mismatch', 'no key fits',
        'POST /hooks' || chr(10) || 'user-agent: x'
    FROM generate_series(0, 399) n";
