use rusqlite::Connection;

use crate::sql::SQL;

/// A counter whose numbers are never issued twice, whatever is deleted. They are reserved in blocks, so that few
/// transactions write the counter; a crash skips the remaining ones.
#[derive(Clone, Copy)]
pub(super) struct Counter {
    name: &'static str,
    next: i64,
    end: i64,
}

impl Counter {
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, next: 0, end: 0 }
    }

    /// Returns the next number, inside a transaction.
    pub(super) fn next(&mut self, connection: &Connection) -> rusqlite::Result<i64> {
        if self.next >= self.end {
            self.end = connection.query_row(SQL.meta_add, (self.name, BLOCK), |row| row.get(0))?;
            self.next = self.end - BLOCK;
        }
        self.next += 1;
        Ok(self.next)
    }

    pub(super) fn forget(&mut self) {
        self.end = self.next;
    }

    pub(super) fn give_back(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.next < self.end {
            connection.execute(SQL.meta_set, (self.name, self.next))?;
        }
        self.forget();
        Ok(())
    }
}

const BLOCK: i64 = 4096;
