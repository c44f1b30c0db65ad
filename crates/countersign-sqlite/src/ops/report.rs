use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use countersign_inbox::{
    Attempt, Counted, Detail, EventId, EventState, FailureKind, Filter, Listing, Page, SourceStats, Stats,
    StoredHead, Summary,
};
use rusqlite::{Row, ToSql};

use super::part::Order;
use super::pause;
use super::search::Search;
use crate::convert::{self, maybe_time, state, time};
use crate::inbox::order;
use crate::sql::SQL;
use crate::writer::Session;

/// Reads the counters, and looks once into each index of due events. The cost depends on the number of endpoints.
pub(super) fn stats(session: &mut Session<'_>) -> rusqlite::Result<Stats> {
    let counts = session.all(SQL.counts, &[], |row| {
        Ok((row.get::<_, String>(0)?, state(row, 1)?, row.get::<_, i64>(2)?.unsigned_abs()))
    })?;
    let mut sources = BTreeMap::<String, SourceStats>::new();
    for (source, state, number) in counts {
        let entry = sources.entry(source.clone()).or_default();
        entry.source = source;
        match state {
            EventState::Ready => entry.ready = number,
            EventState::Running => entry.running = number,
            EventState::Done => entry.done = number,
            EventState::Unverified => entry.unverified = number,
            _ => entry.dead = number,
        }
    }
    let mut sources: Vec<_> = sources.into_values().collect();
    for source in &mut sources {
        source.oldest_due = oldest_due(session, source)?;
    }
    Ok(Stats { sources, pauses: pause::read(session)? })
}

fn oldest_due(session: &mut Session<'_>, of: &SourceStats) -> rusqlite::Result<Option<Duration>> {
    let now = session.now();
    let mut since = Vec::new();
    let indexes: &[_] =
        if of.ready > 0 { &[SQL.oldest_at_once, SQL.oldest_held, SQL.oldest_due] } else { &[] };
    let leases: &[_] = if of.running > 0 { &[SQL.oldest_expired] } else { &[] };
    for sql in indexes.iter().chain(leases) {
        since.extend(session.first(sql, &[&of.source, &now], |row| row.get::<_, i64>(0))?);
    }
    let oldest = since.into_iter().min();
    Ok(oldest.map(|since| Duration::from_millis(u64::try_from(now.saturating_sub(since)).unwrap_or(0))))
}

pub(super) fn list(session: &mut Session<'_>, filter: &Filter, page: Page) -> rusqlite::Result<Listing> {
    let search = Search::new(session, filter, &[])?;
    let order = Order::NewestFirst(page.after);
    let (ids, goes_on_after) = search.look(session, order, page.limit, page.most_read)?;
    let mut events = Vec::with_capacity(ids.len());
    for id in ids {
        events.extend(session.first(SQL.list, &[&id], summary)?);
    }
    Ok(Listing { events, goes_on_after })
}

/// Counts from the counters if they are sufficient.
pub(super) fn count(session: &mut Session<'_>, filter: &Filter) -> rusqlite::Result<Counted> {
    let mut rest = filter.clone();
    (rest.source, rest.state) = (None, None);
    if rest.is_empty() {
        let values: [&dyn ToSql; 2] = [&filter.source, &filter.state.map(EventState::code)];
        let number = session.first(SQL.count, &values, |row| row.get::<_, i64>(0))?;
        return Ok(Counted { number: number.unwrap_or(0).unsigned_abs(), is_all: true });
    }
    let search = Search::new(session, filter, &[])?;
    let (ids, edge) = search.look(session, Order::NewestFirst(None), usize::MAX, Page::MOST_READ)?;
    Ok(Counted { number: ids.len() as u64, is_all: edge.is_none() })
}

pub(super) fn show(session: &mut Session<'_>, id: EventId) -> rusqlite::Result<Option<Detail>> {
    let id = id.get();
    let found = session.first(SQL.show, &[&id], |row| {
        Ok((
            summary(row)?,
            row.get::<_, i64>(16)?.unsigned_abs(),
            row.get(17)?,
            row.get::<_, Option<String>>(18)?,
        ))
    })?;
    let Some((summary, fence, worker, ordering_key)) = found else { return Ok(None) };
    let waits_for = match &ordering_key {
        Some(key) if summary.state == EventState::Ready => {
            order::waits_for(session, id, &summary.source, key)?.map(EventId::new)
        }
        _ => None,
    };
    let request = session.first(SQL.body, &[&id], |row| {
        Ok((StoredHead::from_bytes(row.get_ref(0)?.as_blob()?).ok(), Bytes::from(row.get::<_, Vec<u8>>(1)?)))
    })?;
    let (head, body) = request.map_or((None, None), |(head, body)| (head, Some(body)));
    let mut attempts = session.all(SQL.attempts, &[&id, &(Detail::MOST_ATTEMPTS as i64)], attempt)?;
    attempts.reverse();
    let counted =
        session.first(SQL.attempt_count, &[&id, &(Detail::MOST_COUNTED_ATTEMPTS as i64)], |row| {
            row.get::<_, i64>(0)
        })?;
    let earlier_attempts = counted.unwrap_or(0).unsigned_abs().saturating_sub(attempts.len() as u64);
    Ok(Some(Detail {
        summary,
        ordering_key,
        waits_for,
        fence,
        worker,
        head,
        body,
        attempts,
        earlier_attempts,
    }))
}

fn attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    let outcome = convert::outcome(row, 4)?;
    Ok(Attempt {
        attempt: convert::count(row, 0)?,
        fence: row.get::<_, i64>(1)?.unsigned_abs(),
        started_at: maybe_time(row, 2)?,
        ended_at: time(row, 3)?,
        outcome,
        failure: row.get::<_, Option<String>>(5)?.as_deref().and_then(FailureKind::from_name),
        code: row.get(6)?,
        error: Some(row.get(7)?).filter(|_| outcome.has_error()),
        worker: row.get(8)?,
        replayed_by: row.get(9)?,
    })
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
        attempt: convert::count(row, 7)?,
        replays: convert::count(row, 8)?,
        received_at: time(row, 9)?,
        stored_at: time(row, 10)?,
        queued_at: time(row, 15)?,
        due_at: maybe_time(row, 11)?.filter(|_| state == EventState::Ready),
        finished_at: maybe_time(row, 12)?,
        error: row.get(13)?,
        code: row.get(14)?,
    })
}
