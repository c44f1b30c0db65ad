use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countersign::receiver::Receiver;
use countersign::{ConfigError, Delivery, ErrorKind, RejectionStyle};
use http::Response;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::answer::{DONE, REPLAYED};
use super::handled::Handled;
use super::in_flight::{InFlight, LeaderOutcome, Waiter};
use super::run::Run;
use super::running::Running;
use super::shared::{MissingId, Options, Shared};
use super::unsettled::Unsettled;
use super::{finish, telemetry};
use crate::claim::{AttemptToken, Claim, ClaimRequest};
use crate::identity::{Identity, IdentityPolicy};
use crate::recorder::{Recorder, SuccessSampler, counting};
use crate::refusal::RefusalKind;
use crate::runtime::within;
use crate::store::{DedupeStore, StoreError};
use crate::telemetry::DeliveryOutcome;

/// Passes each delivery of an endpoint to its handler once. Cheap to clone; clones share their state.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use countersign::providers;
/// use countersign_inbox::inline::Deduplicator;
/// use countersign_inbox::MemoryStore;
/// use http::StatusCode;
///
/// # fn main() -> Result<(), countersign::ConfigError> {
/// let store = Arc::new(MemoryStore::new(100_000));
/// let dedupe = Deduplicator::builder(store, "orders", &providers::SHOPIFY)
///     .with_lease(Duration::from_secs(30))
///     .with_permanent_statuses([StatusCode::UNPROCESSABLE_ENTITY])
///     .build()?;
///
/// // Refused: the store would forget ids while Shopify still resends their deliveries.
/// let clock = Arc::new(countersign_inbox::MonotonicClock::start());
/// let store = Arc::new(MemoryStore::with(100_000, Duration::from_secs(3600), clock));
/// let refused = Deduplicator::builder(store, "orders", &providers::SHOPIFY).build();
/// assert_eq!(refused.unwrap_err().field(), "retention");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Deduplicator {
    shared: Arc<Shared>,
}

/// The decision on a delivery.
#[derive(Debug)]
pub enum Admission {
    /// The caller runs the handler.
    Run(Run),
    /// The handler does not run; this is the response.
    Answer(Response<Bytes>),
}

impl Deduplicator {
    pub(super) fn new(
        store: Arc<dyn DedupeStore>,
        identity: IdentityPolicy,
        style: RejectionStyle,
        options: Options,
        recorder: Option<Arc<Recorder>>,
    ) -> Self {
        let (in_flight, running, unsettled) = <(InFlight, Running, Unsettled)>::default();
        let tasks = TaskTracker::new();
        tasks.close();
        let successes = SuccessSampler::new(options.recorded_successes);
        Self {
            shared: Arc::new(Shared {
                store,
                identity,
                style,
                options,
                in_flight,
                running,
                unsettled,
                tasks,
                recorder,
                successes,
            }),
        }
    }

    /// Claims a delivery. Call it in a separate task: a claim that is dropped before it completes holds the delivery
    /// until the lease expires.
    pub async fn admit(&self, delivery: &Delivery) -> Admission {
        let shared = &self.shared;
        if shared.options.missing_id == Some(MissingId::Reject) && !shared.identity.has_id(delivery) {
            shared.delivered(delivery.key(), DeliveryOutcome::Rejected);
            shared.record_missing_id(delivery);
            return Admission::Answer(shared.refuse(ErrorKind::MissingId.into(), None));
        }
        let Some(identity) = shared.identity.identify(delivery) else {
            shared.delivered(delivery.key(), DeliveryOutcome::Accepted);
            return Admission::Run(Run::unclaimed(Arc::clone(shared), Handled::of(shared, delivery)));
        };
        // Before the claim, so that an outcome is not missed.
        let coalesces = !shared.options.coalesce_wait.is_zero();
        let waiter = coalesces.then(|| shared.in_flight.register(identity.key()));
        self.claim(&identity, delivery, waiter).await
    }

    /// Returns the receiver that counts its rejections as those of this endpoint: in the metric
    /// [`DELIVERIES`](crate::telemetry::DELIVERIES), and with [samples](crate::RejectionSample) in the
    /// [statistics](super::DeduplicatorBuilder::with_statistics). Requests are rejected before they come here, so that nothing
    /// counts them otherwise. Verify with this receiver:
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use countersign::receiver::Receiver;
    /// # use countersign::{ConfigError, Verifier};
    /// # use countersign_inbox::inline::Deduplicator;
    /// # use countersign_inbox::{DedupeStore, InboxStore};
    /// # fn parts(verifier: Verifier, store: impl DedupeStore + InboxStore + Clone) -> Result<(Receiver, Deduplicator), ConfigError> {
    /// let dedupe = Deduplicator::builder(Arc::new(store.clone()), "orders", verifier.provider())
    ///     .with_statistics(store)
    ///     .build()?;
    /// let receiver = dedupe.count_rejections(verifier)?;
    /// # Ok((receiver, dedupe))
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the receiver is not complete.
    pub fn count_rejections(&self, receiver: impl Into<Receiver>) -> Result<Receiver, ConfigError> {
        let receiver = receiver.into();
        receiver.check()?;
        counting(&receiver, self.shared.source(), self.shared.recorder.as_ref())
    }

