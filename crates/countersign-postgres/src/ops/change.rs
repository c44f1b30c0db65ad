use std::collections::BTreeMap;
use std::slice;
use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{
    Action, AttemptOutcome, Change, Changed, EventId, EventState, Page, StoreError, error_pattern,
};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use super::choice::{Choice, Index};
use super::find::Plan;
use super::pattern::{Meant, selected};
use super::rows::all;
use super::search::{Search, filtered};
use crate::convert::storable_text;
use crate::error::unavailable;
use crate::inner::StoreInner;
use crate::session::{Prepared, Purpose, prepare};
use crate::sql::Sql;

/// The events that are left to find, and what was done so far.
struct Progress<'c> {
    change: &'c Change,
    states: Vec<i16>,
    after: Option<EventId>,
    ids: Vec<EventId>,
    /// Events whose rows others hold.
    held: Vec<Meant>,
    /// The entry of the audit log.
    entry: Option<i64>,
    /// Its time.
    at: Option<UnixTime>,
}

impl StoreInner {
    /// Changes events in parts, each a transaction of its own: neither a part nor the search for it holds locks while the next
    /// events are looked for. A row that others hold delays no part; those are waited for at the end, all together, for a second. What is
    /// held then is left alone.
    pub(super) async fn change(&self, change: &Change) -> Result<Changed, StoreError> {
        let Some(states) = states(change) else { return Ok(Changed::default()) };
        let (after, ids, held) = (change.after, Vec::new(), Vec::new());
        let mut progress = Progress { change, states, after, ids, held, entry: None, at: None };
        let (mut looked_at, mut goes_on_after) = (0, None);
        let mut choice = Choice::new(&change.filter, LOOKED_AT.min(change.most_read));
        while progress.missing() > 0 {
            // Of those with another pattern, any number may come before the next one.
            let most = if change.filter.pattern.is_some() { FOUND } else { progress.missing().min(FOUND) };
            let (found, edge) = self.find(&progress, &mut choice, most).await?;
            let (missing, count, last) = (progress.missing(), found.len(), found.last().copied());
            let mut meant = self.meant(progress.purpose(), &change.filter, found).await?;
            let is_cut = meant.len() > missing;
            meant.truncate(missing);
            let last = if is_cut { meant.last().map(|of| of.id) } else { last };
            progress.after = last.or(progress.after);
            let part = if change.dry_run { FOUND } else { PART };
            for part in meant.chunks(part) {
                self.change_part(&mut progress, part, false).await?;
            }
            if is_cut {
                looked_at += meant.len();
            } else if count < most {
                let Some(edge) = edge else { break };
                progress.after = Some(edge);
                looked_at += LOOKED_AT.min(change.most_read.max(1));
            } else {
                // The others have changed since, or have no request any more.
                looked_at += count.saturating_sub(missing - progress.missing());
            }
            if looked_at >= change.most_read.max(1) {
                goes_on_after = progress.after;
                break;
            }
        }
        // Some of the held ones may have been changed by others.
        if progress.missing() == 0 {
            goes_on_after = progress.after;
        }
        let (held, mut waits) = (std::mem::take(&mut progress.held), true);
        for part in held.chunks(PART) {
            waits = waits && self.change_part(&mut progress, part, true).await?;
            if !waits {
                self.change_part(&mut progress, part, false).await?;
            }
        }
        progress.ids.sort_unstable();
        let mut held: Vec<_> = progress.held.iter().map(|of| of.id).collect();
        held.sort_unstable();
        let goes_on_after = goes_on_after.filter(|_| progress.ids.len() < change.limit);
        let changed = Changed::new(progress.ids).with_goes_on_after(goes_on_after);
        Ok(changed.with_at(progress.at).with_held(held))
    }

    /// Finds the next events that are in one of the states and fit the filter, without a lock, and the last event that was looked at,
    /// if there may be more behind it.
    async fn find(
        &self,
        progress: &Progress<'_>,
        choice: &mut Choice,
        most: usize,
    ) -> Result<(Vec<EventId>, Option<EventId>), StoreError> {
        let filter = selected(&progress.change.filter);
        let search = Search {
            filter: &filter,
            purpose: progress.purpose(),
            states: Some(progress.states.clone()),
            after: progress.after.map(EventId::get),
            is_newest_first: false,
            most_read: LOOKED_AT.min(progress.change.most_read),
        };
        let find = |plan: &Plan| {
            let sql = match plan.index {
                Index::Few => &self.statements.find,
                Index::InOrder(_) => &self.statements.find_in_order,
                Index::ByPlace | Index::ByType | Index::ByTenant => &self.statements.find_by_place,
                Index::ByError(_) => &self.statements.find_by_error,
            };
            search.bind_plan(sql, plan, most).bind(progress.states.clone())
        };
        let (found, edge) = self.search(&search, choice, most, find).await?;
        Ok((all(&found, |row| row.try_get(0).map(EventId::new))?, edge.map(EventId::new)))
    }

