use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};

use countersign::UnixTime;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use super::leases::Held;
use crate::claim::Lease;
use crate::event::EventId;
use crate::inbox_store::{AttemptEnd, AttemptNote, Leased};
use crate::recorder::SuccessSampler;

/// The attempt of a handler. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Context {
    shared: Arc<Shared>,
}

#[derive(Clone, Debug)]
struct Shared {
    lease: Lease,
    attempt: u32,
    replays: u32,
    event_id: EventId,
    received_at: UnixTime,
    source: String,
    tenant: Option<String>,
    cancellation: CancellationToken,
    /// 0 if none was set.
    response_code: Arc<AtomicU16>,
    /// `None` in tests of handlers.
    successes: Option<Arc<SuccessSampler>>,
    /// Whether a success leaves a row, once this was asked: the handler may end the event before the worker does.
    is_recorded: Arc<OnceLock<bool>>,
    /// `None` in tests of handlers, whose lease lasts.
    held: Option<Arc<Held>>,
}

impl Context {
    pub(crate) fn new(
        leased: &Leased,
        cancellation: CancellationToken,
        held: Arc<Held>,
        successes: Arc<SuccessSampler>,
    ) -> Self {
        let shared = Shared {
            lease: leased.lease,
            attempt: leased.attempt,
            replays: leased.replays,
            event_id: leased.event.id,
            received_at: leased.event.received_at,
            source: leased.event.source.clone(),
            tenant: leased.event.tenant.clone(),
            cancellation,
            response_code: Arc::default(),
            successes: Some(successes),
            is_recorded: Arc::default(),
            held: Some(held),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Returns the number of the attempt: 1, 2, … A replay starts over.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.shared.attempt
    }

    /// Returns the idempotency key: 64 hexadecimal digits, the same for each attempt at an event, and for no other
    /// event. Pass it to systems that detect duplicates, as an `Idempotency-Key` or a unique column.
    #[must_use]
    pub fn idempotency_key(&self) -> String {
        self.shared.lease.key().to_hex()
    }

    /// Returns the lease on the event. Its [fence](Lease::fence) only grows: a system that stores it with an effect
    /// can reject attempts that have lost their lease.
    #[must_use]
    pub fn lease(&self) -> Lease {
        self.shared.lease
    }

    /// Returns whether an operator, or a duplicate of a dead letter, replayed the event.
    #[must_use]
    pub fn is_replayed(&self) -> bool {
        self.shared.replays > 0
    }

    /// Returns the id of the event in the store, used by operators and in logs.
    #[must_use]
    pub fn event_id(&self) -> EventId {
        self.shared.event_id
    }

    /// Returns the time of verification, by the receiver's clock.
    #[must_use]
    pub fn received_at(&self) -> UnixTime {
        self.shared.received_at
    }

    /// Returns the name of the source.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.shared.source
    }

