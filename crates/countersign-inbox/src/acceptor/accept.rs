use std::sync::Arc;
use std::time::Duration;
use std::{fmt, iter};

use bytes::Bytes;
use countersign::receiver::Receiver;
use countersign::{Delivery, ErrorKind};
use http::{Response, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::answer::NotStored;
use super::fan_out::{Admitted, FanOut, Target};
use super::replacement::{Replaceable, Replacing};
use super::telemetry::Telemetry;
use super::verified::Verified;
use super::{AcceptAnswer, AcceptFuture};
use crate::event::{DeadDuplicates, EventState, NewEvent, StoredHead, held_bytes};
use crate::identity::Identity;
use crate::inbox_store::{Accepted, InboxStore};
use crate::inline::MissingId;
use crate::recorder::Recorder;
use crate::refusal::RefusalKind;
use crate::statistics::RejectionSample;
use crate::telemetry::traceparent;

/// Stores the deliveries to one endpoint of an [`Inbox`](crate::Inbox), and determines the response to each. Cheap to
/// clone.
///
/// Shared by the adapters: the services of `countersign-tower` and `countersign-actix` verify a delivery with the
/// [`receiver`](Self::receiver), pass it to [`accept`](Self::accept), and respond with
/// [`response`](Self::response).
///
/// The response to the provider depends on the store:
///
/// | Result of the store | Response |
/// |---|---|
/// | the delivery is new | 200, or [the chosen status](crate::Endpoint::with_success_status) |
/// | its key is known | the same, with `X-Webhook-Duplicate: ready`, `running`, `done` or `dead`: no retry by the provider is needed |
/// | it was a dead letter and is ready again | the same, with `X-Webhook-Duplicate: dead` |
/// | not asked, because a [filter](crate::Endpoint::with_filter) of the endpoint leaves it out | the status of a new one |
/// | its key is that of an event that is being handled, and whose stored request does not verify with the present keys | 503 with `Retry-After` (`in_flight`) |
/// | its signed bytes are known under another id, and that is rejected | the same, with `X-Webhook-Duplicate: replayed`; nothing is stored, and a warning is logged |
/// | none: the store failed, is full, or is late | 503 with `Retry-After`; never 4xx, after which providers stop retrying |
///
/// With [subscriptions](crate::Subscription), the delivery is stored once for each that selects it. It is acknowledged when all
/// are stored; as a duplicate if it is one for all of them, with the state of the first. If one of them is not stored, the
/// response is a 503, and the next attempt of the provider stores what is missing.
///
/// A duplicate of an event that waits replaces its stored request if that does not verify with the present keys, because the secret
/// was rotated since: otherwise the delivery would be acknowledged and never handled. A body that differs replaces the stored one
/// only if the signature covers it and the id, and a type that differs only if the signature covers the type. While such an event is
/// handled, its duplicates are answered by 503, and the provider's next attempt replaces it or finds it done. If its worker has
/// crashed during a pause of the endpoint, that is so until the pause ends, because no worker claims the event before.
///
/// Such a check costs a read of the stored request and one or two verifications. It is left out for 15 to 30 seconds after the event
/// was stored, verified or replaced here, for up to 8,192 events, unless the keys are [looked up](Receiver::has_fixed_keys): then every
/// duplicate of an event that waits or runs is checked. An acceptor checks up to four at once, each for the deadline at most, and its
/// delivery is answered by 503 afterwards.
///
/// An accept that has started runs to its end: neither a closed connection nor the deadline cancels it. If the
/// event was stored after the deadline, the provider's next attempt is a duplicate.
///
/// The metrics are listed in [`telemetry`](crate::telemetry).
#[derive(Clone)]
pub struct Acceptor {
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) store: Arc<dyn InboxStore>,
    pub(super) fan_out: FanOut,
    pub(super) receiver: Receiver,
    pub(super) telemetry: Telemetry,
    pub(super) recorder: Arc<Recorder>,
    pub(super) success: StatusCode,
    pub(super) deadline: Duration,
    pub(super) missing_id: Option<MissingId>,
    pub(super) dead_duplicates: DeadDuplicates,
    pub(super) traceparent: Option<Arc<FromHead>>,
    pub(super) budget: Arc<Semaphore>,
    pub(super) budget_bytes: u32,
    /// Limits the stored requests that are verified at once.
    pub(super) checks: Semaphore,
    pub(super) verified: Verified,
    /// The events that are being stored.
    pub(super) tasks: TaskTracker,
}

/// Reads something from the head of a request.
pub(super) type FromHead = dyn Fn(&StoredHead) -> Option<String> + Send + Sync;

impl Acceptor {
    pub(super) fn new(shared: Shared) -> Self {
        Self { shared: Arc::new(shared) }
    }