    /// Changes those of the events whose rows no other transaction holds, or waits for these rows. Returns false if these were not free in
    /// time: nothing is changed then.
    async fn change_part(
        &self,
        progress: &mut Progress<'_>,
        part: &[Meant],
        waits: bool,
    ) -> Result<bool, StoreError> {
        let change = progress.change;
        let ids: Vec<_> = part.iter().map(|of| of.id).collect();
        if change.dry_run {
            let meant = if change.action == Action::Replay { self.with_body(&ids).await? } else { ids };
            progress.ids.extend(meant);
            return Ok(true);
        }
        let sql = self.statement(change.action)?;
        let sql = if waits { &sql.waiting() } else { sql };
        let mut filter = change.filter.clone();
        filter.ids.clone_from(&ids);
        // An event that has another error by now is left alone.
        let errors = change.filter.pattern.as_ref().map(|_| part.iter().filter_map(|of| of.error.clone()));
        let statement = filtered(sql, &filter)
            .bind(&progress.states)
            .bind(errors.map(Iterator::collect::<Vec<_>>))
            .bind(progress.entry)
            .bind(storable_text(&change.actor).into_owned())
            .bind(change.action.as_str())
            .bind(storable_text(&change.detail()).into_owned());
        let statement = match change.action {
            Action::Purge => self.failures(&ids).await?.bind(statement),
            _ => statement,
        };
        let before = progress.ids.len();
        let rows = if waits {
            let Some(rows) = self.query_in_time(HELD, statement).await? else { return Ok(false) };
            rows
        } else {
            self.query(Purpose::Change, statement).await?
        };
        for row in rows {
            let read = || {
                Ok::<_, Error>((
                    EventId::new(row.try_get(0)?),
                    row.try_get(1)?,
                    row.try_get::<Option<i64>, _>(2)?,
                    row.try_get::<Option<i64>, _>(3)?,
                ))
            };
            let (id, is_held, entry, at) = read().map_err(unavailable)?;
            progress.entry = progress.entry.or(entry);
            progress.at = progress.at.or(at.map(UnixTime::from_millis));
            match part.iter().find(|of| of.id == id).filter(|_| is_held) {
                Some(held) if !waits => progress.held.push(held.clone()),
                // While it was waited for, others have changed it.
                Some(_) => {}
                None => progress.ids.push(id),
            }
        }
        // A discarded event lets the next one with its ordering key run.
        if change.action != Action::Purge && progress.ids.len() > before {
            match &change.filter.source {
                Some(source) => self.wake.wake([source]),
                None => self.wake.wake_all(),
            }
        }
        Ok(true)
    }

    /// Returns the kinds of the failed attempts at the events: what is purged no longer runs, so that there are no further ones.
    async fn failures(&self, part: &[EventId]) -> Result<Failures, StoreError> {
        let ids: Vec<_> = part.iter().map(|id| id.get()).collect();
        let outcomes: Vec<_> = AttemptOutcome::ALL
            .into_iter()
            .filter(|outcome| outcome.is_failure())
            .map(AttemptOutcome::as_str)
            .collect();
        let statement = prepare(&self.statements.failures).bind(ids).bind(outcomes);
        let mut failures = Failures::default();
        let read = |row: &PgRow| {
            Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, error_pattern(row.try_get(3)?)))
        };
        for kind in all(&self.query(Purpose::Change, statement).await?, read)? {
            *failures.0.entry(kind).or_default() += 1;
        }
        Ok(failures)
    }

    fn statement(&self, action: Action) -> Result<&Sql, StoreError> {
        match action {
            Action::Replay => Ok(&self.statements.change_replay),
            Action::Discard => Ok(&self.statements.change_discard),
            Action::Purge => Ok(&self.statements.change_purge),
            _ => Err(unavailable(Error::Encode("this action is not known here".into()))),
        }
    }

    /// Returns those of the events whose request is still kept: without it, there is nothing to handle.
    async fn with_body(&self, part: &[EventId]) -> Result<Vec<EventId>, StoreError> {
        let ids: Vec<_> = part.iter().map(|id| id.get()).collect();
        // A dry run alone asks for it.
        let found = self.query(Purpose::Look, prepare(&self.statements.has_body).bind(ids)).await?;
        all(&found, |row| row.try_get(0).map(EventId::new))
    }
}

/// The number of failed attempts by event, type, class and pattern.
#[derive(Default)]
struct Failures(BTreeMap<(i64, String, String, String), i64>);

impl Failures {
    fn bind(self, statement: Prepared<'_>) -> Prepared<'_> {
        let (mut ids, mut types, mut classes, mut patterns, mut numbers) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for ((id, event_type, class, pattern), number) in self.0 {
            ids.push(id);
            types.push(event_type);
            classes.push(class);
            patterns.push(pattern);
            numbers.push(number);
        }
        statement.bind(ids).bind(types).bind(classes).bind(patterns).bind(numbers)
    }
}

impl Progress<'_> {
    /// Returns the number of events that may still be changed.
    fn missing(&self) -> usize {
        self.change.limit.saturating_sub(self.ids.len() + self.held.len())
    }

    /// Returns the purpose of a search: a dry run is a page, and leaves the connection for changes to these.
    const fn purpose(&self) -> Purpose {
        if self.change.dry_run { Purpose::Look } else { Purpose::Change }
    }
}

/// Returns the states of events that the change is done to; none, if the filter asks for another one.
fn states(change: &Change) -> Option<Vec<i16>> {
    use EventState::{Dead, Done, Ready, Unverified};

    let (allowed, by_default): (&[_], &[_]) = match change.action {
        Action::Replay => (&[Dead, Unverified, Done], &[Dead, Unverified]),
        Action::Discard => (&[Dead, Unverified, Ready], &[Dead, Unverified, Ready]),
        // An action that was added later is refused by its statement.
        _ => (&[Dead, Done], &[Dead, Done]),
    };
    let states = match &change.filter.state {
        None => by_default,
        Some(state) if allowed.contains(state) => slice::from_ref(state),
        Some(_) => return None,
    };
    Some(states.iter().map(|state| state.code()).collect())
}

/// Events that are found at once.
const FOUND: usize = 1000;

/// Events that a statement looks at.
const LOOKED_AT: usize = Page::MOST_READ;

/// Events in a transaction: others wait for their rows as long.
const PART: usize = 200;

/// The time for which a change waits for rows that others hold: longer than a transaction of a delivery, and short enough for the operator
/// and the others who have the connection for changes next.
const HELD: Duration = Duration::from_secs(1);
