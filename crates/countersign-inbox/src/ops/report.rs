use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use countersign::UnixTime;

use crate::event::{EventId, EventState, StoredHead};

/// How many events are where.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Stats {
    /// Per endpoint, by name.
    pub sources: Vec<SourceStats>,
}

/// How many events of an endpoint are where.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SourceStats {
    /// The name of the endpoint.
    pub source: String,
    /// That wait, due or not.
    pub ready: u64,
    /// Under a lease.
    pub running: u64,
    /// That are done and remembered.
    pub done: u64,
    /// Dead letters.
    pub dead: u64,
    /// Events whose stored request does not verify any more.
    pub unverified: u64,
    /// How long the oldest of those that are due has been due: the one number to be alerted by. What runs under a lease
    /// that has expired is due since the end of the lease.
    pub oldest_due: Option<Duration>,
}

/// An event in a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Summary {
    /// Its number.
    pub id: EventId,
    /// The name of the endpoint.
    pub source: String,
    /// Whose it is.
    pub tenant: Option<String>,
    /// The slug of the provider.
    pub provider: String,
    /// The provider's id of it.
    pub external_id: Option<String>,
    /// Its type.
    pub event_type: Option<String>,
    /// Where it is.
    pub state: EventState,
    /// Attempts since it was stored or replayed.
    pub attempt: u32,
    /// How often it was replayed.
    pub replays: u32,
    /// When it was verified, by the clock of the receiver.
    pub received_at: UnixTime,
    /// When it was stored, by the clock of the store.
    pub stored_at: UnixTime,
    /// When it is due, if it is ready.
    pub due_at: Option<UnixTime>,
    /// When it was done, or became a dead letter.
    pub finished_at: Option<UnixTime>,
    /// The last error, or why it was skipped.
    pub error: Option<String>,
}

/// Everything about an event.
#[derive(Clone)]
pub struct Detail {
    /// What lists show.
    pub summary: Summary,
    /// The latest fence.
    pub fence: u64,
    /// Who has the lease.
    pub worker: Option<String>,
    /// Everything of the request that came before the body, if it is still kept.
    pub head: Option<StoredHead>,
    /// The body, if it is still kept.
    pub body: Option<Bytes>,
    /// The attempts that failed, the oldest first.
    pub attempts: Vec<Attempt>,
}

impl fmt::Debug for Detail {
    /// Shows no body: it may hold anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detail")
            .field("summary", &self.summary)
            .field("fence", &self.fence)
            .field("worker", &self.worker)
            .field("head", &self.head)
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .field("attempts", &self.attempts)
            .finish()
    }
}

/// An attempt that failed, or was skipped.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attempt {
    /// Which one.
    pub attempt: u32,
    /// Its fence.
    pub fence: u64,
    /// When it ended, by the clock of the store.
    pub ended_at: UnixTime,
    /// `retry`, `dead` or `skip`.
    pub outcome: String,
    /// What happened.
    pub error: String,
}

/// An entry of the audit log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuditEntry {
    /// Its number.
    pub id: i64,
    /// When, by the clock of the store.
    pub at: UnixTime,
    /// Who; where a duplicate of a dead letter did it, the slug of its provider.
    pub actor: String,
    /// `replay`, `discard`, `purge` or `requeue`.
    pub action: String,
    /// The event, where it was exactly one.
    pub event: Option<EventId>,
    /// To how many events.
    pub count: u64,
    /// What [`Change::detail`](crate::Change::detail) says; of a duplicate, nothing.
    pub detail: Option<String>,
}
