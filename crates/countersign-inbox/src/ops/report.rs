use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use countersign::UnixTime;
use serde_json::Value;

use super::{Attempt, Pause};
use crate::event::{EventId, EventState, StoredHead};

/// The number of events by endpoint and state.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Stats {
    /// The endpoints, by name.
    pub sources: Vec<SourceStats>,
    /// The active pauses, by the name that was paused: that of an endpoint, with or without events, or of a subscription.
    pub pauses: Vec<Pause>,
}

impl Stats {
    /// Returns the pause that [holds](Pause::holds_for) for an endpoint or a subscription, if there is one; the one that ends last of
    /// several.
    #[must_use]
    pub fn pause(&self, source: &str) -> Option<&Pause> {
        let holding = self.pauses.iter().filter(|pause| pause.holds_for(source));
        holding.max_by_key(|pause| (pause.until.is_none(), pause.until, pause.source.len()))
    }
}

/// The number of events of an endpoint by state.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SourceStats {
    /// The name of the endpoint.
    pub source: String,
    /// Waiting events, due or not.
    pub ready: u64,
    /// Events under a lease.
    pub running: u64,
    /// Finished events that are remembered.
    pub done: u64,
    /// Dead letters.
    pub dead: u64,
    /// Events whose stored request no longer verifies.
    pub unverified: u64,
    /// The time for which the oldest due event has been due: the value to alert on. An event whose lease has expired
    /// is due since the end of the lease.
    pub oldest_due: Option<Duration>,
}

impl SourceStats {
    /// Returns the number of events that wait or run. Dead letters and unverified events are not among them: an operator has to do
    /// something for these.
    #[must_use]
    pub const fn backlog(&self) -> u64 {
        self.ready.saturating_add(self.running)
    }
}

/// An event in a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Summary {
    /// The id of the event.
    pub id: EventId,
    /// The name of the endpoint.
    pub source: String,
    /// The tenant.
    pub tenant: Option<String>,
    /// The slug of the provider.
    pub provider: String,
    /// The provider's id of the delivery.
    pub external_id: Option<String>,
    /// The type of the event.
    pub event_type: Option<String>,
    /// The state of the event.
    pub state: EventState,
    /// The number of attempts since it was stored or replayed.
    pub attempt: u32,
    /// The number of replays.
    pub replays: u32,
    /// The time of verification, by the receiver's clock.
    pub received_at: UnixTime,
    /// The time of storing, by the clock of the store.
    pub stored_at: UnixTime,
    /// The time from which its age counts: of storing or of the latest replay. Later if its handler has kept it since.
    pub queued_at: UnixTime,
    /// The due time, if it is ready.
    pub due_at: Option<UnixTime>,
    /// The time at which it was done, or became a dead letter.
    pub finished_at: Option<UnixTime>,
    /// The response code of the latest attempt, if its handler has [set one](crate::Context::set_response_code).
    pub code: Option<u16>,
    /// The last error, or the reason for skipping it.
    pub error: Option<String>,
}

impl Summary {
    /// Returns the number of retries since it was stored or replayed: the attempts after the first one.
    #[must_use]
    pub const fn retries(&self) -> u32 {
        self.attempt.saturating_sub(1)
    }

    /// Returns the kind of the rejection for which the event waits as unverified, as the worker has written it into the error:
    /// `signature_mismatch`.
    #[must_use]
    pub fn rejection_kind(&self) -> Option<&str> {
        let (_, kind) = self.unverified_error()?.split_once('(')?;
        kind.split([':', ')']).next()
    }

    /// Returns the cure that the worker has written into the error of an unverified event.
    #[must_use]
    pub fn rejection_cure(&self) -> Option<&str> {
        Some(self.unverified_error()?.rsplit_once("): ")?.1)
    }

    fn unverified_error(&self) -> Option<&str> {
        self.error.as_deref().filter(|_| self.state == EventState::Unverified)
    }
}

/// All data of an event.
#[derive(Clone)]
pub struct Detail {
    /// The fields that lists contain.
    pub summary: Summary,
    /// The ordering key: see [`Endpoint::with_ordering_key`](crate::Endpoint::with_ordering_key).
    pub ordering_key: Option<String>,
    /// The event with the same ordering key that is handled before this one, if it is ready: the one that runs, or the earliest one
    /// that is not handled.
    pub waits_for: Option<EventId>,
    /// The latest fence.
    pub fence: u64,
    /// The worker that holds the lease.
    pub worker: Option<String>,
    /// The part of the request before the body, if it is still stored.
    pub head: Option<StoredHead>,
    /// The body, if it is still stored.
    pub body: Option<Bytes>,
    /// The newest [200](Self::MOST_ATTEMPTS) attempts, the oldest of them first, except successes above a
    /// [rate](crate::InboxBuilder::with_recorded_successes) and attempts beyond their retention.
    pub attempts: Vec<Attempt>,
    /// The number of recorded attempts before these. It is counted up to 9,800.
    pub earlier_attempts: u64,
}

