use std::fmt;
use std::time::Duration;

use countersign::{Delivery, Event, EventCatalog};

use super::handlers::Handlers;
use crate::event::UnknownVersions;
use crate::handling::{Backoff, CircuitBreaker, Context, Handler, Outcome};
use crate::ops::RateLimit;
use crate::selection::{OrderingKey, Selection};

/// A consumer of the deliveries to an [`Endpoint`](crate::Endpoint), beside others: a partner, or a part of the program.
///
/// Each has its own filters, handlers, retries, dead letters, statistics and place in the backlog. One that fails or is slow
/// neither blocks nor repeats the others. The events of a subscription have the name `ENDPOINT/SUBSCRIPTION` in the store, in
/// metrics and for the command `countersign inbox`.
///
/// ```
/// use countersign::{Delivery, Event, EventCatalog, Verifier};
/// use countersign_inbox::{Context, Endpoint, Subscription};
/// use serde::Deserialize;
///
/// #[derive(Deserialize, EventCatalog)]
/// #[event("invoice.paid")]
/// struct InvoicePaid {
///     amount: u64,
/// }
///
/// async fn book(invoice: Event<InvoicePaid>, context: Context) {}
/// async fn copy(delivery: Delivery, context: Context) {}
///
/// # fn endpoint(verifier: Verifier) -> Endpoint {
/// Endpoint::new("stripe", verifier)
///     .with_subscription(Subscription::new("billing").on(book).with_filter("large", "data.amount >= 1000"))
///     .with_subscription(Subscription::new("archive").otherwise(copy).with_concurrency(1))
/// # }
/// ```
///
/// # How a delivery is stored
///
/// The endpoint verifies it once. Its own types, filters and sampling come first, and those of each subscription after them.
/// Then it is stored once for each subscription that selects it, body included, at the same time: stores write what comes at
/// the same time in one transaction where they can. The provider gets a 2xx once all of them are stored. Otherwise it gets a
/// 503; when it sends the delivery again, those that have it answer as for a duplicate, and the others store it. A delivery
/// without an id is new for each of them each time.
///
/// # When subscriptions change
///
/// A new one gets the deliveries that come from then on. Events of one that was removed wait in the store, and the log names
/// them. When an endpoint gets its first subscription, events that are stored under its own name need their handlers until
/// they are done: keep the former `Endpoint` in a second inbox with
/// [`Inbox::start_working`](crate::Inbox::start_working).
#[must_use]
pub struct Subscription {
    pub(super) name: String,
    pub(super) handlers: Handlers,
    pub(super) selection: Selection,
    pub(super) ordering_key: Option<OrderingKey>,
}

