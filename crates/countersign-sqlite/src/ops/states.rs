//! Indexes of events by endpoint and state.

use countersign_inbox::{EventState, Filter};
use rusqlite::types::Value;

use super::part::Part;
use crate::blocks::Ranges;
use crate::sql::SQL;
use crate::writer::Session;

/// Returns whether indexes have exactly the events of these states and of the filter, in the order of their ids.
pub(super) fn is_exact(filter: &Filter, states: &[EventState]) -> bool {
    let is_failed = |state: &EventState| matches!(state, EventState::Dead | EventState::Unverified);
    let (is_any, mut meant) =
        (states.is_empty() && filter.state.is_none(), states.iter().chain(&filter.state));
    let others = [&filter.error, &filter.pattern, &filter.external_id, &filter.tenant];
    !is_any && meant.all(is_failed) && others.into_iter().all(Option::is_none)
}

/// Returns the parts by source and state, if they are small: an index in time order must be sorted by id. Dead
/// letters and unverified events may be many: their indexes have the order of their ids.
pub(super) fn by_state(
    session: &mut Session<'_>,
    filter: &Filter,
    states: &[EventState],
    ranges: Option<&Ranges>,
) -> rusqlite::Result<Option<Vec<Part>>> {
    if filter.source.is_none() && filter.state.is_none() && states.is_empty() {
        return Ok(None);
    }
    let counts = session.all(SQL.counts, &[], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    })?;
    let is_meant = |source: &str, code: i64| {
        filter.source.as_ref().is_none_or(|meant| meant == source)
            && filter.state.is_none_or(|state| i64::from(state.code()) == code)
            && (states.is_empty() || states.iter().any(|state| i64::from(state.code()) == code))
    };
    let done = counts.iter().filter(|(_, code, _)| *code == DONE).map(|(_, _, number)| number).sum::<i64>();
    let more = [&filter.error, &filter.pattern, &filter.event_type, &filter.external_id];
    let has_more = more.into_iter().any(Option::is_some);
    let (mut parts, mut number) = (Vec::new(), 0_i64);
    for (source, code, count) in counts.iter().filter(|(source, code, _)| is_meant(source, *code)) {
        if matches!(*code, DEAD | UNVERIFIED) && filter.error.is_none() {
            parts.push(failed(*code, source, filter.event_type.as_deref(), ranges));
            continue;
        }
        number = number.saturating_add(match *code {
            // The index of this state has the source last.
            DONE => done,
            _ => *count,
        });
        let Some(indexes) = indexes(*code) else { return Ok(None) };
        parts.extend(indexes.iter().map(|(index, sql)| Part::text(index, sql, source)));
    }
    Ok((number <= if has_more { FEW } else { SORTED }).then_some(parts))
}

/// Returns the indexes that contain all events of a state.
const fn indexes(code: i64) -> Option<&'static [(&'static str, &'static str)]> {
    match code {
        READY => Some(&[
            ("INDEXED BY wh_event_queue", "source = ? AND state = 0 AND due_at = 0"),
            ("INDEXED BY wh_event_due", "source = ? AND state = 0 AND due_at > 0"),
            ("INDEXED BY wh_event_held", "source = ? AND state = 0 AND due_at < 0"),
        ]),
        RUNNING => Some(&[("INDEXED BY wh_event_lease", "source = ? AND state = 1")]),
        DONE => Some(&[("INDEXED BY wh_event_gc", "+source = ? AND state = 2 AND finished_at IS NOT NULL")]),
        DEAD => Some(&[("INDEXED BY wh_event_dead", "source = ? AND state = 3")]),
        UNVERIFIED => Some(&[("INDEXED BY wh_event_unverified", "source = ? AND state = 4")]),
        _ => None,
    }
}

/// Returns the dead letters or the unverified events of a source, and of a type.
fn failed(code: i64, source: &str, event_type: Option<&str>, ranges: Option<&Ranges>) -> Part {
    let (by_source, by_type) = match code {
        DEAD => ("INDEXED BY wh_event_dead", "INDEXED BY wh_event_dead_type"),
        _ => ("INDEXED BY wh_event_unverified", "INDEXED BY wh_event_unverified_type"),
    };
    let index = if event_type.is_some() { by_type } else { by_source };
    // Only a number is inserted.
    let mut part = Part::text(index, &format!("source = ? AND state = {code}"), source);
    if let Some(kind) = event_type {
        part.condition.and("event_type = ?", Value::Text(kind.to_owned()));
    }
    let all = ranges.map_or(&[][..], |ranges| &ranges.all);
    match (all.first(), all.last()) {
        (Some((begin, _)), Some((_, upto))) => part.within((*begin, *upto)),
        _ => part,
    }
}

/// The number of rows that are examined one after the other.
const FEW: i64 = 1000;
/// The number of rows that are sorted.
pub(super) const SORTED: i64 = 20_000;
const READY: i64 = 0;
const RUNNING: i64 = 1;
const DONE: i64 = 2;
const DEAD: i64 = 3;
const UNVERIFIED: i64 = 4;
