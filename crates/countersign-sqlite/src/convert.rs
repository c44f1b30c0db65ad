//! Converts values into the form of columns, and back.

use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{AttemptOutcome, EventKey, EventState, Lease};
use rusqlite::types::Type;
use rusqlite::{Error, Row};

pub(crate) fn key(row: &Row<'_>, at: usize) -> rusqlite::Result<EventKey> {
    row.get(at).map(EventKey::from_bytes)
}

pub(crate) fn time(row: &Row<'_>, at: usize) -> rusqlite::Result<UnixTime> {
    row.get(at).map(UnixTime::from_millis)
}

pub(crate) fn maybe_time(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<UnixTime>> {
    Ok(row.get::<_, Option<i64>>(at)?.map(UnixTime::from_millis))
}

pub(crate) fn count(row: &Row<'_>, at: usize) -> rusqlite::Result<u32> {
    Ok(u32::try_from(row.get::<_, i64>(at)?).unwrap_or(u32::MAX))
}

pub(crate) fn state(row: &Row<'_>, at: usize) -> rusqlite::Result<EventState> {
    let code: i64 = row.get(at)?;
    let state = i16::try_from(code).ok().and_then(EventState::from_code);
    state.ok_or_else(|| Error::FromSqlConversionFailure(at, Type::Integer, "no state of an event".into()))
}

pub(crate) fn outcome(row: &Row<'_>, at: usize) -> rusqlite::Result<AttemptOutcome> {
    let outcome = AttemptOutcome::from_name(row.get_ref(at)?.as_str()?);
    outcome.ok_or_else(|| Error::FromSqlConversionFailure(at, Type::Text, "no outcome of an attempt".into()))
}

pub(crate) fn leased(key: EventKey, fence: i64, until: i64) -> Lease {
    // Counters start above zero.
    Lease::new(key, fence.unsigned_abs(), UnixTime::from_millis(until))
}

pub(crate) fn fence(lease: &Lease) -> i64 {
    // A larger fence belongs to no lease.
    i64::try_from(lease.fence()).unwrap_or(i64::MAX)
}

/// Converts to milliseconds, saturating.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
