//! Finds events for operators without a full scan.

use std::collections::HashMap;
use std::sync::LazyLock;

use countersign_inbox::{EventState, Filter};
use rusqlite::types::Value;

use super::filter::{Condition, EVERYTHING};
use super::part::{Order, Part, Stream};
use crate::blocks::{self, Ranges};
use crate::sql::SQL;
use crate::writer::Session;

/// A search for events.
#[derive(Clone)]
pub(super) struct Search {
    /// The parts of the table that may contain matches, each in the order of its ids.
    parts: Vec<Part>,
    /// The conditions that apply to all parts.
    rest: Condition,
    /// The parts are ranges of ids, one after the other, and none has an event of another.
    is_sequence: bool,
    /// The filter has ids, each of which is looked up.
    has_ids: bool,
}

impl Search {
    /// Chooses the indexes that leave the fewest events to examine, according to the filters of ids and the counters.
    pub(super) fn new(
        session: &mut Session<'_>,
        filter: &Filter,
        states: &[EventState],
    ) -> rusqlite::Result<Self> {
        let filter = &filter.clone().bounded();
        let has_ids = !filter.ids.is_empty();
        let is_dead = filter.state == Some(EventState::Dead) || states == [EventState::Dead];
        let ranges = if filter.ids.is_empty() { blocks::ranges(session, filter)? } else { None };
        let leaves_few = ranges.as_ref().is_some_and(|ranges| ranges.events <= SORTED);
        if filter.ids.is_empty()
            && !leaves_few
            && let Some(parts) = by_state(session, filter, states)?
        {
            // The parts already select the source and the state.
            let mut beside = filter.clone();
            (beside.source, beside.state) = (None, None);
            let rest = Condition::new(&beside, session.now());
            return Ok(Self { parts, rest, is_sequence: false, has_ids });
        }
        let mut rest = Condition::new(filter, session.now());
        if !states.is_empty() {
            let codes: Vec<_> = states.iter().map(|state| state.code().to_string()).collect();
            // Only numbers are inserted.
            rest.sql.push_str(&format!(" AND +state IN ({})", codes.join(",")));
        }
        let parts = match (&filter.error, &filter.event_type, ranges) {
            (.., Some(ranges)) if leaves_few || filter.external_id.is_some() => {
                return Ok(Self { parts: by_block(ranges), rest, is_sequence: true, has_ids });
            }
            (Some(error), ..) if filter.ids.is_empty() => {
                by_error(session, error, if is_dead { &OF_DEAD } else { &OF_ALL })?
            }
            (None, Some(kind), Some(_)) if is_dead => {
                vec![Part::text("INDEXED BY wh_event_dead_type", "state = 3 AND event_type = ?", kind)]
            }
            (.., Some(ranges)) => {
                return Ok(Self { parts: by_block(ranges), rest, is_sequence: true, has_ids });
            }
            _ => vec![Part::all()],
        };
        Ok(Self { parts, rest, is_sequence: false, has_ids })
    }

    /// Adds a condition without an index.
    pub(super) fn and(&mut self, sql: &str) {
        self.rest.sql.push_str(" AND ");
        self.rest.sql.push_str(sql);
    }

    /// Returns the first ids, in order; and the last id that it has looked at, if it has looked at as many events as it may before it
    /// found enough. It looks at a few first: most searches find a page in them.
    pub(super) fn look(
        self,
        session: &Session<'_>,
        order: Order,
        limit: usize,
        most_read: usize,
    ) -> rusqlite::Result<(Vec<i64>, Option<i64>)> {
        let most_read = most_read.max(1);
        let few = LOOKED_AT_FIRST.min(most_read);
        let (ids, edge) = self.clone().look_at(session, order, limit, few)?;
        if edge.is_none() || few == most_read {
            return Ok((ids, edge));
        }
        self.look_at(session, order, limit, most_read)
    }

    fn look_at(
        mut self,
        session: &Session<'_>,
        order: Order,
        limit: usize,
        most: usize,
    ) -> rusqlite::Result<(Vec<i64>, Option<i64>)> {
        let edge = self.edge(session, order, most)?;
        if let Some(edge) = edge {
            let sql = if matches!(order, Order::NewestFirst(_)) { "id >= ?" } else { "id <= ?" };
            self.rest.and(sql, Value::Integer(edge));
        }
        let ids = self.ids(session, order, limit)?;
        let is_full = ids.len() >= limit;
        Ok((ids, edge.filter(|_| !is_full)))
    }

    /// Returns the id at which a search ends that looks at so many events. `None` if it may look at all events of its parts.
    fn edge(&self, session: &Session<'_>, order: Order, most: usize) -> rusqlite::Result<Option<i64>> {
        if self.rest.sql == EVERYTHING || self.has_ids {
            return Ok(None);
        }
        let connection = session.connection();
        let mut parts: Vec<_> = self.parts.iter().collect();
        if self.is_sequence && matches!(order, Order::NewestFirst(_)) {
            parts.reverse();
        }
        // The event at which a part ended when nothing was left.
        let (mut left, mut last) = (most, None);
        for part in parts {
            let number = part.count(connection, order, left.saturating_add(1))?;
            match (number > left, self.is_sequence) {
                // The parts overlap, and together have at most all events.
                (true, false) => return Part::all().nth(connection, order, most),
                (true, true) if left == 0 => return Ok(last),
                (true, true) => return part.nth(connection, order, left),
                (false, true) if number == left && number > 0 => last = part.nth(connection, order, left)?,
                (false, _) => {}
            }
            left -= number;
        }
        Ok(None)
    }

