//! The number of a store in the header of its file, by which a process that has it open notices other content.
//!
//! It is SQLite's `schema_version`. Other stores and backups have random ones. Each owner raises it by a random step when it starts, and by one
//! a minute, so that a copy of the same store has a smaller one. The number only counts when it is moved into the file.

use std::hash::{BuildHasher, RandomState};

use countersign::{Clock, SystemClock};
use rusqlite::Connection;

use crate::file::Pin;
use crate::header::MOST_STARTS;

/// Raises the number by a random step, at the start of an owner.
pub(crate) fn begin(connection: &Connection, pin: &Pin) -> rusqlite::Result<()> {
    let number = read(connection)?;
    let step = 1 + random() as u32 % STEP;
    let is_ours = (FIRST..LAST).contains(&number);
    set(connection, pin, if is_ours { number + step } else { first() })
}

/// Raises the number by one, if the file has the last one: the process that looks at the file then knows those that it can have.
pub(crate) fn advance(connection: &Connection, pin: &Pin) -> rusqlite::Result<()> {
    let number = read(connection)?;
    if pin.number() == Some(number) { set(connection, pin, number.saturating_add(1)) } else { Ok(()) }
}

/// Returns a number that no other file has.
pub(crate) fn first() -> u32 {
    // Files that were never opened by an owner have small numbers.
    FIRST | (random() as u32 >> 3)
}

/// Returns a random number.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(SystemClock.now().as_millis())
}

fn read(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA schema_version", (), |row| row.get(0))
}

fn set(connection: &Connection, pin: &Pin, number: u32) -> rusqlite::Result<()> {
    pin.expect(number);
    connection.pragma_update(None, "schema_version", number)
}

const FIRST: u32 = 1 << 30;
/// The last start of an owner raises the number to less than SQLite's limit.
const LAST: u32 = (1 << 31) - (1 << 25);
/// The largest step of a start.
const STEP: u32 = MOST_STARTS / 4;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;

    use super::*;
    use crate::file::{Files, Replaced};

    #[test]
    fn each_start_and_each_minute_raise_the_number_and_an_earlier_copy_of_the_same_length_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let [path, copy] = ["inbox.db", "copy.db"].map(|name| folder.path().join(name));
        let connection = Connection::open(&path).unwrap();
        let mode = "PRAGMA journal_mode = WAL; CREATE TABLE t(n); PRAGMA wal_checkpoint(PASSIVE)";
        connection.execute_batch(mode).unwrap();
        let moved = || connection.execute_batch("PRAGMA wal_checkpoint(PASSIVE)").unwrap();
        let pin = Pin::of(&path).unwrap();
        let mut last = 0;
        for _ in 0..10 {
            begin(&connection, &pin).unwrap();
            let number = read(&connection).unwrap();
            assert!(number >= FIRST && (last == 0 || (1..=STEP).contains(&(number - last))), "{number}");
            last = number;
        }
        // The file has an earlier one yet.
        let files = Files::of(&path, Some(pin.clone()));
        advance(&connection, &pin).unwrap();
        assert_eq!(read(&connection).unwrap(), last);
        moved();
        assert_eq!((pin.number(), files.replaced()), (Some(last), None));
        fs::copy(&path, &copy).unwrap();
        advance(&connection, &pin).unwrap();
        assert_eq!((read(&connection).unwrap(), files.replaced()), (last + 1, None));
        moved();
        assert_eq!((pin.number(), files.replaced()), (Some(last + 1), None));
        fs::write(&path, fs::read(&copy).unwrap()).unwrap();
        assert_eq!(files.replaced(), Some((path, Replaced::Overwritten)));
    }

    #[test]
    fn a_number_at_the_limit_begins_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("CREATE TABLE t(n)").unwrap();
        let pin = Pin::of(&path).unwrap();
        for number in [74, LAST, i32::MAX as u32] {
            connection.pragma_update(None, "schema_version", number).unwrap();
            begin(&connection, &pin).unwrap();
            assert!((FIRST..FIRST + (1 << 29)).contains(&read(&connection).unwrap()), "{number}");
        }
    }
}
