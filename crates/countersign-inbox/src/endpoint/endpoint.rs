use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign::receiver::Receiver;
use countersign::{Delivery, Event, EventCatalog};
use http::StatusCode;

use super::handlers::Handlers;
use super::subscription::Subscription;
use crate::acceptor::AcceptOptions;
use crate::event::{DeadDuplicates, StoredHead, UnknownVersions};
use crate::handling::{Backoff, CircuitBreaker, Context, Handler, Outcome};
use crate::identity::{IdentityPolicy, UnsignedIds};
use crate::inline::MissingId;
use crate::ops::RateLimit;
use crate::selection::{OrderingKey, Selection};

/// An endpoint of an [`Inbox`](crate::Inbox): its name, the receiver that verifies its deliveries, and the handlers of
/// its events.
///
/// Stored requests are verified again before a handler receives them, by the same receiver as on arrival: only
/// verification creates a [`Delivery`].
///
/// ```
/// use countersign::providers::proxiant;
/// use countersign::{Delivery, Event, EventCatalog, Secret, Verifier};
/// use countersign_inbox::{Context, Endpoint, Outcome};
/// use serde::Deserialize;
///
/// #[derive(Deserialize, EventCatalog)]
/// #[event("job.served")]
/// struct JobServed {
///     job: Job,
/// }
///
/// #[derive(Deserialize)]
/// struct Job {
///     job_number: String,
/// }
///
/// async fn served(event: Event<JobServed>, context: Context) -> Result<(), std::io::Error> {
///     println!("{} was served, attempt {}", event.data.job.job_number, context.attempt());
///     Ok(())
/// }
///
/// let verifier = Verifier::new(&proxiant::PROVIDER, Secret::new("whsec_abc")?)?;
/// let endpoint = Endpoint::new("proxiant", verifier)
///     .on(served)
///     .otherwise(|delivery: Delivery, _: Context| async move {
///         Outcome::skip(format_args!("{:?} needs no work", delivery.event_type()))
///     })
///     .with_concurrency(16);
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[must_use]
pub struct Endpoint {
    pub(crate) identity: IdentityPolicy,
    pub(crate) receiver: Receiver,
    pub(super) accept: AcceptOptions,
    pub(super) selection: Selection,
    pub(super) ordering_key: Option<OrderingKey>,
    pub(crate) handlers: Handlers,
    pub(super) subscriptions: Vec<Subscription>,
}

impl Endpoint {
    /// Creates an endpoint whose deliveries this receiver verifies; a [`Verifier`](countersign::Verifier) converts into a
    /// receiver with the defaults. The name is part of the key of events, and must stay the same for as long as ids are
    /// remembered.
    ///
    /// By default 8 events are handled concurrently, with a timeout of 15 minutes each, and types without a handler are
    /// [skipped](Outcome::Skip).
    pub fn new(name: impl Into<String>, receiver: impl Into<Receiver>) -> Self {
        Self {
            identity: IdentityPolicy::new(name),
            receiver: receiver.into(),
            accept: AcceptOptions::default(),
            selection: Selection::default(),
            ordering_key: None,
            handlers: Handlers::default(),
            subscriptions: Vec::new(),
        }
    }

