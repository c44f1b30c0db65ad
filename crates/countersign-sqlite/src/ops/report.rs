use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use countersign_inbox::{
    Attempt, Detail, EventId, EventState, Filter, Page, SourceStats, Stats, StoredHead, Summary,
};
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::filter::Condition;
use crate::rows::{self, maybe_time, state, time};
use crate::writer::Session;

pub(super) fn stats(session: &mut Session<'_>) -> rusqlite::Result<Stats> {
    let now = session.now();
    let mut sources = BTreeMap::<String, SourceStats>::new();
    for sql in [COUNT_READY, COUNT_RUNNING, COUNT_FINISHED] {
        for (source, state, number, oldest) in session.all(sql, &[], |row| {
            Ok((row.get::<_, String>(0)?, state(row, 1)?, row.get::<_, i64>(2)?, row.get::<_, i64>(3)?))
        })? {
            let entry = sources.entry(source.clone()).or_default();
            entry.source = source;
            let number = number.unsigned_abs();
            match state {
                EventState::Ready => {
                    entry.ready = number;
                    entry.oldest_due = (oldest <= now).then(|| Duration::from_millis(now.abs_diff(oldest)));
                }
                EventState::Running => entry.running = number,
                EventState::Done => entry.done = number,
                _ => entry.dead = number,
            }
        }
    }
    Ok(Stats { sources: sources.into_values().collect() })
}

pub(super) fn list(session: &mut Session<'_>, filter: &Filter, page: Page) -> rusqlite::Result<Vec<Summary>> {
    let mut condition = Condition::new(filter, session.now());
    if let Some(after) = page.after {
        condition.and("id < ?", Value::Integer(after));
    }
    let (sql, values) = condition.limited(SUMMARY, "id DESC", page.limit);
    let mut statement = session.connection().prepare(&sql)?;
    statement.query_map(params_from_iter(values), summary)?.collect()
}

pub(super) fn count(session: &mut Session<'_>, filter: &Filter) -> rusqlite::Result<u64> {
    let Condition { sql, values } = Condition::new(filter, session.now());
    let sql = format!("SELECT count(*) FROM wh_event WHERE {sql}");
    let number =
        session.connection().query_row(&sql, params_from_iter(values), |row| row.get::<_, i64>(0))?;
    Ok(number.unsigned_abs())
}

pub(super) fn show(session: &mut Session<'_>, id: EventId) -> rusqlite::Result<Option<Detail>> {
    let id = id.get();
    let found = session.first(SHOW, &[&id], |row| {
        Ok((summary(row)?, row.get::<_, i64>(14)?.unsigned_abs(), row.get(15)?))
    })?;
    let Some((summary, fence, worker)) = found else { return Ok(None) };
    let request = session.first("SELECT head, body FROM wh_body WHERE event_id = ?1", &[&id], |row| {
        Ok((StoredHead::from_bytes(row.get_ref(0)?.as_blob()?).ok(), Bytes::from(row.get::<_, Vec<u8>>(1)?)))
    })?;
    let (head, body) = request.map_or((None, None), |(head, body)| (head, Some(body)));
    let attempts = session.all(ATTEMPTS, &[&id], |row| {
        Ok(Attempt {
            attempt: rows::count(row, 0)?,
            fence: row.get::<_, i64>(1)?.unsigned_abs(),
            ended_at: time(row, 2)?,
            outcome: row.get(3)?,
            error: row.get(4)?,
        })
    })?;
    Ok(Some(Detail { summary, fence, worker, head, body, attempts }))
}

fn summary(row: &Row<'_>) -> rusqlite::Result<Summary> {
    let state = state(row, 6)?;
    Ok(Summary {
        id: EventId::new(row.get(0)?),
        source: row.get(1)?,
        tenant: row.get(2)?,
        provider: row.get(3)?,
        external_id: row.get(4)?,
        event_type: row.get(5)?,
        state,
        attempt: rows::count(row, 7)?,
        replays: rows::count(row, 8)?,
        received_at: time(row, 9)?,
        stored_at: time(row, 10)?,
        due_at: maybe_time(row, 11)?.filter(|_| state == EventState::Ready),
        finished_at: maybe_time(row, 12)?,
        error: row.get(13)?,
    })
}

/// From the indexes alone.
const COUNT_READY: &str =
    "SELECT source, 0, count(*), min(due_at) FROM wh_event WHERE state = 0 GROUP BY source";
const COUNT_RUNNING: &str = "SELECT source, 1, count(*), 0 FROM wh_event WHERE state = 1 GROUP BY source";
const COUNT_FINISHED: &str =
    "SELECT source, state, count(*), 0 FROM wh_event WHERE finished_at IS NOT NULL GROUP BY source, state";
const SUMMARY: &str = "SELECT id, source, tenant, provider, external_id, event_type, state, attempt, replays, \
    received_at, stored_at, due_at, finished_at, error FROM wh_event";
const SHOW: &str = "SELECT id, source, tenant, provider, external_id, event_type, state, attempt, replays, \
    received_at, stored_at, due_at, finished_at, error, fence, worker FROM wh_event WHERE id = ?1";
const ATTEMPTS: &str =
    "SELECT attempt, fence, ended_at, outcome, error FROM wh_attempt WHERE event_id = ?1 ORDER BY fence";
