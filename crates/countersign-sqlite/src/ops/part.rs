//! Reads the ids of a part of the table, in order.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Statement, params_from_iter};

use super::filter::Condition;
use crate::sql::SQL;

/// A range of an index, and of ids.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// `INDEXED BY …`, or empty.
    index: &'static str,
    pub(super) condition: Condition,
    /// The index has few ids in another order, which are sorted, or all in the order of ids.
    pub(super) is_ordered: bool,
    /// The first and the last id. SQLite seeks with one bound on each side, and reads the rows between two bounds on the same side: so these are
    /// the only ones.
    ids: (i64, i64),
    /// Whether the condition has ids, each of which is looked up. SQLite might read the range of ids instead.
    has_ids: bool,
}

/// The order of a page, and the id after which it starts.
#[derive(Clone, Copy)]
pub(super) enum Order {
    /// Descending, below an id.
    NewestFirst(Option<i64>),
    /// Ascending, above an id.
    OldestFirst(Option<i64>),
}

/// The events of a part, found in batches.
pub(super) struct Stream {
    part: Part,
    order: Order,
    pub(super) found: VecDeque<i64>,
    has_more: bool,
}

impl Stream {
    pub(super) fn new(part: Part, order: Order) -> Self {
        Self { part, order, found: VecDeque::new(), has_more: true }
    }

    pub(super) fn is_over(&self) -> bool {
        self.found.is_empty() && !self.has_more
    }

    pub(super) fn peek<'c>(
        &mut self,
        connection: &'c Connection,
        statements: &mut HashMap<String, Statement<'c>>,
        rest: &Condition,
        batch: usize,
    ) -> rusqlite::Result<Option<i64>> {
        let (first, last) = self.part.ids_of(self.order);
        self.has_more &= first <= last;
        if self.found.is_empty() && self.has_more {
            let sql = self.part.sql(SQL.find, self.order).replace("{rest}", &rest.sql);
            let bounds = [first, last, i64::try_from(batch).unwrap_or(i64::MAX)].map(Value::Integer);
            let values = self.part.condition.values.iter().chain(&rest.values).chain(&bounds);
            let statement = match statements.entry(sql) {
                Entry::Occupied(found) => found.into_mut(),
                Entry::Vacant(place) => {
                    let statement = connection.prepare(place.key())?;
                    place.insert(statement)
                }
            };
            let found = statement.query_map(params_from_iter(values), |row| row.get(0))?;
            self.found = found.collect::<rusqlite::Result<_>>()?;
            self.has_more = self.found.len() == batch;
            self.order = self.order.behind(self.found.back().copied());
        }
        Ok(self.found.front().copied())
    }
}

impl Part {
    pub(super) fn new(index: &'static str, sql: &str, values: Vec<Value>) -> Self {
        let condition = Condition { sql: sql.to_owned(), values };
        Self { index, condition, is_ordered: true, ids: (i64::MIN, i64::MAX), has_ids: false }
    }

    /// Creates a part with many ids in another order.
    pub(super) fn unordered(index: &'static str, sql: &str) -> Self {
        Self { is_ordered: false, ..Self::new(index, sql, Vec::new()) }
    }

    /// Limits the part to a range of ids.
    pub(super) fn within(self, ids: (i64, i64)) -> Self {
        Self { ids, ..self }
    }

    /// Creates the part of all events for a search whose other conditions have ids.
    pub(super) fn by_ids() -> Self {
        Self { has_ids: true, ..Self::all() }
    }

    /// Ends the part at this id, which is in it.
    pub(super) fn end_at(&mut self, edge: i64, order: Order) {
        let (first, last) = self.ids;
        self.ids = match order {
            Order::NewestFirst(_) => (first.max(edge), last),
            Order::OldestFirst(_) => (first, last.min(edge)),
        };
    }

    /// Returns the number of events behind the start of the page, or `most` if there are more.
    pub(super) fn count(
        &self,
        connection: &Connection,
        order: Order,
        most: usize,
    ) -> rusqlite::Result<usize> {
        let number = self.first(connection, SQL.find_count, order, most)?.unwrap_or(0);
        Ok(usize::try_from(number).unwrap_or(0))
    }

    /// Returns the id of the event at this place behind the start of the page, counted from 1.
    pub(super) fn nth(
        &self,
        connection: &Connection,
        order: Order,
        place: usize,
    ) -> rusqlite::Result<Option<i64>> {
        self.first(connection, SQL.edge, order, place.saturating_sub(1))
    }

    /// Runs a statement with the bounds and a number as its last parameters.
    fn first(
        &self,
        connection: &Connection,
        sql: &str,
        order: Order,
        number: usize,
    ) -> rusqlite::Result<Option<i64>> {
        let (first, last) = self.ids_of(order);
        if first > last {
            return Ok(None);
        }
        let bounds = [first, last, i64::try_from(number).unwrap_or(i64::MAX)].map(Value::Integer);
        let values = self.condition.values.iter().chain(&bounds);
        let mut statement = connection.prepare(&self.sql(sql, order))?;
        statement.query_row(params_from_iter(values), |row| row.get(0)).optional()
    }

    fn sql(&self, sql: &str, order: Order) -> String {
        sql.replace("{index}", self.index)
            .replace("{part}", &self.condition.sql)
            .replace("{id}", if self.has_ids { "+id" } else { "id" })
            .replace("{order}", order.direction())
    }

    /// Returns the first and the last id behind the start of the page.
    fn ids_of(&self, order: Order) -> (i64, i64) {
        let (first, last) = self.ids;
        match order {
            Order::NewestFirst(below) => {
                (first, below.map_or(last, |below| last.min(below.saturating_sub(1))))
            }
            Order::OldestFirst(above) => {
                (above.map_or(first, |above| first.max(above.saturating_add(1))), last)
            }
        }
    }

    pub(super) fn all() -> Self {
        Self::new("", "1", Vec::new())
    }

    pub(super) fn text(index: &'static str, sql: &str, text: &str) -> Self {
        Self::new(index, sql, vec![Value::Text(text.to_owned())])
    }
}

impl Order {
    const fn direction(self) -> &'static str {
        match self {
            Self::NewestFirst(_) => "DESC",
            Self::OldestFirst(_) => "ASC",
        }
    }

    fn behind(self, last: Option<i64>) -> Self {
        match self {
            Self::NewestFirst(below) => Self::NewestFirst(last.or(below)),
            Self::OldestFirst(above) => Self::OldestFirst(last.or(above)),
        }
    }

    pub(super) const fn is_before(self, one: i64, other: i64) -> bool {
        match self {
            Self::NewestFirst(_) => one > other,
            Self::OldestFirst(_) => one < other,
        }
    }
}
