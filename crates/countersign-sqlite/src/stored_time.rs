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

/// Stores the time, and the uptime at the same moment. Of a system clock that was set, it stores what it would be otherwise, so that the
/// next start raises the alarm again. Once the file has the time that an operator has accepted, the next wrong clock is an alarm again.
pub(crate) fn save(connection: &Connection, moment: Moment) -> rusqlite::Result<()> {
    let uptime = if moment.is_of_system { Uptime::now() } else { Uptime::default() };
    let mut raise = connection.prepare(SQL.meta_raise)?;
    raise.query_row(("clock", moment.now.as_millis()), |_| Ok(()))?;
    let mut set = connection.prepare(SQL.meta_set)?;
    let booted_at = uptime.booted_at.saturating_sub(moment.set_by);
    for (name, value) in [("boot", uptime.boot), ("uptime", uptime.millis), ("booted_at", booted_at)] {
        set.execute((name, value))?;
    }
    if let Some(behind) = moment.behind {
        connection.execute(SQL.clock_settle, [behind])?;
    }
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use countersign::UnixTime;

    use super::*;

    #[test]
    fn the_next_start_notices_that_the_clock_was_set_before_the_time_was_stored() {
        let connection = Connection::open_in_memory().unwrap();
        crate::schema::create(&connection);
        for set_by in [0, 36_000_000, -36_000_000] {
            let now = UnixTime::from_millis(1_700_000_000_000);
            let moment = Moment { now, is_confirmed: true, is_of_system: true, set_by, behind: None };
            save(&connection, moment).unwrap();
            let between = read(&connection, true).unwrap().between.unwrap();
            assert!((between.set_by - set_by).abs() < 3_600_000, "{set_by}: {between:?}");
        }
    }
}
