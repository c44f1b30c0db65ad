use std::fmt::Write;

use countersign_inbox::Filter;
use rusqlite::types::Value;

use crate::convert::millis;

/// A condition on `wh_event` with its parameters. Text is never inserted into SQL.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Condition {
    /// Creates the condition: all set fields must match.
    pub(super) fn new(filter: &Filter, now: i64) -> Self {
        let filter = filter.clone().bounded();
        let mut condition = Self { sql: EVERYTHING.to_owned(), values: Vec::new() };
        if !filter.ids.is_empty() {
            let ids: Vec<_> = filter.ids.iter().map(ToString::to_string).collect();
            // Only numbers are inserted.
            let _ = write!(condition.sql, " AND id IN ({})", ids.join(","));
        }
        // The sign prevents SQLite from choosing an index: the counters determine the index.
        let texts = [
            ("+source = ?", &filter.source),
            ("+tenant = ?", &filter.tenant),
            ("+event_type = ?", &filter.event_type),
            ("+external_id = ?", &filter.external_id),
            ("instr(lower(error), lower(?)) > 0", &filter.error),
            ("countersign_error_pattern(error) = ?", &filter.pattern),
        ];
        for (sql, value) in texts {
            if let Some(value) = value {
                condition.and(sql, Value::Text(value.clone()));
            }
        }
        if let Some(state) = filter.state {
            condition.and("+state = ?", Value::Integer(state.code().into()));
        }
        if let Some(age) = filter.older_than {
            condition.and("stored_at <= ?", Value::Integer(now.saturating_sub(millis(age))));
        }
        if let Some(age) = filter.newer_than {
            condition.and("stored_at >= ?", Value::Integer(now.saturating_sub(millis(age))));
        }
        if let Some(replays) = filter.replays {
            condition.and("replays = ?", Value::Integer(replays.into()));
        }
        condition
    }

    pub(super) fn and(&mut self, sql: &str, value: Value) {
        let _ = write!(self.sql, " AND {sql}");
        self.values.push(value);
    }
}

/// The condition that each event meets.
pub(super) const EVERYTHING: &str = "1";
