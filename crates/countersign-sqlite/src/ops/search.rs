//! Finds events for operators without a full scan.

use std::collections::HashMap;
use std::sync::LazyLock;

use countersign_inbox::{EventState, Filter};
use rusqlite::Connection;

use super::filter::{Condition, EVERYTHING};
use super::part::{Order, Part, Stream};
use super::states::{SORTED, by_state, is_exact};
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
            && (!leaves_few || is_exact(filter, states))
            && let Some(parts) = by_state(session, filter, states, ranges.as_ref())?
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
        let parts = match (&filter.error, ranges) {
            (_, Some(ranges)) if leaves_few || filter.external_id.is_some() => {
                return Ok(Self { parts: by_block(ranges), rest, is_sequence: true, has_ids });
            }
            (Some(error), _) if filter.ids.is_empty() => {
                by_error(session, error, if is_dead { &OF_DEAD } else { &OF_ALL })?
            }
            (_, Some(ranges)) => {
                return Ok(Self { parts: by_block(ranges), rest, is_sequence: true, has_ids });
            }
            _ if has_ids => vec![Part::by_ids()],
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
            self.parts.iter_mut().for_each(|part| part.end_at(edge, order));
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
        if !self.is_sequence {
            return self.edge_of_all(session.connection(), order, most);
        }
        let connection = session.connection();
        let mut parts: Vec<_> = self.parts.iter().collect();
        if matches!(order, Order::NewestFirst(_)) {
            parts.reverse();
        }
        // The event at which a part ended when nothing was left.
        let (mut left, mut last) = (most, None);
        for part in parts {
            let number = part.count(connection, order, left.saturating_add(1))?;
            if number > left {
                return if left == 0 { Ok(last) } else { part.nth(connection, order, left) };
            }
            if number == left && number > 0 {
                last = part.nth(connection, order, left)?;
            }
            left -= number;
        }
        Ok(None)
    }

    /// Returns the id up to which each part has no more events than its share. Parts with few events leave theirs to the others.
    fn edge_of_all(
        &self,
        connection: &Connection,
        order: Order,
        most: usize,
    ) -> rusqlite::Result<Option<i64>> {
        // Counts only as far as the share of a part may reach.
        let farthest = most.div_ceil(self.parts.len().max(1)).saturating_mul(8).min(most);
        let mut counted = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            counted.push((part.count(connection, order, farthest.saturating_add(1))?, part));
        }
        // A count above the limit says that there may be many more.
        let are_exact = counted.iter().all(|(number, _)| *number <= farthest);
        if are_exact && counted.iter().map(|(number, _)| number).sum::<usize>() <= most {
            return Ok(None);
        }
        if counted.iter().any(|(_, part)| !part.is_ordered) {
            return Part::all().nth(connection, order, most);
        }
        let numbers: Vec<_> = counted.iter().map(|(number, _)| *number).collect();
        let share = share(numbers, most).min(farthest).max(1);
        let mut edge: Option<i64> = None;
        for (_, part) in counted.iter().filter(|(number, _)| *number > share) {
            let last = part.nth(connection, order, share)?;
            edge = match (edge, last) {
                (Some(edge), Some(last)) if order.is_before(edge, last) => Some(edge),
                (edge, last) => last.or(edge),
            };
        }
        Ok(edge)
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

/// Returns the largest number of events that each part may have, so that all have at most so many.
fn share(mut numbers: Vec<usize>, most: usize) -> usize {
    numbers.sort_unstable();
    let (mut left, mut parts, mut share) = (most, numbers.len(), 0);
    for number in numbers {
        share = left / parts;
        if number > share {
            break;
        }
        left -= number;
        parts -= 1;
        if parts == 0 {
            return number;
        }
    }
    share
}

/// Returns ranges of ids as parts.
fn by_block(ranges: Ranges) -> Vec<Part> {
    ranges.all.into_iter().map(|ids| Part::all().within(ids)).collect()
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
    Ok(vec![Part::unordered(kinds.index, kinds.all)])
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

const MANY_KINDS: usize = 1000;
/// The number of events that a search looks at before it looks at as many as it may.
const LOOKED_AT_FIRST: usize = 1000;

#[cfg(test)]
mod tests;
