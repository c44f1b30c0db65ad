//! Reads the ids of a part of the table, in order.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Statement, params_from_iter};

use super::filter::Condition;
use crate::sql::SQL;

/// A range of an index.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// `INDEXED BY …`, or empty.
    pub(super) index: &'static str,
    pub(super) condition: Condition,
    /// The index has few ids in another order, which are sorted, or all in the order of ids.
    pub(super) is_ordered: bool,
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
        if self.found.is_empty() && self.has_more {
            let (sql, bound) = self.order.sql();
            let Part { index, condition, .. } = &self.part;
            let sql = SQL
                .find
                .replace("{index}", index)
                .replace("{part}", &condition.sql)
                .replace("{rest}", &rest.sql)
                .replace("{order}", sql);
            let limit = [bound, i64::try_from(batch).unwrap_or(i64::MAX)].map(Value::Integer);
            let values = condition.values.iter().chain(&rest.values).chain(&limit);
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
        Self { index, condition: Condition { sql: sql.to_owned(), values }, is_ordered: true }
    }

    /// Creates a part with many ids in another order.
    pub(super) fn unordered(index: &'static str, sql: &str) -> Self {
        Self { is_ordered: false, ..Self::new(index, sql, Vec::new()) }
    }

    /// Returns the number of events behind the start of the page, or `most` if there are more.
    pub(super) fn count(
        &self,
        connection: &Connection,
        order: Order,
        most: usize,
    ) -> rusqlite::Result<usize> {
        let Self { index, condition, .. } = self;
        let (sql, bound) = order.comparison();
        let sql = SQL
            .find_count
            .replace("{index}", index)
            .replace("{part}", &condition.sql)
            .replace("{bound}", sql);
        let bounds = [bound, i64::try_from(most).unwrap_or(i64::MAX)].map(Value::Integer);
        let values = condition.values.iter().chain(&bounds);
        let number: i64 = connection.prepare(&sql)?.query_row(params_from_iter(values), |row| row.get(0))?;
        Ok(usize::try_from(number).unwrap_or(0))
    }

    /// Returns the id of the event at this place behind the start of the page, counted from 1.
    pub(super) fn nth(
        &self,
        connection: &Connection,
        order: Order,
        place: usize,
    ) -> rusqlite::Result<Option<i64>> {
        let Self { index, condition, .. } = self;
        let (sql, bound) = order.sql();
        let sql =
            SQL.edge.replace("{index}", index).replace("{part}", &condition.sql).replace("{order}", sql);
        let bounds = [bound, i64::try_from(place.saturating_sub(1)).unwrap_or(i64::MAX)].map(Value::Integer);
        let values = condition.values.iter().chain(&bounds);
        connection.prepare(&sql)?.query_row(params_from_iter(values), |row| row.get(0)).optional()
    }

    pub(super) fn all() -> Self {
        Self::new("", "1", Vec::new())
    }

    pub(super) fn text(index: &'static str, sql: &str, text: &str) -> Self {
        Self::new(index, sql, vec![Value::Text(text.to_owned())])
    }
}

impl Order {
    /// Returns the comparison with the bound.
    fn comparison(self) -> (&'static str, i64) {
        match self {
            Self::NewestFirst(below) => ("< ?", below.unwrap_or(i64::MAX)),
            Self::OldestFirst(above) => ("> ?", above.unwrap_or(i64::MIN)),
        }
    }

    /// Returns the comparison with the bound, and the order.
    fn sql(self) -> (&'static str, i64) {
        match self {
            Self::NewestFirst(below) => ("< ? ORDER BY id DESC", below.unwrap_or(i64::MAX)),
            Self::OldestFirst(above) => ("> ? ORDER BY id", above.unwrap_or(i64::MIN)),
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