    /// Returns the first ids, in order.
    pub(super) fn ids(self, session: &Session<'_>, order: Order, limit: usize) -> rusqlite::Result<Vec<i64>> {
        if self.is_sequence {
            return self.ids_in_sequence(session, order, limit);
        }
        // Few parts return whole pages. Of many parts, one may have most of the page, and most have none.
        let batch =
            if self.parts.len() <= 8 { limit } else { limit.div_ceil(self.parts.len()).max(8).min(limit) };
        let (rest, mut ids, mut statements) = (self.rest, Vec::new(), HashMap::new());
        let mut streams: Vec<_> = self.parts.into_iter().map(|part| Stream::new(part, order)).collect();
        while ids.len() < limit {
            let mut next: Option<(i64, usize)> = None;
            for (nth, stream) in streams.iter_mut().enumerate() {
                let Some(id) = stream.peek(session.connection(), &mut statements, &rest, batch)? else {
                    continue;
                };
                if next.is_none_or(|(first, _)| order.is_before(id, first)) {
                    next = Some((id, nth));
                }
            }
            let Some((id, nth)) = next else { break };
            ids.push(id);
            if let Some(stream) = streams.get_mut(nth) {
                stream.found.pop_front();
            }
            streams.retain(|stream| !stream.is_over());
        }
        Ok(ids)
    }

    /// Returns the first ids of one part after the other, until there are enough.
    fn ids_in_sequence(
        mut self,
        session: &Session<'_>,
        order: Order,
        limit: usize,
    ) -> rusqlite::Result<Vec<i64>> {
        let (mut ids, mut statements) = (Vec::new(), HashMap::new());
        if matches!(order, Order::NewestFirst(_)) {
            self.parts.reverse();
        }
        for part in self.parts {
            let mut stream = Stream::new(part, order);
            while ids.len() < limit {
                let left = limit - ids.len();
                if stream.peek(session.connection(), &mut statements, &self.rest, left)?.is_none() {
                    break;
                }
                ids.extend(stream.found.drain(..).take(left));
            }
        }
        Ok(ids)
    }
}

/// Returns the parts by source and state, if they are small: an index in time order must be sorted by id. Dead
/// letters are few, and may exceed the limit if no other field is set.
fn by_state(
    session: &mut Session<'_>,
    filter: &Filter,
    states: &[EventState],
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
        number = number.saturating_add(match *code {
            DEAD | UNVERIFIED if !has_more => 0,
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

/// Returns ranges of ids as parts.
fn by_block(ranges: Ranges) -> Vec<Part> {
    let part = |(begin, upto)| {
        Part::new("", "id BETWEEN ? AND ?", vec![Value::Integer(begin), Value::Integer(upto)])
    };
    ranges.all.into_iter().map(part).collect()
}

/// Returns the kinds of errors that may contain the text, of which there are few; or all failed events, if each has
/// its own kind.
fn by_error(session: &mut Session<'_>, part: &str, kinds: &Kinds) -> rusqlite::Result<Vec<Part>> {
    let (mut parts, mut kind) = (Vec::new(), session.first(kinds.first, &[], |row| row.get::<_, String>(0))?);
    let is = format!("{} AND {} = ?", kinds.all, SQL.error_kind);
    for _ in 0..MANY_KINDS {
        let Some(found) = kind else { return Ok(parts) };
        if session.first(SQL.error_kind_has, &[&found, &part], |row| row.get(0))?.unwrap_or(true) {
            parts.push(Part::text(kinds.index, &is, &found));
        }
        kind = session.first(kinds.next, &[&found], |row| row.get(0))?;
    }
    Ok(vec![Part::new(kinds.index, kinds.all, Vec::new())])
}

/// An index of error kinds, and the statements that use it.
struct Kinds {
    index: &'static str,
    all: &'static str,
    first: &'static str,
    next: &'static str,
}

static OF_ALL: LazyLock<Kinds> = LazyLock::new(|| Kinds {
    index: "INDEXED BY wh_event_error",
    all: "error IS NOT NULL",
    first: SQL.error_kind_first,
    next: SQL.error_kind_next,
});
static OF_DEAD: LazyLock<Kinds> = LazyLock::new(|| Kinds {
    index: "INDEXED BY wh_event_dead_error",
    all: "state = 3 AND error IS NOT NULL",
    first: SQL.dead_error_kind_first,
    next: SQL.dead_error_kind_next,
});

/// The number of rows that are examined one after the other.
const FEW: i64 = 1000;
/// The number of rows that are sorted.
const SORTED: i64 = 20_000;
const READY: i64 = 0;
const RUNNING: i64 = 1;
const DONE: i64 = 2;
const DEAD: i64 = 3;
const UNVERIFIED: i64 = 4;
const MANY_KINDS: usize = 1000;
/// The number of events that a search looks at before it looks at as many as it may.
const LOOKED_AT_FIRST: usize = 1000;
