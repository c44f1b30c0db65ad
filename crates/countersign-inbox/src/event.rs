//! The stored form of a delivery.

mod head;
mod redaction;
mod state;

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use countersign::{Delivery, Field, UnixTime};

use crate::identity::{Identity, IdentityPolicy};
use crate::key::{EventKey, bounded};

pub use head::{HeadError, StoredHead};
pub use state::{DeadDuplicates, EventId, EventState, UnknownVersions};

/// A verified delivery that is to be stored in an [`InboxStore`](crate::InboxStore).
#[derive(Clone)]
#[non_exhaustive]
pub struct NewEvent {
    /// The identity under which it is remembered.
    pub identity: Identity,
    /// The name of the endpoint.
    pub source: String,
    /// The tenant, if an endpoint serves several.
    pub tenant: Option<String>,
    /// The slug of the provider.
    pub provider: String,
    /// The provider's id of the delivery; [bounded](Self::bounded) in a store.
    pub external_id: Option<String>,
    /// The type of the event; [bounded](Self::bounded) in a store.
    pub event_type: Option<String>,
    /// The ordering key: events of the endpoint with the same key are handled one after the other, see
    /// [`Endpoint::with_ordering_key`](crate::Endpoint::with_ordering_key). `None` for an event that waits for no other;
    /// [bounded](Self::bounded) in a store.
    pub ordering_key: Option<String>,
    /// The time of verification, by the receiver's clock. Later verifications use this time.
    pub received_at: UnixTime,
    /// The part of the request before the body.
    pub head: StoredHead,
    /// The body, as it was received.
    pub body: Bytes,
    /// The [`traceparent`](https://www.w3.org/TR/trace-context/) of the request.
    pub traceparent: Option<String>,
    /// The policy if the event is already a dead letter.
    pub dead_duplicates: DeadDuplicates,
}

/// A stored event, as handlers receive it.
#[derive(Clone)]
pub struct StoredEvent {
    /// The id of the event in this store.
    pub id: EventId,
    /// The key under which it is remembered.
    pub key: EventKey,
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
    /// The ordering key, if the event has one.
    pub ordering_key: Option<String>,
    /// The time of verification, by the receiver's clock.
    pub received_at: UnixTime,
    /// The part of the request before the body.
    pub head: StoredHead,
    /// The body, as it was received.
    pub body: Bytes,
    /// The [`traceparent`](https://www.w3.org/TR/trace-context/) of the request.
    pub traceparent: Option<String>,
}

impl fmt::Debug for NewEvent {
    /// Omits the body, which may contain anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEvent")
            .field("source", &self.source)
            .field("tenant", &self.tenant)
            .field("provider", &self.provider)
            .field("external_id", &self.external_id)
            .field("event_type", &self.event_type)
            .field("ordering_key", &self.ordering_key)
            .field("received_at", &self.received_at)
            .field("head", &self.head)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for StoredEvent {
    /// Omits the body, which may contain anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredEvent")
            .field("id", &self.id)
            .field("key", &self.key)
            .field("source", &self.source)
            .field("tenant", &self.tenant)
            .field("provider", &self.provider)
            .field("external_id", &self.external_id)
            .field("event_type", &self.event_type)
            .field("ordering_key", &self.ordering_key)
            .field("received_at", &self.received_at)
            .field("head", &self.head)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl NewEvent {
    /// Creates an event from a delivery to an endpoint. A delivery that nothing identifies gets a random key.
    #[must_use]
    pub fn new(identity: &IdentityPolicy, delivery: &Delivery, head: StoredHead) -> Self {
        Self::identified(identity.identify_or_random(delivery), identity.name(), delivery, head)
    }

    /// Creates an event whose identity is known, from a delivery to the endpoint of this name.
    pub(crate) fn identified(
        identity: Identity,
        source: &str,
        delivery: &Delivery,
        head: StoredHead,
    ) -> Self {
        let text = |field: Option<Field<&str>>| field.map(|field| bounded(field.as_str()).into_owned());
        Self {
            identity,
            source: source.to_owned(),
            tenant: delivery.tenant().map(str::to_owned),
            provider: delivery.provider().slug.to_string(),
            external_id: text(IdentityPolicy::id(delivery)),
            event_type: text(delivery.event_type()),
            ordering_key: None,
            received_at: delivery.received_at(),
            head,
            body: delivery.body().clone(),
            traceparent: None,
            dead_duplicates: DeadDuplicates::default(),
        }
    }

    /// Bounds the texts that a provider chooses and stores index. For stores. Of an
    /// [`external_id`](Self::external_id), an [`event_type`](Self::event_type) or an [`ordering_key`](Self::ordering_key) above
    /// 512 bytes, the beginning and the SHA-256 are kept. The event itself is remembered by its [key](Identity::key), a digest of the whole id.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let texts = [&mut self.external_id, &mut self.event_type, &mut self.ordering_key];
        for text in texts.into_iter().flatten() {
            if let Cow::Owned(shorter) = bounded(text) {
                *text = shorter;
            }
        }
        self
    }

    /// Returns the approximate memory of the event while it waits for a store, in bytes: the body, and the head twice,
    /// as it was received and as it is stored.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        held_bytes(&self.head, &self.body)
    }

    /// Returns the event in its stored form, with the id that the store gave it.
    #[must_use]
    pub fn stored_as(self, id: EventId) -> StoredEvent {
        StoredEvent {
            id,
            key: self.identity.key(),
            source: self.source,
            tenant: self.tenant,
            provider: self.provider,
            external_id: self.external_id,
            event_type: self.event_type,
            ordering_key: self.ordering_key,
            received_at: self.received_at,
            head: self.head,
            body: self.body,
            traceparent: self.traceparent,
        }
    }
}

impl StoredEvent {
    /// Returns the approximate memory of the event while it is handled, in bytes: the body, and the head twice, as it was
    /// stored and as it is verified.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        held_bytes(&self.head, &self.body)
    }
}

/// Returns the approximate memory of a request on its way into a store or out of it, in bytes.
pub(crate) fn held_bytes(head: &StoredHead, body: &Bytes) -> usize {
    REST.saturating_add(head.held_bytes().saturating_mul(2)).saturating_add(body.len())
}

/// Names, digests and the other fields of an event.
const REST: usize = 1 << 10;
