use countersign_inbox::{Action, Change, Changed, EventId, EventState};
use rusqlite::params_from_iter;
use rusqlite::types::Value;

use super::audit;
use super::filter::Condition;
use crate::inbox::REPLAY;
use crate::writer::Session;

/// Replays, discards or purges.
pub(super) fn change(session: &mut Session<'_>, change: &Change) -> rusqlite::Result<Changed> {
    let ids = candidates(session, change)?;
    if change.dry_run || ids.is_empty() {
        return Ok(Changed::new(ids));
    }
    let now = session.now();
    for id in &ids {
        match change.action {
            Action::Replay => session.execute(REPLAY, &[&id.get(), &now])?,
            Action::Discard => session.execute(DISCARD, &[&id.get(), &now])?,
            // Nothing else has candidates.
            _ => session.execute(PURGE, &[&id.get()])?,
        };
    }
    if change.action == Action::Replay {
        session.wake();
    }
    audit::write(session, &change.actor, change.action.as_str(), &ids, Some(&change.detail()))?;
    Ok(Changed::new(ids))
}

fn candidates(session: &Session<'_>, change: &Change) -> rusqlite::Result<Vec<EventId>> {
    let (allowed, by_default) = states(change.action);
    let states = match &change.filter.state {
        None => by_default,
        Some(state) if allowed.contains(state) => std::slice::from_ref(state),
        Some(_) => return Ok(Vec::new()),
    };
    let mut condition = Condition::new(&change.filter, session.now());
    let codes: Vec<_> = states.iter().map(|state| state.code().to_string()).collect();
    condition.and(
        &format!("state IN ({}) AND id > ?", codes.join(",")),
        Value::Integer(change.after.map_or(i64::MIN, EventId::get)),
    );
    if change.action == Action::Replay {
        // Without its request, there is nothing to be handled.
        condition.sql.push_str(" AND EXISTS (SELECT 1 FROM wh_body WHERE event_id = wh_event.id)");
    }
    let (sql, values) = condition.limited("SELECT id FROM wh_event", "id", change.limit);
    let mut statement = session.connection().prepare(&sql)?;
    statement.query_map(params_from_iter(values), |row| row.get(0).map(EventId::new))?.collect()
}

/// To what it can be done, and to what it is done when nothing is said.
const fn states(action: Action) -> (&'static [EventState], &'static [EventState]) {
    match action {
        Action::Replay => (&[EventState::Dead, EventState::Done], &[EventState::Dead]),
        Action::Discard => (&[EventState::Dead, EventState::Ready], &[EventState::Dead, EventState::Ready]),
        Action::Purge => (&[EventState::Dead, EventState::Done], &[EventState::Dead, EventState::Done]),
        // Made after this store.
        _ => (&[], &[]),
    }
}

const DISCARD: &str = "UPDATE wh_event SET state = 2, finished_at = ?2 WHERE id = ?1";
const PURGE: &str = "DELETE FROM wh_event WHERE id = ?1";
