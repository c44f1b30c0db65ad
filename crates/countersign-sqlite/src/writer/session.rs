use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::mem;
use std::time::Duration;

use rusqlite::{Connection, Row, Statement, ToSql};

use super::counter::Counter;
use super::deadline::Deadline;
use super::room::Room;
use super::woken::Woken;
use crate::error::Failure;
use crate::reserve::Reserve;
use crate::sql::SQL;
use crate::stored_time;
use crate::timeline::Moment;

/// A connection with its prepared statements.
pub(crate) struct Session<'c> {
    connection: &'c Connection,
    /// Prepared statements by the address of their text, which is a constant.
    statements: HashMap<(usize, usize), Statement<'c>>,
    #[cfg(test)]
    texts: Vec<&'static str>,
    now: i64,
    /// The time that the file may keep.
    moment: Option<Moment>,
    max_pages: i64,
    fences: Counter,
    events: Counter,
    woken: Woken,
    /// The numbers of new events by source, written with the commit.
    stored: HashMap<String, i64>,
    /// The time to wait for another process that locks the file.
    patience: Duration,
    deadline: Deadline,
    /// The number of this owner.
    owner: Option<i64>,
    is_taken_over: bool,
    /// The time in the file.
    clock: i64,
    /// The room on the volume, if the connection writes.
    room: Option<Room>,
}

impl<'c> Session<'c> {
    pub(crate) fn new(connection: &'c Connection, max_pages: i64) -> Self {
        Self {
            connection,
            statements: HashMap::new(),
            #[cfg(test)]
            texts: Vec::new(),
            now: 0,
            moment: None,
            max_pages,
            fences: Counter::new("fence"),
            events: Counter::new("event"),
            woken: Woken::default(),
            stored: HashMap::new(),
            patience: Duration::ZERO,
            deadline: Deadline::default(),
            owner: None,
            is_taken_over: false,
            clock: 0,
            room: None,
        }
    }

    /// Allows writes only as long as no later owner has started.
    pub(super) fn with_owner(mut self, owner: Option<i64>) -> Self {
        self.owner = owner;
        self
    }

    /// Sets the time to wait for another process.
    pub(super) fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Limits the time of statements to that [deadline](Self::within), which the connection looks at.
    pub(super) fn with_deadline(mut self, deadline: Deadline) -> Self {
        self.deadline = deadline;
        self
    }

    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// Allows deletions to release the reserve.
    pub(super) fn with_reserve(mut self, reserve: Reserve, is_owner: bool) -> Self {
        self.room = Some(Room::new(reserve, is_owner));
        self
    }

    /// Returns the room on the volume, if this session writes.
    pub(super) fn room(&mut self) -> Option<(&mut Room, &'c Connection)> {
        self.room.as_mut().map(|room| (room, self.connection))
    }

    /// Fails if there is a later owner. Called in each transaction.
    pub(super) fn check_owner(&mut self) -> rusqlite::Result<()> {
        let Some(owner) = self.owner else { return Ok(()) };
        let found: Option<i64> = self.first(SQL.meta, &[&"owner"], |row| row.get(0))?;
        if found == Some(owner) {
            return Ok(());
        }
        self.is_taken_over = true;
        Err(rusqlite::Error::QueryReturnedNoRows)
    }

    pub(super) fn is_taken_over(&self) -> bool {
        self.is_taken_over
    }

    /// Returns the latest time that an owner has written.
    pub(super) fn stored_clock(&mut self) -> rusqlite::Result<i64> {
        Ok(self.first(SQL.meta, &[&"clock"], |row| row.get(0))?.unwrap_or(0))
    }

    /// Returns whether the time in the file is due for an update.
    pub(crate) fn is_clock_old(&self) -> bool {
        self.owner.is_some() && self.moment.is_some() && self.now.saturating_sub(self.clock) >= CLOCK
    }

    /// Writes the time, for later openings of the file.
    pub(crate) fn save_clock(&mut self) -> rusqlite::Result<()> {
        if let Some(moment) = self.moment {
            stored_time::save(self.connection, moment)?;
            self.clock = self.now;
        }
        Ok(())
    }

    /// Returns whether an operator has accepted this difference of the clock. Records it for operators.
    pub(crate) fn is_step_accepted(&mut self, step: i64) -> rusqlite::Result<bool> {
        self.execute(SQL.meta_set, &[&"clock_step", &step])?;
        let accepted: Option<i64> = self.first(SQL.meta, &[&"clock_accepted"], |row| row.get(0))?;
        Ok(accepted == Some(step))
    }

    /// Accepts the difference that an owner has recorded, and returns it; 0 if there is none.
    pub(crate) fn accept_step(&mut self) -> rusqlite::Result<i64> {
        let step: i64 = self.first(SQL.meta, &[&"clock_step"], |row| row.get(0))?.unwrap_or(0);
        if step != 0 {
            self.execute(SQL.meta_set, &[&"clock_accepted", &step])?;
        }
        Ok(step)
    }

    /// Returns the time of the transaction in milliseconds, the same for all its operations.
    pub(crate) fn now(&self) -> i64 {
        self.now
    }

    /// Sets the time of the following transactions.
    pub(super) fn set_moment(&mut self, moment: Moment) {
        self.now = moment.now.as_millis();
        self.moment = Some(moment).filter(|moment| moment.is_confirmed);
    }

    #[cfg(test)]
    pub(crate) fn set_now(&mut self, now: countersign::UnixTime) {
        self.now = now.as_millis();
    }

