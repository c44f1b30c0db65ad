//! Rate limits and circuits of endpoints.

use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{
    CircuitCommand, CircuitReport, ControlAction, ControlChange, Controls, Limit, OpenCircuit, RateLimit,
};
use rusqlite::{Row, ToSql};

use super::audit;
use crate::convert::{millis, time};
use crate::sql::SQL;
use crate::writer::Session;

/// Changes the limit or the circuits of an endpoint. Returns whether that changed anything.
pub(super) fn set(session: &mut Session<'_>, change: &ControlChange) -> rusqlite::Result<bool> {
    let (now, source) = (session.now(), &change.source);
    let is_limit = matches!(change.action, ControlAction::Limit(_) | ControlAction::Unlimit);
    let (kind, column) = if is_limit { (LIMIT, 0) } else { (CIRCUIT, 1) };
    let version = session.first(SQL.control_of, &[source, &kind, &now], |row| row.get::<_, i64>(column))?;
    if !change.precondition.allows(version) {
        return Ok(false);
    }
    match change.action {
        ControlAction::Limit(limit) => {
            let (attempts, per) = (limit.attempts(), millis(limit.per()));
            put(session, change, [&LIMIT, &None::<i64>, &attempts, &per])?;
        }
        ControlAction::OpenCircuit { duration } => {
            let until = now.saturating_add(millis(duration));
            put(session, change, [&CIRCUIT, &until, &None::<i64>, &None::<i64>])?;
        }
        ControlAction::CloseCircuit => {
            put(session, change, [&CIRCUIT, &None::<i64>, &None::<i64>, &None::<i64>])?;
        }
        _ => {
            if session.execute(SQL.control_remove, &[source, &LIMIT])? == 0 {
                return Ok(false);
            }
        }
    }
    audit::write(session, &change.actor, change.action.as_str(), &[], Some(&change.detail()))?;
    Ok(true)
}

fn put(
    session: &mut Session<'_>,
    change: &ControlChange,
    [kind, until, attempts, per]: [&dyn ToSql; 4],
) -> rusqlite::Result<()> {
    let now = session.now();
    let values: [&dyn ToSql; 8] =
        [&change.source, kind, &now, until, attempts, per, &change.actor, &change.reason];
    session.execute(SQL.control_set, &values).map(|_| ())
}

/// Returns the limits, the latest operations on circuits, and the circuits that were reported within the last minute.
pub(super) fn read(session: &mut Session<'_>) -> rusqlite::Result<Controls> {
    let (now, mut controls) = (session.now(), Controls::default());
    session.all(SQL.controls, &[&now], |row| {
        let (source, kind): (String, String) = (row.get(0)?, row.get(1)?);
        if kind == LIMIT {
            controls.limits.extend(limit(source, row)?);
        } else {
            let until: Option<i64> = row.get(4)?;
            let left = until.map(|until| Duration::from_millis(until.abs_diff(now)));
            controls.commands.push(CircuitCommand { id: row.get(2)?, source, left });
        }
        Ok(())
    })?;
    let fresh = now.saturating_sub(SHOWN);
    controls.circuits = session.all(SQL.circuits, &[&fresh], |row| {
        let until: UnixTime = time(row, 2)?;
        let report = CircuitReport {
            source: row.get(0)?,
            left: until.saturating_duration_since(UnixTime::from_millis(now)),
            is_half_open: row.get(3)?,
            pattern: row.get(4)?,
        };
        Ok(OpenCircuit { worker: row.get(1)?, seen_at: time(row, 5)?, report })
    })?;
    Ok(controls)
}

/// Replaces what a worker has reported, and deletes reports that are no longer shown.
pub(crate) fn report(
    session: &mut Session<'_>,
    worker: &str,
    open: &[CircuitReport],
) -> rusqlite::Result<()> {
    let now = session.now();
    session.execute(SQL.circuit_sweep, &[&worker, &now.saturating_sub(SHOWN)])?;
    for CircuitReport { source, left, is_half_open, pattern } in open {
        let until = now.saturating_add(millis(*left));
        session.execute(SQL.circuit_report, &[source, &worker, &until, is_half_open, pattern, &now])?;
    }
    Ok(())
}

/// Returns the limit of a row; `None` for one that this version does not accept.
fn limit(source: String, row: &Row<'_>) -> rusqlite::Result<Option<Limit>> {
    let (attempts, per): (i64, i64) = (row.get(5)?, row.get(6)?);
    let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
    let limit = RateLimit::new(attempts, Duration::from_millis(per.unsigned_abs())).ok();
    let (since, actor, reason) = (time(row, 3)?, row.get(7)?, row.get(8)?);
    Ok(limit.map(|limit| Limit { source, limit, since, actor, reason }))
}

const LIMIT: &str = "limit";
const CIRCUIT: &str = "circuit";
/// The age in milliseconds up to which a report is shown.
const SHOWN: i64 = 60_000;