    /// Stores a delivery that came with this head, in a separate task that starts at once.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime, because the task cannot be spawned.
    pub fn accept(&self, delivery: &Delivery, head: StoredHead) -> AcceptFuture {
        let shared = &self.shared;
        if shared.missing_id == Some(MissingId::Reject) && !shared.fan_out.endpoint().has_id(delivery) {
            return self.refuse(ErrorKind::MissingId, &head);
        }
        let Admitted { targets, left_out } = shared.fan_out.admit(delivery);
        let Some(room) = shared.room(&head, delivery.body(), targets.len()) else {
            return self.refuse(ErrorKind::BudgetSpent, &head);
        };
        // One that is refused comes again.
        for (target, rule) in left_out {
            target.telemetry.filtered(&rule);
            shared.recorder.filtered(target.source(), delivery.key(), &rule);
        }
        shared.recorder.verified(self.source());
        let traceparent = match &shared.traceparent {
            Some(current) => current(&head),
            None => traceparent(&head.headers),
        };
        let (room, key) = (Arc::new(room), Arc::<str>::from(delivery.key()));
        let heads = iter::repeat_n(head, targets.len());
        let store = |((target, identity), head): ((Arc<Target>, Identity), StoredHead)| {
            let mut event = NewEvent::identified(identity, target.source(), delivery, head);
            event.traceparent.clone_from(&traceparent);
            event.ordering_key = target.ordering_key(delivery);
            event.dead_duplicates = shared.dead_duplicates;
            let replaceable = target.replaceable(delivery);
            let stored =
                Arc::clone(shared).store(target, event, replaceable, Arc::clone(&key), Arc::clone(&room));
            shared.tasks.spawn(stored.in_current_span())
        };
        let stored: Vec<_> = targets.into_iter().zip(heads).map(store).collect();
        let shared = Arc::clone(shared);
        AcceptFuture::new(async move {
            timeout(shared.deadline, shared.answer_to_all(stored)).await.unwrap_or_else(|_| {
                shared.telemetry.late(shared.deadline);
                UNAVAILABLE
            })
        })
    }

    /// Returns the name of the endpoint.
    #[must_use]
    pub fn source(&self) -> &str {
        self.shared.source()
    }

    /// Returns the longest time that a provider waits for the store.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.shared.deadline
    }

    /// Returns the receiver that verifies deliveries to the endpoint. Its rejections are counted among them.
    pub fn receiver(&self) -> &Receiver {
        &self.shared.receiver
    }

    /// Returns the response to the provider. A refusal has the form of the receiver's rejections.
    #[must_use]
    pub fn response(&self, answer: AcceptAnswer) -> Response<Bytes> {
        answer.response(&self.shared.receiver)
    }

    /// Waits until no event is being stored.
    pub(crate) async fn idle(&self) {
        self.shared.tasks.wait().await;
    }

    fn refuse(&self, kind: ErrorKind, head: &StoredHead) -> AcceptFuture {
        let Shared { telemetry, recorder, receiver, .. } = &*self.shared;
        telemetry.refused(kind);
        recorder.rejected(self.source(), &receiver.declaration().slug, kind, || {
            let head = RejectionSample::head_of(&head.method, &head.target, &head.headers);
            RejectionSample::new(kind.as_str(), "", head)
        });
        AcceptFuture::ready(AcceptAnswer::refused(kind.into()))
    }
}

impl Shared {
    fn source(&self) -> &str {
        self.fan_out.endpoint().name()
    }

    /// Stores an event. Runs to its end even if its caller is gone.
    async fn store(
        self: Arc<Self>,
        target: Arc<Target>,
        event: NewEvent,
        replaceable: Replaceable,
        key: Arc<str>,
        room: Arc<OwnedSemaphorePermit>,
    ) -> AcceptAnswer {
        let began = Instant::now();
        let answer = self.replacing(&target).accept(event, replaceable).await;
        drop(room);
        target.telemetry.answered(&answer, began.elapsed());
        if let Ok(accepted) = &answer {
            let is_new = matches!(accepted, Accepted::New { .. });
            self.recorder.delivered(target.source(), &key, is_new);
        }
        self.answer(&answer)
    }

    fn replacing<'s>(&'s self, target: &'s Target) -> Replacing<'s> {
        Replacing {
            store: &*self.store,
            receiver: &self.receiver,
            verified: &self.verified,
            checks: &self.checks,
            budget: &self.budget,
            telemetry: &target.telemetry,
            deadline: self.deadline,
        }
    }

    /// Waits until a delivery is stored under all its names. One that is stored under none is acknowledged.
    async fn answer_to_all(&self, stored: Vec<JoinHandle<AcceptAnswer>>) -> AcceptAnswer {
        let mut all = None;
        for stored in stored {
            let answer = stored.await.unwrap_or_else(|panicked| {
                self.telemetry.failed(&panicked);
                UNAVAILABLE
            });
            all = Some(all.map_or(answer, |all: AcceptAnswer| all.and(answer)));
        }
        all.unwrap_or(AcceptAnswer::success(self.success))
    }

    /// Maps the result of the store to a response. No other function does.
    fn answer(&self, stored: &Result<Accepted, NotStored>) -> AcceptAnswer {
        match stored {
            Ok(Accepted::New { .. }) => AcceptAnswer::success(self.success),
            Ok(Accepted::Duplicate { state, .. }) => AcceptAnswer::duplicate_of(self.success, state.as_str()),
            Ok(Accepted::Requeued { .. }) => {
                AcceptAnswer::duplicate_of(self.success, EventState::Dead.as_str())
            }
            // No signed value distinguishes it from the first delivery: a retry would not help.
            Ok(Accepted::Replayed) => AcceptAnswer::duplicate_of(self.success, "replayed"),
            Err(NotStored::InFlight(_)) => AcceptAnswer::refused(RefusalKind::InFlight),
            Err(NotStored::Store(_)) => UNAVAILABLE,
        }
    }

    /// Reserves room for so many events. The bytes that wait for a slow store are bounded, to protect the memory of the
    /// process.
    fn room(&self, head: &StoredHead, body: &Bytes, events: usize) -> Option<OwnedSemaphorePermit> {
        // Another copy of the head is kept until the store has answered, for the case of a duplicate.
        let bytes = held_bytes(head, body).saturating_add(head.copied_bytes()).saturating_mul(events);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        Arc::clone(&self.budget).try_acquire_many_owned(bytes.min(self.budget_bytes)).ok()
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acceptor")
            .field("endpoint", &self.source())
            .field("durability", &self.shared.store.durability())
            .field("deadline", &self.shared.deadline)
            .finish_non_exhaustive()
    }
}

const UNAVAILABLE: AcceptAnswer = AcceptAnswer::refused(RefusalKind::StoreUnavailable);
