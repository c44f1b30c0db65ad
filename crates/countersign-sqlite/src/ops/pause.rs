//! Pauses of endpoints.

use std::time::Duration;

use countersign_inbox::{Pause, PauseAction, PauseChange};

use super::audit;
use crate::convert::{maybe_time, millis, time};
use crate::sql::SQL;
use crate::writer::Session;

/// Pauses or resumes an endpoint. Returns whether that changed anything.
pub(super) fn set(session: &mut Session<'_>, change: &PauseChange) -> rusqlite::Result<bool> {
    let (now, source) = (session.now(), &change.source);
    let version = session.first(SQL.pause_of, &[source, &now], |row| row.get::<_, i64>(0))?;
    if !change.precondition.allows(version) {
        return Ok(false);
    }
    match change.action {
        PauseAction::Pause { duration } => {
            // Its version is another one than that of the pause that it replaces.
            let since = version.map_or(now, |version| now.max(version.saturating_add(1)));
            let until = duration.map(|duration: Duration| now.saturating_add(millis(duration)));
            session.execute(SQL.pause, &[source, &since, &until, &change.actor, &change.reason])?;
        }
        _ => {
            if version.is_none() {
                return Ok(false);
            }
            session.execute(SQL.unpause, &[source])?;
            // The pause held for names below this one, too.
            session.wake(None);
        }
    }
    audit::write(session, &change.actor, change.action.as_str(), &[], Some(&change.detail()))?;
    Ok(true)
}

/// Returns whether a pause holds for the endpoint or the subscription now.
pub(crate) fn is_paused(session: &mut Session<'_>, source: &str) -> rusqlite::Result<bool> {
    for name in Pause::names_for(source) {
        if has_pause(session, name)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns whether this very name is paused now.
fn has_pause(session: &mut Session<'_>, name: &str) -> rusqlite::Result<bool> {
    let now = session.now();
    Ok(session.first(SQL.pause_of, &[&name, &now], |_| Ok(()))?.is_some())
}

/// Returns all active pauses, by endpoint.
pub(super) fn read(session: &mut Session<'_>) -> rusqlite::Result<Vec<Pause>> {
    let now = session.now();
    session.all(SQL.pauses, &[&now], |row| {
        Ok(Pause {
            source: row.get(0)?,
            since: time(row, 1)?,
            until: maybe_time(row, 2)?,
            actor: row.get(3)?,
            reason: row.get(4)?,
        })
    })
}
