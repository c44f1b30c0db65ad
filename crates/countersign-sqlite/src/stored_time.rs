//! The time in the file.

use rusqlite::Connection;

use crate::error::{OpenError, sqlite};
use crate::sql::SQL;
use crate::timeline::{Moment, Stored};
use crate::uptime::Uptime;

/// Reads the time in the file, and compares the uptime if the clock is that of the system.
pub(crate) fn read(connection: &Connection, is_of_system: bool) -> Result<Stored, OpenError> {
    let value = |name: &str| {
        connection.query_row(SQL.meta, [name], |row| row.get(0)).map_err(sqlite("read its time"))
    };
    let earlier = Uptime { boot: value("boot")?, millis: value("uptime")?, booted_at: value("booted_at")? };
    let between = is_of_system.then(|| Uptime::now().since(earlier)).flatten();
    Ok(Stored { latest: value("clock")?, accepted: value("clock_accepted")?, between })
}

/// Stores the time, and the uptime at the same moment.
pub(crate) fn save(connection: &Connection, moment: Moment) -> rusqlite::Result<()> {
    let uptime = if moment.is_of_system { Uptime::now() } else { Uptime::default() };
    let mut raise = connection.prepare(SQL.meta_raise)?;
    raise.query_row(("clock", moment.now.as_millis()), |_| Ok(()))?;
    let mut set = connection.prepare(SQL.meta_set)?;
    for (name, value) in [("boot", uptime.boot), ("uptime", uptime.millis), ("booted_at", uptime.booted_at)] {
        set.execute((name, value))?;
    }
    Ok(())
}
