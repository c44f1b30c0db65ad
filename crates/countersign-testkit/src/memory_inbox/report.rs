use std::cmp::Reverse;

use countersign::UnixTime;
use countersign_inbox::{
    AuditEntry, Counted, Detail, ErrorPattern, EventId, EventState, Filter, Listing, Page, Reveal,
    SourceStats, Stats, Summary,
};

use super::change::{has, looked_up, most_read};
use super::rows::{Place, Row, Rows};

impl Rows {
    pub(super) fn list(&self, filter: &Filter, page: Page, now: UnixTime) -> Listing {
        let newest_first = self.events.iter().rev();
        let behind = newest_first.filter(|(id, _)| page.after.is_none_or(|last| id.get() < last));
        let (found, edge) = looked_up(behind, most_read(filter, page.most_read), page.limit, |(_, row)| {
            has(filter, row, now)
        });
        let events = found.into_iter().map(|(_, row)| row.summary()).collect();
        Listing { events, goes_on_after: edge.map(|(id, _)| id.get()) }
    }

    pub(super) fn count(&self, filter: &Filter, now: UnixTime) -> Counted {
        let listing = self.list(filter, Page::first(usize::MAX), now);
        Counted { number: listing.events.len() as u64, is_all: listing.goes_on_after.is_none() }
    }

    pub(super) fn show(&self, id: EventId) -> Option<Detail> {
        let row = self.events.get(&id)?;
        let worker = match &row.place {
            Place::Running { worker, .. } => Some(worker.clone()),
            _ => None,
        };
        let earlier = row.attempts.len().saturating_sub(Detail::MOST_ATTEMPTS);
        let most_earlier = Detail::MOST_COUNTED_ATTEMPTS - Detail::MOST_ATTEMPTS;
        Some(Detail {
            summary: row.summary(),
            ordering_key: row.event.ordering_key.clone(),
            waits_for: self.waits_for(row),
            fence: row.fence,
            worker,
            head: Some(row.event.head.clone()),
            body: Some(row.event.body.clone()),
            attempts: row.attempts.iter().skip(earlier).cloned().collect(),
            earlier_attempts: earlier.min(most_earlier) as u64,
        })
    }

    pub(super) fn reveal(&mut self, reveal: &Reveal, now: UnixTime) -> Option<Detail> {
        let detail = self.show(reveal.event)?;
        self.write_down(AuditEntry {
            id: 0,
            at: now,
            actor: reveal.actor.clone(),
            action: "reveal".to_owned(),
            event: Some(reveal.event),
            count: 1,
            detail: Some(reveal.detail()),
        });
        Some(detail)
    }

    pub(super) fn audit(&self, event: Option<EventId>, page: Page) -> Vec<AuditEntry> {
        let is_shown = |entry: &&AuditEntry| {
            page.after.is_none_or(|last| entry.id < last) && (event.is_none() || entry.event == event)
        };
        self.audit.iter().rev().filter(is_shown).take(page.limit).cloned().collect()
    }

    pub(super) fn errors(&self, source: Option<&str>, limit: usize) -> Vec<ErrorPattern> {
        let is_meant = |of: &&ErrorPattern| source.is_none_or(|source| source == of.source);
        let mut errors: Vec<_> = self.errors.iter().filter(is_meant).cloned().collect();
        errors.sort_by_key(|of| Reverse(of.last_at));
        errors.truncate(limit);
        errors
    }

    pub(super) fn stats(&self, now: UnixTime) -> Stats {
        let mut sources: Vec<SourceStats> = Vec::new();
        let mut rows: Vec<_> = self.events.values().collect();
        rows.sort_by_key(|row| &row.event.source);
        for of_one in rows.chunk_by(|one, next| one.event.source == next.event.source) {
            let count = |state| of_one.iter().filter(|row| row.state() == state).count() as u64;
            let due = of_one.iter().filter_map(|row| row.due_since()).filter(|since| *since <= now);
            sources.push(SourceStats {
                source: of_one.first().map(|row| row.event.source.clone()).unwrap_or_default(),
                ready: count(EventState::Ready),
                running: count(EventState::Running),
                done: count(EventState::Done),
                dead: count(EventState::Dead),
                unverified: count(EventState::Unverified),
                oldest_due: due.min().map(|due_at| now.saturating_duration_since(due_at)),
            });
        }
        Stats { sources, pauses: self.active_pauses(now) }
    }
}

impl Row {
    /// Returns the time at which the event became or becomes due: after an expired lease, the end of that lease.
    fn due_since(&self) -> Option<UnixTime> {
        match self.place {
            Place::Running { until, .. } => Some(until),
            _ => self.due_at(),
        }
    }

    fn due_at(&self) -> Option<UnixTime> {
        matches!(self.place, Place::Ready).then_some(self.due_at)
    }

    fn summary(&self) -> Summary {
        let event = &self.event;
        Summary {
            id: event.id,
            source: event.source.clone(),
            tenant: event.tenant.clone(),
            provider: event.provider.clone(),
            external_id: event.external_id.clone(),
            event_type: event.event_type.clone(),
            state: self.state(),
            attempt: self.attempt,
            replays: self.replays,
            received_at: event.received_at,
            stored_at: self.stored_at,
            queued_at: self.since,
            due_at: self.due_at(),
            finished_at: match self.place {
                Place::Done { at } | Place::Dead { at } => Some(at),
                Place::Ready | Place::Running { .. } | Place::Unverified => None,
            },
            code: self.code,
            error: self.error.clone(),
        }
    }
}