    /// Returns the tenant of the event, if the endpoint serves several.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.shared.tenant.as_deref()
    }

    /// Sets the response code of the system that the handler calls, for operators: it is stored with the attempt, whatever
    /// its outcome, and shown in lists of events. Of several codes the last one counts; 0 removes it.
    ///
    /// ```
    /// use countersign::Event;
    /// use countersign_inbox::{Context, Outcome};
    /// # use http::StatusCode;
    ///
    /// async fn forward(event: Event<serde_json::Value>, context: Context) -> Outcome {
    ///     let status = post(&event.data, &context.idempotency_key()).await;
    ///     context.set_response_code(status);
    ///     if status.is_success() { Outcome::Done } else { Outcome::retry(format_args!("billing said {status}")) }
    /// }
    /// # async fn post(_: &serde_json::Value, _: &str) -> StatusCode { StatusCode::OK }
    /// ```
    pub fn set_response_code(&self, code: impl Into<u16>) {
        self.shared.response_code.store(code.into(), Ordering::Relaxed);
    }

    /// Returns the response code that was set.
    #[must_use]
    pub fn response_code(&self) -> Option<u16> {
        Some(self.shared.response_code.load(Ordering::Relaxed)).filter(|code| *code != 0)
    }

    /// Returns whether a success of this attempt leaves a row. The answer is the same for the lifetime of the attempt.
    pub(crate) fn is_success_recorded(&self) -> bool {
        let of = &self.shared;
        *of.is_recorded.get_or_init(|| of.successes.as_ref().is_none_or(|of| of.admits(Instant::now())))
    }

    /// Resolves when the handler should stop: its lease is lost or cannot be renewed, it exceeds its timeout, or the
    /// worker shuts down. Shortly afterwards it is aborted at its next `await`.
    pub fn cancelled(&self) -> WaitForCancellationFuture<'_> {
        self.shared.cancellation.cancelled()
    }

    /// Returns whether the lease was confirmed recently enough that no other worker can hold the event. Check this
    /// before an effect: after a suspension of the process it is the first indication.
    #[must_use]
    pub fn has_lease(&self) -> bool {
        !self.shared.cancellation.is_cancelled()
            && self.shared.held.as_ref().is_none_or(|held| held.is_certain())
    }

    /// Returns the token behind [`cancelled`](Self::cancelled), for tasks that the handler spawns.
    #[must_use]
    pub fn cancellation_token(&self) -> CancellationToken {
        self.shared.cancellation.clone()
    }
}

impl From<&Context> for AttemptEnd {
    /// Returns the end of the attempt as done, for an effect that is committed with it.
    fn from(context: &Context) -> Self {
        let of = context.clone();
        Self::asking(context.lease(), move || AttemptNote {
            code: of.response_code(),
            failure: None,
            is_unrecorded: !of.is_success_recorded(),
        })
    }
}

#[cfg(feature = "testing")]
mod testing {
    use std::sync::Arc;

    use countersign::UnixTime;
    use tokio_util::sync::CancellationToken;

    use super::{Context, Shared};
    use crate::claim::Lease;
    use crate::event::EventId;
    use crate::key::EventKey;

    impl Context {
        /// Makes the context of a first attempt, for a test of a handler. Its lease lasts until the
        /// [token](Context::cancellation_token) is cancelled.
        ///
        /// ```
        /// use countersign_inbox::Context;
        ///
        /// let context = Context::for_test().with_attempt(2);
        /// assert_eq!((context.attempt(), context.has_lease()), (2, true));
        /// context.cancellation_token().cancel();
        /// assert!(!context.has_lease());
        /// ```
        #[must_use]
        pub fn for_test() -> Self {
            let received_at = UnixTime::from_secs(1_700_000_000);
            let shared = Shared {
                lease: Lease::new(EventKey::random(), 1, UnixTime::from_secs(1_700_000_060)),
                attempt: 1,
                replays: 0,
                event_id: EventId::new(1),
                received_at,
                source: "test".to_owned(),
                tenant: None,
                cancellation: CancellationToken::new(),
                response_code: Arc::default(),
                successes: None,
                is_recorded: Arc::default(),
                held: None,
            };
            Self { shared: Arc::new(shared) }
        }

        /// Sets the number of the attempt, for a test.
        #[must_use]
        pub fn with_attempt(mut self, attempt: u32) -> Self {
            Arc::make_mut(&mut self.shared).attempt = attempt;
            self
        }

        /// Sets the lease, for a test of a handler that ends its event in a store.
        #[must_use]
        pub fn with_lease(mut self, lease: Lease) -> Self {
            Arc::make_mut(&mut self.shared).lease = lease;
            self
        }

        /// Sets the tenant, for a test.
        #[must_use]
        pub fn with_tenant(mut self, tenant: impl Into<String>) -> Self {
            Arc::make_mut(&mut self.shared).tenant = Some(tenant.into());
            self
        }
    }
}