impl Subscription {
    /// Creates a subscription. Its name has no `/`; it is part of the key of events, and must stay the same for as long as ids
    /// are remembered. The defaults are those of an [`Endpoint`](crate::Endpoint).
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            handlers: Handlers::default(),
            selection: Selection::default(),
            ordering_key: None,
        }
    }

    /// Adds a handler for events of the types of `T`: see [`Endpoint::on`](crate::Endpoint::on).
    pub fn on<T: EventCatalog + Send + 'static>(mut self, handler: impl Handler<Event<T>>) -> Self {
        self.handlers.add::<T>(handler);
        self
    }

    /// Adds a handler with a state: see [`Endpoint::on_with`](crate::Endpoint::on_with).
    pub fn on_with<T, S, F, R>(self, state: S, handler: F) -> Self
    where
        T: EventCatalog + Send + 'static,
        S: Clone + Send + Sync + 'static,
        F: Fn(S, Event<T>, Context) -> R + Send + Sync + 'static,
        R: Future<Output: Into<Outcome>> + Send + 'static,
    {
        self.on(move |event: Event<T>, context: Context| handler(state.clone(), event, context))
    }

    /// Sets the handler of all other events: see [`Endpoint::otherwise`](crate::Endpoint::otherwise).
    pub fn otherwise(mut self, handler: impl Handler<Delivery>) -> Self {
        self.handlers.set_otherwise(handler);
        self
    }

    /// Sets the handler of all other events, with a state: see [`Endpoint::on_with`](crate::Endpoint::on_with).
    pub fn otherwise_with<S, F, R>(self, state: S, handler: F) -> Self
    where
        S: Clone + Send + Sync + 'static,
        F: Fn(S, Delivery, Context) -> R + Send + Sync + 'static,
        R: Future<Output: Into<Outcome>> + Send + 'static,
    {
        self.otherwise(move |delivery: Delivery, context: Context| handler(state.clone(), delivery, context))
    }

    /// Stores deliveries of these event types only: see [`Endpoint::with_types`](crate::Endpoint::with_types).
    pub fn with_types<T: Into<String>>(mut self, patterns: impl IntoIterator<Item = T>) -> Self {
        self.selection.add_types(patterns);
        self
    }

    /// Stores only deliveries of which a condition is true: see [`Endpoint::with_filter`](crate::Endpoint::with_filter).
    pub fn with_filter(mut self, name: impl Into<String>, condition: &str) -> Self {
        self.selection.add_filter(name.into(), condition);
        self
    }

    /// Stores this share of the deliveries, above 0 and at most 1: see
    /// [`Endpoint::with_sampling`](crate::Endpoint::with_sampling). Subscriptions with the same share do not have the same
    /// sample; sampling of the endpoint leaves out the same deliveries for all.
    pub fn with_sampling(mut self, share: f64) -> Self {
        self.selection.set_share(share);
        self
    }

    /// Handles events with the same value one after the other: see
    /// [`Endpoint::with_ordering_key`](crate::Endpoint::with_ordering_key). Without it, the key of the endpoint counts. Events of
    /// other subscriptions are never waited for.
    pub fn with_ordering_key(mut self, path: &str) -> Self {
        self.ordering_key = Some(OrderingKey::at(path));
        self
    }

    /// Reads the ordering key with a function: see
    /// [`Endpoint::with_ordering_key_from`](crate::Endpoint::with_ordering_key_from).
    pub fn with_ordering_key_from(
        mut self,
        key_of: impl Fn(&Delivery) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.ordering_key = Some(OrderingKey::from_fn(key_of));
        self
    }

    /// Sets the number of concurrent events in this process. The default is 8.
    pub fn with_concurrency(mut self, concurrency: usize) -> Self {
        self.handlers.concurrency = concurrency;
        self
    }

    /// Sets the timeout of a handler: see [`Endpoint::with_timeout`](crate::Endpoint::with_timeout). The default is 15 minutes.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.handlers.timeout = timeout;
        self
    }

    /// Sets the delays of failed events: see [`Endpoint::with_backoff`](crate::Endpoint::with_backoff).
    pub fn with_backoff(mut self, backoff: Backoff) -> Self {
        self.handlers.retries.backoff = Some(backoff);
        self
    }

    /// Sets the number of attempts after which an event is a dead letter: see
    /// [`Endpoint::with_max_attempts`](crate::Endpoint::with_max_attempts).
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.handlers.retries.max_attempts = Some(attempts);
        self
    }

    /// Sets the age above which a failing event becomes a dead letter: see
    /// [`Endpoint::with_max_age`](crate::Endpoint::with_max_age).
    pub fn with_max_age(mut self, age: Duration) -> Self {
        self.handlers.retries.max_age = Some(age);
        self
    }

    /// Limits the attempts that this process begins: see [`Endpoint::with_rate_limit`](crate::Endpoint::with_rate_limit).
    pub fn with_rate_limit(mut self, attempts: u32, per: Duration) -> Self {
        self.handlers.rate_limit = Some(RateLimit::unchecked(attempts, per));
        self
    }

    /// Stops attempts while they fail again and again in the same way: see [`CircuitBreaker`].
    pub fn with_circuit_breaker(mut self, breaker: CircuitBreaker) -> Self {
        self.handlers.circuit_breaker = Some(breaker);
        self
    }

    /// Sets the policy for data of an unknown version: see
    /// [`Endpoint::with_unknown_versions`](crate::Endpoint::with_unknown_versions). By default the event becomes a dead letter.
    pub fn with_unknown_versions(mut self, policy: UnknownVersions) -> Self {
        self.handlers.unknown_versions = policy;
        self
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("name", &self.name)
            .field("handlers", &self.handlers)
            .finish_non_exhaustive()
    }
}