    /// Waits until no handler runs, and the outcomes of all handlers and the last statistics are stored, as far as possible. Use it at the
    /// end of a graceful shutdown, when no more requests come in: handlers outlive the connections of their
    /// requests, and so the server.
    pub async fn idle(&self) {
        self.shared.tasks.wait().await;
        if let Some(recorder) = &self.shared.recorder {
            recorder.flush_at_end().await;
        }
    }

    async fn claim(&self, identity: &Identity, delivery: &Delivery, waiter: Option<Waiter>) -> Admission {
        let (shared, source, key) = (&self.shared, self.shared.source(), delivery.key());
        // Until the answer has been considered: a handler that ends meanwhile may have lost its lease to this claim.
        let claiming = shared.unsettled.claim(identity.key());
        let (claim, asked) = match ask(shared, identity).await {
            Ok(answered) => answered,
            Err(error) => {
                shared.delivered(key, DeliveryOutcome::StoreError);
                telemetry::store_failed(source, "claim", &error);
                return Admission::Answer(shared.refuse(RefusalKind::StoreUnavailable, None));
            }
        };
        let outcome = match claim {
            Claim::Acquired { lease, is_suspect } => match shared.running.begin(lease, asked) {
                // It was handled in this process, but the outcome is not stored yet: store it under this lease, too. Looked up after the
                // begin, because a handler that ended in between has not got the lease.
                Some(_handling) if claiming.is_of_handled() => {
                    finish::settle(shared, lease, asked);
                    DeliveryOutcome::Duplicate
                }
                Some(handling) => {
                    shared.delivered(key, DeliveryOutcome::Accepted);
                    if is_suspect {
                        telemetry::suspect(source);
                    }
                    let leader = waiter.map(Waiter::lead);
                    let handled = Handled::of(shared, delivery);
                    return Admission::Run(Run::claimed(
                        Arc::clone(shared),
                        handled,
                        (lease, asked, handling),
                        is_suspect,
                        leader,
                    ));
                }
                // The handler in this process has outlived its former lease, and has this one now.
                None => {
                    drop(claiming);
                    if let Err(refused) = self.wait(waiter, key, shared.options.lease).await {
                        return refused;
                    }
                    DeliveryOutcome::Duplicate
                }
            },
            Claim::Done { same_body } => {
                telemetry::compared(source, same_body);
                DeliveryOutcome::Duplicate
            }
            Claim::InFlight { retry_after, same_body } => {
                telemetry::compared(source, same_body);
                drop(claiming);
                if let Err(refused) = self.wait(waiter, key, retry_after).await {
                    return refused;
                }
                DeliveryOutcome::Duplicate
            }
            Claim::Replayed => DeliveryOutcome::Replayed,
        };
        shared.delivered(key, outcome);
        Admission::Answer(shared.duplicate(match outcome {
            DeliveryOutcome::Replayed => REPLAYED,
            _ => DONE,
        }))
    }

    /// Waits until the handler that has the delivery has succeeded. Returns the refusal if it has not in time, or is one of another
    /// process.
    async fn wait(&self, waiter: Option<Waiter>, key: &str, retry_after: Duration) -> Result<(), Admission> {
        let shared = &self.shared;
        let outcome = match waiter {
            Some(waiter) => waiter.wait(shared.options.coalesce_wait).await,
            None => None,
        };
        if outcome == Some(LeaderOutcome::Done) {
            return Ok(());
        }
        shared.delivered(key, DeliveryOutcome::InFlight);
        Err(Admission::Answer(shared.refuse(RefusalKind::InFlight, Some(retry_after))))
    }
}

impl fmt::Debug for Deduplicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deduplicator").field("endpoint", &self.shared.source()).finish_non_exhaustive()
    }
}

/// Claims, and returns the time of the request: the lease lasts at least from then on. A lost reply is requested
/// once more, with the same token.
async fn ask(shared: &Shared, identity: &Identity) -> Result<(Claim, Instant), StoreError> {
    let (token, ttl) = (AttemptToken::random(), shared.options.lease);
    let request = ClaimRequest { identity: identity.clone(), token, ttl };
    let asked = Instant::now();
    let twice = async {
        match shared.store.claim(&request).await {
            Err(StoreError::Unavailable(cause)) => {
                telemetry::once_more(shared.source(), "claim", &*cause);
                shared.store.claim(&request).await
            }
            answered => answered,
        }
    };
    let claim = within(shared.options.store_timeout, twice).await?;
    Ok((claim, asked))
}