    pub(crate) fn connection(&self) -> &'c Connection {
        self.connection
    }

    /// Checks whether a new event of this many bytes may be stored. While the reserve is missing, it may if it fits into
    /// unused pages of the file: the space that was released is for deletions and for the handling of stored events.
    pub(crate) fn check_room(&mut self, bytes: usize) -> rusqlite::Result<Result<(), Failure>> {
        let low_disk = self.room.as_ref().and_then(Room::low_disk);
        if self.max_pages == i64::MAX && low_disk.is_none() {
            return Ok(Ok(()));
        }
        let used = |row: &Row<'_>| row.get::<_, i64>(0);
        let all = self.first("PRAGMA page_count", &[], used)?.unwrap_or(0);
        let unused = self.first("PRAGMA freelist_count", &[], used)?.unwrap_or(0);
        if all.saturating_sub(unused) >= self.max_pages {
            return Ok(Err(Failure::NoRoom));
        }
        Ok(low_disk.map_or(Ok(()), |low| low.check(unused, bytes)))
    }

    /// Announces after the commit that an event may be due at this source, or at any source without a name.
    pub(crate) fn wake(&mut self, source: Option<&str>) {
        self.woken.add(source);
    }

    pub(super) fn take_woken(&mut self) -> Woken {
        mem::take(&mut self.woken)
    }

    /// Runs statements for a limited time, if the session [has a deadline](Self::with_deadline): the one that runs then fails with
    /// `SQLITE_INTERRUPT`.
    pub(crate) fn within<T>(
        &mut self,
        limit: Duration,
        act: impl FnOnce(&mut Self) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        self.deadline.set(Some(limit));
        let done = act(self);
        self.deadline.set(None);
        done
    }

    /// Prepares a statement once.
    pub(crate) fn statement(&mut self, sql: &'static str) -> rusqlite::Result<&mut Statement<'c>> {
        match self.statements.entry((sql.as_ptr() as usize, sql.len())) {
            Entry::Occupied(found) => Ok(found.into_mut()),
            Entry::Vacant(place) => {
                #[cfg(test)]
                self.texts.push(sql);
                Ok(place.insert(self.connection.prepare(sql)?))
            }
        }
    }

    /// Returns the number of changed rows.
    pub(crate) fn execute(&mut self, sql: &'static str, values: &[&dyn ToSql]) -> rusqlite::Result<usize> {
        self.statement(sql)?.execute(values)
    }

    /// Returns the first row.
    pub(crate) fn first<T>(
        &mut self,
        sql: &'static str,
        values: &[&dyn ToSql],
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        let mut rows = self.statement(sql)?.query(values)?;
        rows.next()?.map(read).transpose()
    }

    /// Returns all rows.
    pub(crate) fn all<T>(
        &mut self,
        sql: &'static str,
        values: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        self.statement(sql)?.query_map(values, read)?.collect()
    }

    /// Returns a fencing token above all earlier ones.
    pub(crate) fn next_fence(&mut self) -> rusqlite::Result<i64> {
        let (mut counter, connection) = (self.fences, self.connection);
        let next = counter.next(connection)?;
        self.fences = counter;
        Ok(next)
    }

    /// Returns an event id above all earlier ones.
    pub(crate) fn next_event(&mut self) -> rusqlite::Result<i64> {
        let (mut counter, connection) = (self.events, self.connection);
        let next = counter.next(connection)?;
        self.events = counter;
        Ok(next)
    }

    /// Returns SQLite's plans of all prepared statements, for any values.
    #[cfg(test)]
    pub(crate) fn plans(&self) -> Vec<(&'static str, String)> {
        let plan = |sql: &&'static str| {
            let mut statement = self.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps = statement.raw_query().mapped(|row| row.get::<_, String>(3));
            (*sql, steps.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("; "))
        };
        self.texts.iter().map(plan).collect()
    }

    /// Forgets numbers that were reserved, and wake-ups, of a transaction that was rolled back.
    pub(super) fn rolled_back(&mut self) {
        self.fences.forget();
        self.events.forget();
        self.woken = Woken::default();
        self.stored.clear();
    }

    /// Counts an event that was stored in this transaction.
    pub(crate) fn count_stored(&mut self, source: &str) {
        match self.stored.get_mut(source) {
            Some(number) => *number += 1,
            None => drop(self.stored.insert(source.to_owned(), 1)),
        }
    }

    /// Writes the numbers of new events before the commit: one row per source.
    pub(crate) fn save_counts(&mut self) -> rusqlite::Result<()> {
        for (source, number) in mem::take(&mut self.stored) {
            self.execute(SQL.count_add, &[&source, &number])?;
        }
        Ok(())
    }

    /// Returns unused reserved numbers, at the end of the session.
    pub(super) fn give_back(&mut self) -> rusqlite::Result<()> {
        self.fences.give_back(self.connection)?;
        self.events.give_back(self.connection)
    }
}

/// The largest age of the time in the file, in milliseconds.
const CLOCK: i64 = 60_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::is_interrupted;

    #[test]
    fn a_query_that_takes_too_long_is_ended_and_the_next_one_is_not() {
        const LONG: &str = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000) SELECT count(*) FROM n";
        let mut connection = Connection::open_in_memory().unwrap();
        let deadline = Deadline::of(&mut connection);
        let mut session = Session::new(&connection, i64::MAX).with_deadline(deadline);
        let count = |session: &mut Session<'_>| session.first(LONG, &[], |row| row.get::<_, i64>(0));
        let ended = session.within(Duration::ZERO, count).unwrap_err();
        assert!(is_interrupted(&ended), "{ended}");
        let text = Failure::Sqlite(std::sync::Arc::new(ended)).to_string();
        assert!(text.contains("an endpoint, a state, a smaller `limit`"), "{text}");
        assert_eq!(session.within(Duration::MAX, count).unwrap(), Some(100_000));
        assert_eq!(count(&mut session).unwrap(), Some(100_000), "the limit is that of the query before");
    }
}
