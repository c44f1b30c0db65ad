use countersign::UnixTime;
use countersign_inbox::{Action, Change, EventId, EventState, Filter};

use super::part::Order;
use super::search::Search;
use super::{audit, errors};
use crate::inbox::order;
use crate::sql::SQL;
use crate::writer::Session;

/// The entry of a change in the audit log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry(Option<(i64, UnixTime)>);

impl Entry {
    /// No entry in the audit log yet.
    pub(super) const NONE: Self = Self(None);

    /// Returns the time of the entry.
    pub(super) fn at(self) -> Option<UnixTime> {
        self.0.map(|(_, at)| at)
    }
}

/// Events to which a change applies, the oldest first.
pub(super) struct Found {
    pub(super) ids: Vec<EventId>,
    /// The last event that was looked at, if there may be more behind it.
    pub(super) edge: Option<EventId>,
}

/// Returns events after an id to which a change applies, the oldest first.
pub(super) fn candidates(
    session: &mut Session<'_>,
    change: &Change,
    after: Option<EventId>,
    limit: usize,
    most_read: usize,
) -> rusqlite::Result<Found> {
    let order = Order::OldestFirst(after.map(EventId::get));
    let Some(search) = search(session, change, &change.filter)? else {
        return Ok(Found { ids: Vec::new(), edge: None });
    };
    let (ids, edge) = search.look(session, order, limit, most_read)?;
    Ok(Found { ids: ids.into_iter().map(EventId::new).collect(), edge: edge.map(EventId::new) })
}

/// Replays, discards or purges those of the events to which the change still applies. All parts of a change share
/// an entry of the audit log.
pub(super) fn apply(
    session: &mut Session<'_>,
    change: &Change,
    found: &[EventId],
    entry: Entry,
) -> rusqlite::Result<(Vec<EventId>, Entry)> {
    let mut filter = change.filter.clone();
    filter.ids = found.to_vec();
    let Some(search) = search(session, change, &filter)? else { return Ok((Vec::new(), entry)) };
    let ids = search.ids(session, Order::OldestFirst(None), found.len())?;
    if ids.is_empty() {
        return Ok((Vec::new(), entry));
    }
    let now = session.now();
    for id in &ids {
        match change.action {
            Action::Replay => {
                session.execute(SQL.change_replay, &[id, &now, &change.actor])?;
                order::hold(session, *id)?;
            }
            Action::Discard => {
                session.execute(SQL.change_discard, &[id, &now])?;
                if let Some((source, key)) = order::key_of(session, *id)? {
                    order::release(session, &source, &key)?;
                }
            }
            // No other action has candidates.
            _ => {
                errors::uncount(session, *id)?;
                session.execute(SQL.change_purge, &[id])?;
            }
        }
    }
    if change.action == Action::Replay {
        session.wake(change.filter.source.as_deref());
    }
    let ids: Vec<_> = ids.into_iter().map(EventId::new).collect();
    let entry = match entry.0 {
        Some((entry, at)) => (audit::extend(session, entry, ids.len())?, at),
        None => {
            let detail = change.detail();
            let id = audit::write(session, &change.actor, change.action.as_str(), &ids, Some(&detail))?;
            (id, UnixTime::from_millis(now))
        }
    };
    Ok((ids, Entry(Some(entry))))
}

fn search(session: &mut Session<'_>, change: &Change, filter: &Filter) -> rusqlite::Result<Option<Search>> {
    let (allowed, by_default) = states(change.action);
    let states = match &change.filter.state {
        None => by_default,
        Some(state) if allowed.contains(state) => std::slice::from_ref(state),
        Some(_) => return Ok(None),
    };
    let mut search = Search::new(session, filter, states)?;
    if change.action == Action::Replay {
        // An event without its request cannot be handled.
        search.and(SQL.has_body);
    }
    Ok(Some(search))
}

/// Returns the states to which the action applies, and those it applies to by default.
const fn states(action: Action) -> (&'static [EventState], &'static [EventState]) {
    match action {
        Action::Replay => (
            &[EventState::Dead, EventState::Unverified, EventState::Done],
            &[EventState::Dead, EventState::Unverified],
        ),
        Action::Discard => (
            &[EventState::Dead, EventState::Unverified, EventState::Ready],
            &[EventState::Dead, EventState::Unverified, EventState::Ready],
        ),
        Action::Purge => (&[EventState::Dead, EventState::Done], &[EventState::Dead, EventState::Done]),
        // Introduced after this store.
        _ => (&[], &[]),
    }
}