impl Detail {
    /// The largest number of attempts of a [`Detail`]. An event that is retried without an end has any number of them.
    pub const MOST_ATTEMPTS: usize = 200;
    /// The largest number of attempts that are counted for a [`Detail`], these included. For stores.
    pub const MOST_COUNTED_ATTEMPTS: usize = 10_000;
}

impl fmt::Debug for Detail {
    /// Omits the body, which may contain anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detail")
            .field("summary", &self.summary)
            .field("ordering_key", &self.ordering_key)
            .field("waits_for", &self.waits_for)
            .field("fence", &self.fence)
            .field("worker", &self.worker)
            .field("head", &self.head)
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .field("attempts", &self.attempts)
            .field("earlier_attempts", &self.earlier_attempts)
            .finish()
    }
}

/// An entry of the audit log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuditEntry {
    /// The id of the entry.
    pub id: i64,
    /// The time, by the clock of the store.
    pub at: UnixTime,
    /// The actor; for a duplicate of a dead letter, the slug of its provider.
    pub actor: String,
    /// `replay`, `discard`, `purge`, `requeue`, `replace`, `reveal`, `pause`, `resume`, `limit`, `unlimit`, `open_circuit` or `close_circuit`.
    pub action: String,
    /// The event, if there was exactly one.
    pub event: Option<EventId>,
    /// The number of events; 0 for a pause, a limit or a circuit.
    pub count: u64,
    /// The text of [`Change::detail`](crate::Change::detail), of [`PauseChange::detail`](crate::PauseChange::detail), of [`ControlChange::detail`](crate::ControlChange::detail) or of
    /// [`Reveal::detail`](crate::Reveal::detail); `None` for a duplicate.
    pub detail: Option<String>,
}

impl AuditEntry {
    /// Returns whether this is a change of several events whose filter fits the event, and that was made while the event was
    /// stored. The log keeps filters and counts, and no ids of events: state, error and age of the event at that
    /// time are unknown.
    #[must_use]
    pub fn may_include(&self, event: &Summary) -> bool {
        if self.event.is_some() || self.count == 0 || self.at < event.stored_at {
            return false;
        }
        let detail: Option<Value> =
            self.detail.as_deref().and_then(|detail| serde_json::from_str(detail).ok());
        let Some(filter) = detail.as_ref().and_then(|detail| detail.get("filter")) else { return false };
        let is_named = filter
            .get("ids")
            .and_then(Value::as_array)
            .is_none_or(|ids| ids.iter().any(|id| id.as_i64() == Some(event.id.get())));
        let fields = [
            ("source", Some(&event.source)),
            ("tenant", event.tenant.as_ref()),
            ("event_type", event.event_type.as_ref()),
            ("external_id", event.external_id.as_ref()),
        ];
        let fits = |(name, value): &(&str, Option<&String>)| {
            filter
                .get(*name)
                .and_then(Value::as_str)
                .is_none_or(|wanted| value.is_some_and(|value| value == wanted))
        };
        is_named && fields.iter().all(fits)
    }
}

#[cfg(test)]
mod tests {
    use countersign::UnixTime;

    use super::*;

    #[test]
    fn the_backlog_is_what_waits_or_runs() {
        let stats =
            SourceStats { ready: 3, running: 2, done: 9, dead: 4, unverified: 7, ..SourceStats::default() };
        assert_eq!(stats.backlog(), 5);
    }

    #[test]
    fn of_several_pauses_the_one_that_ends_last_is_returned() {
        let pause = |source: &str, until: Option<i64>| {
            let (since, until) = (UnixTime::from_secs(0), until.map(UnixTime::from_secs));
            Pause { source: source.to_owned(), since, until, actor: "ada".to_owned(), reason: None }
        };
        let shown = |pauses: &[Pause], source| {
            let stats = Stats { sources: Vec::new(), pauses: pauses.to_vec() };
            stats.pause(source).map(|pause| pause.source.clone())
        };
        let of_both = |endpoint, own| shown(&[pause("stripe", endpoint), pause("stripe/a", own)], "stripe/a");
        assert_eq!(of_both(Some(1), Some(2)).as_deref(), Some("stripe/a"));
        assert_eq!(of_both(Some(2), Some(1)).as_deref(), Some("stripe"));
        assert_eq!(of_both(None, Some(2)).as_deref(), Some("stripe"));
        assert_eq!(of_both(Some(2), None).as_deref(), Some("stripe/a"));
        assert_eq!(of_both(None, None).as_deref(), Some("stripe/a"));
        assert_eq!(shown(&[pause("stripe", None)], "stripe-2/a"), None);
        assert_eq!(shown(&[pause("stripe/a", None)], "stripe"), None);
    }
}
