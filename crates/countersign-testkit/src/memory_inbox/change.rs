use countersign::UnixTime;
use countersign_inbox::{Action, AuditEntry, Change, Changed, EventId, EventState, Filter, error_pattern};

use super::rows::{Place, Row, Rows};

impl Rows {
    pub(super) fn change(&mut self, change: &Change, now: UnixTime) -> Changed {
        // The audit log has the filter as it was given.
        let filter = change.filter.clone().bounded();
        let behind = self.events.iter().filter(|(id, _)| change.after.is_none_or(|after| **id > after));
        let (found, edge) =
            looked_up(behind, most_read(&filter, change.most_read), change.limit, |(_, row)| {
                has(&filter, row, now) && can_be_done(change.action, row.state(), filter.state)
            });
        let ids: Vec<_> = found.into_iter().map(|(id, _)| *id).collect();
        let edge = edge.map(|(id, _)| *id);
        let is_made = !change.dry_run && !ids.is_empty();
        if is_made {
            ids.iter().for_each(|id| self.change_one(change, *id, now));
            self.write_down(AuditEntry {
                id: 0,
                at: now,
                actor: change.actor.clone(),
                action: change.action.as_str().to_owned(),
                event: if let [id] = ids.as_slice() { Some(*id) } else { None },
                count: ids.len() as u64,
                detail: Some(change.detail()),
            });
        }
        Changed::new(ids).with_goes_on_after(edge).with_at(is_made.then_some(now))
    }

    fn change_one(&mut self, change: &Change, id: EventId, now: UnixTime) {
        if change.action == Action::Purge {
            if let Some(row) = self.events.remove(&id) {
                self.uncount_errors(&row);
            }
        } else if let Some(row) = self.events.get_mut(&id) {
            match change.action {
                Action::Replay => row.start_over(&change.actor, now),
                _ => row.place = Place::Done { at: now },
            }
        }
    }
}

/// Returns whether the action applies to this state, if the filter has that state or none.
fn can_be_done(action: Action, state: EventState, asked: Option<EventState>) -> bool {
    match (action, state) {
        (_, EventState::Running) => false,
        (_, EventState::Dead)
        | (Action::Discard, EventState::Ready)
        | (Action::Purge, EventState::Done)
        | (Action::Replay | Action::Discard, EventState::Unverified) => true,
        (Action::Replay, EventState::Done) => asked == Some(EventState::Done),
        (Action::Replay | Action::Purge, EventState::Ready)
        | (Action::Discard, EventState::Done)
        | (Action::Purge, EventState::Unverified) => false,
        // An action of a later version.
        _ => false,
    }
}

/// Returns how many events a search may look at: each id of a filter is looked up.
pub(super) fn most_read(filter: &Filter, most: usize) -> usize {
    if filter.ids.is_empty() { most } else { usize::MAX }
}

/// Looks at the first so many items, and returns up to a limit of those that fit; and the last item that it has looked at, if it has
/// looked at as many as it may before it found enough.
pub(super) fn looked_up<T: Copy>(
    items: impl Iterator<Item = T>,
    most: usize,
    limit: usize,
    fits: impl Fn(T) -> bool,
) -> (Vec<T>, Option<T>) {
    let (mut found, mut last) = (Vec::new(), None);
    let mut items = items.peekable();
    for _ in 0..most.max(1) {
        if found.len() >= limit {
            return (found, None);
        }
        let Some(item) = items.next() else { return (found, None) };
        last = Some(item);
        found.extend(Some(item).filter(|item| fits(*item)));
    }
    let is_over = found.len() >= limit || items.peek().is_none();
    (found, last.filter(|_| !is_over))
}

/// Returns whether all set fields of the filter match.
pub(super) fn has(filter: &Filter, row: &Row, now: UnixTime) -> bool {
    let (event, age) = (&row.event, now.saturating_duration_since(row.stored_at));
    let has_error = |part: &String| {
        row.error
            .as_ref()
            .is_some_and(|error| error.to_ascii_lowercase().contains(&part.to_ascii_lowercase()))
    };
    let has_pattern =
        |pattern: &String| row.error.as_ref().is_some_and(|error| error_pattern(error) == *pattern);
    (filter.ids.is_empty() || filter.ids.contains(&event.id))
        && filter.source.as_ref().is_none_or(|source| *source == event.source)
        && fits(&filter.tenant, &event.tenant)
        && filter.state.is_none_or(|state| state == row.state())
        && fits(&filter.event_type, &event.event_type)
        && fits(&filter.external_id, &event.external_id)
        && filter.error.as_ref().is_none_or(has_error)
        && filter.pattern.as_ref().is_none_or(has_pattern)
        && filter.older_than.is_none_or(|least| age >= least)
        && filter.newer_than.is_none_or(|most| age <= most)
        && filter.replays.is_none_or(|replays| replays == row.replays)
}

/// Returns whether the value matches: a requested value must be present.
fn fits(asked: &Option<String>, found: &Option<String>) -> bool {
    asked.is_none() || asked == found
}