    /// Adds a handler for events of the types of `T`, which receives their data. Data of another shape makes the
    /// event a dead letter, with the path of the value that does not fit; so does a delivery without a type. A
    /// declaration that has no type at all is refused when the inbox starts.
    pub fn on<T: EventCatalog + Send + 'static>(mut self, handler: impl Handler<Event<T>>) -> Self {
        self.handlers.add::<T>(handler);
        self
    }

    /// Adds a handler with a state, which is cloned for each event: a pool of connections, or an `Arc`. The types of the events come
    /// from the handler; one that is generic names them itself, as in `.on_with(state, handler::<Push>)`, and a closure in its
    /// parameter, `|state, event: Event<Push>, context|`. (`.on_with::<Push, _, _, _>` names them, too: Rust wants all of its types.)
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use countersign::providers::preflix;
    /// use countersign::{Event, Verifier};
    /// use countersign_inbox::{Context, Endpoint};
    ///
    /// struct Reports;
    ///
    /// async fn audited(reports: Arc<Reports>, event: Event<preflix::Event>, context: Context) {}
    ///
    /// # fn endpoint(verifier: Verifier, reports: Arc<Reports>) -> Endpoint {
    /// Endpoint::new("audits", verifier).on_with(reports, audited)
    /// # }
    /// # fn named(verifier: Verifier, reports: Arc<Reports>) -> Endpoint {
    /// #     Endpoint::new("audits", verifier).on_with::<preflix::Event, _, _, _>(reports, |state, event, _| async move {
    /// #         drop((state, event));
    /// #     })
    /// # }
    /// ```
    pub fn on_with<T, S, F, R>(self, state: S, handler: F) -> Self
    where
        T: EventCatalog + Send + 'static,
        S: Clone + Send + Sync + 'static,
        F: Fn(S, Event<T>, Context) -> R + Send + Sync + 'static,
        R: Future<Output: Into<Outcome>> + Send + 'static,
    {
        self.on(move |event: Event<T>, context: Context| handler(state.clone(), event, context))
    }

    /// Sets the handler of all other events. Without typed handlers, it receives all deliveries, including those of
    /// providers that send no type. A delivery without a type is a dead letter if the declaration has a place for one:
    /// something is wrong with the place, or with the delivery. Declare no place
    /// ([`Provider::without_event_type`](countersign::Provider::without_event_type)) if your deliveries have a type only at times.
    pub fn otherwise(mut self, handler: impl Handler<Delivery>) -> Self {
        self.handlers.set_otherwise(handler);
        self
    }

    /// Sets the handler of all other events, with a state as in [`on_with`](Self::on_with).
    pub fn otherwise_with<S, F, R>(self, state: S, handler: F) -> Self
    where
        S: Clone + Send + Sync + 'static,
        F: Fn(S, Delivery, Context) -> R + Send + Sync + 'static,
        R: Future<Output: Into<Outcome>> + Send + 'static,
    {
        self.otherwise(move |delivery: Delivery, context: Context| handler(state.clone(), delivery, context))
    }

    /// Stores deliveries of these event types only: whole names, or beginnings with `*` after them, such as `invoice.*`. Others
    /// are acknowledged, so that the provider does not send them again, counted ([`FILTERED`](crate::telemetry::FILTERED),
    /// rule `types`), and forgotten. By default all types are stored.
    ///
    /// A delivery without a type is stored, and becomes a dead letter: something is wrong with it, or with the declaration.
    /// A pattern that selects no type of a handler is refused at the start unless there is a handler for all
    /// [others](Self::otherwise).
    pub fn with_types<T: Into<String>>(mut self, patterns: impl IntoIterator<Item = T>) -> Self {
        self.selection.add_types(patterns);
        self
    }

    /// Stores only deliveries of which a condition is true. Others are acknowledged, counted
    /// ([`FILTERED`](crate::telemetry::FILTERED), with the name as its rule), and forgotten. Of several filters, all must be
    /// true. What was stored before a change of the filters is handled.
    ///
    /// A condition compares values of the [payload](Delivery::payload) with numbers, texts, `true`, `false` or `null`:
    ///
    /// | | |
    /// |---|---|
    /// | `data.amount >= 1000` | also `==`, `!=`, `<`, `<=`, `>`; `<` and its like compare numbers only |
    /// | `data.environment in ["production", 'live']` | texts as in JSON, or without escapes between `'` |
    /// | `data.refund exists` | the member is there, even if it is `null` |
    /// | `not (data.test == true or data.items.0.price == 0)` | `not`, `and`, `or`, in this order; items of arrays from 0 |
    /// | `/data/amount > 5`, `"/data/full name" != ""` | [JSON pointers](https://www.rfc-editor.org/rfc/rfc6901), for names with other characters |
    ///
    /// A comparison with a value that is not there is false, `!=` too; `not` of it is true. A body that is not JSON has no values.
    /// Numbers are compared as decimals, without rounding, and texts byte by byte. Values of different kinds are not equal:
    /// the text `"1000"` is not the number, and is neither more nor less. Of several members with one name, the first one
    /// counts.
    ///
    /// A mistake in the condition is refused when the inbox starts, with its column.
    ///
    /// ```
    /// # use countersign::Verifier;
    /// # use countersign_inbox::Endpoint;
    /// # fn endpoint(verifier: Verifier) -> Endpoint {
    /// Endpoint::new("billing", verifier)
    ///     .with_types(["invoice.*", "refund.created"])
    ///     .with_filter("live", "data.environment == 'production'")
    ///     .with_filter("large", "data.amount >= 1000 or data.refund exists")
    /// # }
    /// ```
    pub fn with_filter(mut self, name: impl Into<String>, condition: &str) -> Self {
        self.selection.add_filter(name.into(), condition);
        self
    }

    /// Stores this share of the deliveries that types and filters admit: above 0, at most 1. The others are acknowledged,
    /// counted ([`FILTERED`](crate::telemetry::FILTERED), rule `sampling`), and forgotten. The [key](crate::EventKey)
    /// decides, so that a duplicate has the answer of the first delivery, on every machine; deliveries without an id are
    /// chosen at random. By default all are stored.
    pub fn with_sampling(mut self, share: f64) -> Self {
        self.selection.set_share(share);
        self
    }

    /// Handles events with the same value at this place of the [payload](Delivery::payload) one after the other, in the order of
    /// their arrival, on all machines together. The place is a path as in [`with_filter`](Self::with_filter): a
    /// [JSON pointer](https://www.rfc-editor.org/rfc/rfc6901), or names with dots between them. Events with other keys are handled
    /// at the same time. By default the order is that of the due times, and of no event in particular.
    ///
    /// ```
    /// # use countersign::Verifier;
    /// # use countersign_inbox::Endpoint;
    /// # fn endpoint(verifier: Verifier) -> Endpoint {
    /// Endpoint::new("proxiant", verifier).with_ordering_key("/data/job/id")
    /// # }
    /// ```
    ///
    /// - An event waits as long as an earlier one with its key is not handled: while that runs, waits for a retry, or does
    ///   [not verify](crate::EventState::Unverified). It goes on when the earlier one is done, skipped, discarded or a dead letter:
    ///   **a dead letter blocks nothing**. Raise the limits on attempts and age for an endpoint whose order matters more than its
    ///   progress.
    /// - The earlier event is the one with the smaller [id](crate::EventId): it was stored first. A delivery that arrives after
    ///   another one was acknowledged is later. Deliveries that arrive at the same time are in the order in which the store
    ///   writes them; they do not run at the same time either.
    /// - A replay keeps its id: it runs before later events that still wait, and after the one that runs.
    /// - Keys of different tenants are different: the stored key begins with the tenant and a `/`.
    /// - A text, a number, `true` and `false` are keys. `17`, `17.0` and `"17"` are the same key. A delivery without the value, or
    ///   with `null`, an object or an array there has no key: it waits for no other event. Of a key above 512 bytes, the beginning
    ///   and the SHA-256 are stored.
    /// - The key is read when the delivery is stored: events from before a change of the place keep what they have.
    /// - As everywhere, a handler may run again for the same event, and one whose lease was lost may still run.
    ///
    /// For a subscription without a key of its own, that of the endpoint counts. A mistake in the path is refused when the inbox
    /// starts.
    pub fn with_ordering_key(mut self, path: &str) -> Self {
        self.ordering_key = Some(OrderingKey::at(path));
        self
    }

    /// Reads the [ordering key](Self::with_ordering_key) with a function: from several values, from a part of one, or from what
    /// the delivery says of itself. `None` is no key. It must be fast and have no effects; the last key that was set counts.
    ///
    /// ```
    /// # use countersign::{Delivery, Verifier};
    /// # use countersign_inbox::Endpoint;
    /// # fn endpoint(verifier: Verifier) -> Endpoint {
    /// Endpoint::new("shops", verifier).with_ordering_key_from(|delivery: &Delivery| {
    ///     delivery.event_type().map(|event_type| event_type.as_str().to_owned())
    /// })
    /// # }
    /// ```
    pub fn with_ordering_key_from(
        mut self,
        key_of: impl Fn(&Delivery) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.ordering_key = Some(OrderingKey::from_fn(key_of));
        self
    }

    /// Adds a subscription: a consumer with handlers, filters, retries, dead letters and statistics of its own. Each delivery
    /// that the endpoint stores is stored once for each subscription that selects it, under the name
    /// `ENDPOINT/SUBSCRIPTION`. An endpoint with subscriptions has no handlers of its own. See [`Subscription`].
    pub fn with_subscription(mut self, subscription: Subscription) -> Self {
        self.subscriptions.push(subscription);
        self
    }

    /// Sets the number of concurrent events in this process. The default is 8.
    pub fn with_concurrency(mut self, concurrency: usize) -> Self {
        self.handlers.concurrency = concurrency;
        self
    }

    /// Sets the number of attempts that this process begins within any period of this length, for a handler that calls a
    /// system with such a limit: 100 per [`Duration::from_secs(60)`](Duration::from_secs). Events beyond it wait in the
    /// store, without a lease, and other processes may claim them: each process has the limit by itself, so divide
    /// the limit of the system by the number of processes. By default there is none.
    pub fn with_rate_limit(mut self, attempts: u32, per: Duration) -> Self {
        self.handlers.rate_limit = Some(RateLimit::unchecked(attempts, per));
        self
    }

    /// Stops attempts in this process while they fail again and again in the same way: see [`CircuitBreaker`]. By default
    /// every event is tried, however the others end.
    pub fn with_circuit_breaker(mut self, breaker: CircuitBreaker) -> Self {
        self.handlers.circuit_breaker = Some(breaker);
        self
    }

    /// Sets the timeout of a handler, after which it is cancelled, shortly afterwards aborted, and the event
    /// retried. Without a timeout, hanging handlers would occupy all slots. The default is 15 minutes;
    /// [`Duration::MAX`] disables it.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.handlers.timeout = timeout;
        self
    }

    /// Sets the delays of failed events. The default is that of the inbox:
    /// [`InboxBuilder::with_backoff`](crate::InboxBuilder::with_backoff).
    pub fn with_backoff(mut self, backoff: Backoff) -> Self {
        self.handlers.retries.backoff = Some(backoff);
        self
    }

    /// Sets the number of attempts after which an event is a dead letter. The default is that of the inbox:
    /// [`InboxBuilder::with_max_attempts`](crate::InboxBuilder::with_max_attempts).
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.handlers.retries.max_attempts = Some(attempts);
        self
    }

    /// Sets the age above which a failing event becomes a dead letter. The default is that of the inbox:
    /// [`InboxBuilder::with_max_age`](crate::InboxBuilder::with_max_age).
    pub fn with_max_age(mut self, age: Duration) -> Self {
        self.handlers.retries.max_age = Some(age);
        self
    }

    /// Uses the digest of the body as the id of deliveries without one: see [`IdentityPolicy::with_body_as_id`].
    pub fn with_body_as_id(mut self) -> Self {
        self.identity = self.identity.with_body_as_id();
        self
    }

    /// Includes the event type in the key of an event: see [`IdentityPolicy::with_topic`].
    pub fn with_topic(mut self) -> Self {
        self.identity = self.identity.with_topic();
        self
    }

    /// Sets the policy for ids that the signature does not cover. The default is [`UnsignedIds::Warn`].
    pub fn with_unsigned_ids(mut self, policy: UnsignedIds) -> Self {
        self.identity = self.identity.with_unsigned_ids(policy);
        self
    }

    /// Sets how deliveries without an id are handled. By default each is new; for providers whose declarations have
    /// no id this must be set explicitly. A request whose id was removed without breaking the signature is stored
    /// once.
    pub fn with_missing_id(mut self, policy: MissingId) -> Self {
        self.accept.missing_id = Some(policy);
        self
    }

    /// Sets the policy for dead letters that are sent again. By default they are handled again.
    pub fn with_dead_duplicates(mut self, policy: DeadDuplicates) -> Self {
        self.accept.dead_duplicates = policy;
        self
    }

    /// Sets the policy for data of a version that a catalogue with versions does not name. By default the event becomes a
    /// dead letter.
    pub fn with_unknown_versions(mut self, policy: UnknownVersions) -> Self {
        self.handlers.unknown_versions = policy;
        self
    }

    /// Sets the status for stored deliveries: 202 or 204, for providers that require it. The default is 200.
    pub fn with_success_status(mut self, status: StatusCode) -> Self {
        self.accept.success = status;
        self
    }

    /// Sets the time after which a provider is asked to retry if the store has not answered. The default is four
    /// fifths of the time that the provider waits, and at most 5 s: a longer wait would only hold the connection.
    pub fn with_accept_deadline(mut self, deadline: Duration) -> Self {
        self.accept.deadline = Some(deadline);
        self
    }

    /// Sets the limit on the bytes that wait for the store, heads and bodies; beyond it providers receive a 503. The
    /// default is 64 MiB, which equals the default budget for requests being read. A single request above the limit is
    /// stored while no other one waits.
    pub fn with_accept_budget(mut self, bytes: u32) -> Self {
        self.accept.budget = bytes;
        self
    }

    /// Sets the trace that the handler continues. The function is called inside the span around the receiver. The
    /// default is [`telemetry::traceparent`](crate::telemetry::traceparent): that span with the feature
    /// `opentelemetry`, otherwise the `traceparent` header of the request.
    pub fn with_traceparent(
        mut self,
        current: impl Fn(&StoredHead) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.accept.traceparent = Some(Arc::new(current));
        self
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.identity.name()
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("name", &self.name())
            .field("handlers", &self.handlers)
            .field("subscriptions", &self.subscriptions)
            .finish_non_exhaustive()
    }
}
