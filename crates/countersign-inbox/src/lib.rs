//! Handles each verified webhook once and loses none: either behind a claim, or from a durable inbox that stores it
//! before the provider gets its response. Effects of a handler on **other** systems happen at least once: if the
//! process ends between an effect and the storing of its outcome, the handler runs again. Pass the idempotency key
//! to systems that detect duplicates, or commit the effect together with the outcome, in the database of the inbox:
//! `commit_with` of `PostgresStore` and `SqliteStore`.
//!
//! This crate does not verify requests (`countersign` does), does not implement HTTP (`countersign-tower` and
//! `countersign-actix` do), and handles the events of a source concurrently, in no particular order: those with the same
//! [ordering key](Endpoint::with_ordering_key) one after the other.
//!
//! # Two modes
//!
//! | | inline | durable |
//! |---|---|---|
//! | The handler runs | before the response | after it, in an [`Inbox`] |
//! | After a failure | the provider sends it again | the worker retries until it is a dead letter; operators [replay](Action::Replay) |
//! | Store | a [`DedupeStore`]: memory, SQLite, PostgreSQL, Redis | an [`InboxStore`] that survives a power loss: SQLite, PostgreSQL |
//! | For | handlers that end within the provider's timeout | everything else |
//!
//! ## Inline
//!
//! ```
//! # use std::error::Error;
//! use std::sync::Arc;
//!
//! use countersign::providers::preflix;
//! use countersign_inbox::inline::{Admission, Deduplicator, Finished};
//! use countersign_inbox::MemoryStore;
//! use http::StatusCode;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn Error>> {
//! # use countersign::{Head, Secret, Signer, SigningRequest, UnixTime, Verifier};
//! # let now = UnixTime::from_secs(1_700_000_000);
//! # let body = r#"{"id":"evt_7b2","type":"audit.completed","data":{}}"#;
//! # let secret = || Secret::new("a signing secret");
//! # let headers = Signer::new(&preflix::PROVIDER, secret()?)?.sign(&SigningRequest::new(body, now))?;
//! # let delivery = Verifier::new(&preflix::PROVIDER, secret()?)?.verify(&Head::new(&headers), body, now)?;
//! let store = Arc::new(MemoryStore::new(100_000));
//! let dedupe = Deduplicator::builder(store, "audits", &preflix::PROVIDER).build()?;
//!
//! // The adapters do this, in a task that a closed connection does not end.
//! let Admission::Run(run) = dedupe.admit(&delivery).await else { panic!("it is new") };
//! let handler = async { StatusCode::NO_CONTENT };
//! let finished = run.drive(handler, |status| Some(*status)).await;
//! assert!(matches!(finished, Finished::Relay(StatusCode::NO_CONTENT)));
//!
//! // The provider did not get the response, and sends the delivery again: 200, and the handler does not run.
//! let Admission::Answer(answer) = dedupe.admit(&delivery).await else { panic!("it is handled") };
//! assert_eq!((answer.status(), &answer.headers()["x-webhook-duplicate"]), (StatusCode::OK, &"done".parse()?));
//! # Ok(())
//! # }
//! ```
//!
//! ## Durable
//!
//! ```
//! use std::io::Error;
//!
//! use countersign::providers::preflix;
//! use countersign::{ConfigError, Event, Verifier};
//! use countersign_inbox::{Context, Endpoint, Inbox, InboxStore};
//!
//! // An adapter serves `inbox.service("audits")`; `inbox.drain()` ends it.
//! fn start(store: impl InboxStore, verifier: Verifier) -> Result<Inbox, ConfigError> {
//!     Inbox::start(store, [Endpoint::new("audits", verifier).on(audited)])
//! }
//!
//! async fn audited(event: Event<preflix::Event>, context: Context) -> Result<(), Error> {
//!     file(&event.data, &context.idempotency_key()).await
//! }
//! # async fn file(_: &preflix::Event, _: &str) -> Result<(), Error> { Ok(()) }
//! ```
//!
//! # How a claim is decided
//!
//! Inline mode, in one atomic step of the store, by its own clock:
//!
//! 1. A live lease: the same [`AttemptToken`] gets it again, others get [`Claim::InFlight`].
//! 2. Handled within the retention: [`Claim::Done`].
//! 3. An id that the signature does not cover: checks whether the signed bytes are known under another id. See
//!    [`UnsignedIds`].
//! 4. [`Claim::Acquired`], with a fencing token above all earlier ones of the key.
//!
//! # How an accept is decided
//!
//! Durable mode. A delivery that the [types, filters or sampling](Endpoint::with_filter) of its endpoint leave out is
//! acknowledged, counted and forgotten. The others are stored, equally atomically; the answer is returned once it has the
//! store's [`Durability`]:
//!
//! 1. A known key of a dead letter or of an unverified event: [`Accepted::Requeued`], unless [`DeadDuplicates`] says
//!    otherwise. The new request replaces the stored one.
//! 2. A known key: [`Accepted::Duplicate`], with the state of the event. The first stored request is kept.
//! 3. An id that the signature does not cover: as above; [`Accepted::Replayed`] if it is rejected.
//! 4. [`Accepted::New`].
//!
//! The [key](EventKey) is the SHA-256 of tenant, [endpoint](IdentityPolicy), provider, topic and id. Without an id every
//! delivery is new, unless the endpoint [uses the body as id](IdentityPolicy::with_body_as_id).
//!
//! # The states of an event
//!
//! ```text
//!            accept          claim: fence + 1, attempt + 1         done, skip
//!  (absent) ────────► ready ─────────────────────────────► running ──────────► done
//!                     ▲   ▲                                │     │
//!                     │   └────────────────────────────────┘     │ permanent, too often,
//!                     │      retry after a backoff, given        │ or for too long
//!                     │      back, or its lease has expired      ▼
//!                     └──────────────────────────────────────── dead
//!                            replayed, or sent again
//! ```
//!
//! A finished event can be replayed, too. A running event whose stored request does not verify becomes
//! [unverified](EventState::Unverified), and ready when it verifies or is sent again. In inline mode, a claim
//! starts as running, and is free again after a release. An attempt without the latest lease can neither renew nor
//! finish: [`Fenced::Stale`].
//!
//! An event whose lease expired without an outcome is claimed alone from then on, and its start is stored before its
//! handler runs: see [`Isolation`]. A crash during such an attempt counts as an attempt, so that an event that crashes the
//! process becomes a dead letter. Events that ran at the same time do not, nor do those that were claimed and whose handler
//! had not started.
//!
//! # Responses to the provider
//!
//! See [`inline`] and [`Acceptor`]. In short: 2xx if the delivery is handled or stored, 503 with `Retry-After` if
//! it must be sent again, and never 4xx for failures of the receiver, because providers stop retrying after that.
//!
//! # Retention
//!
//! Keys of handled deliveries are remembered for 30 days by default. A builder refuses a store that forgets ids
//! while the provider may still resend the delivery, and warns below twice the provider's retry window or 7 days:
//! see [`Retention`]. Waiting and running events are never forgotten.
//!
//! # Telemetry
//!
//! Metrics, spans and logs are listed in [`telemetry`].
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `opentelemetry` | The spans of handlers are children of those of the requests that delivered their events | no |
//! | `runtime` | For tokio: [`inline`], claims around handlers; [`Acceptor`], which responds once an event is stored; [`Inbox`], which runs the handlers of stored events | no |
//! | `testing` | `Context::for_test` and `Inbox::run_until_idle`, for tests of handlers: enable it in `[dev-dependencies]` | no |
//!
//! # Minimum supported Rust version
//!
//! 1.88.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "runtime")]
mod acceptor;
#[cfg(feature = "runtime")]
mod alerts;
mod claim;
mod clock;
#[cfg(feature = "runtime")]
mod endpoint;
mod event;
#[cfg(feature = "runtime")]
mod handling;
mod identity;
#[cfg(feature = "runtime")]
mod inbox;
mod inbox_store;
#[cfg(feature = "runtime")]
pub mod inline;
mod key;
mod memory;
mod ops;
mod printable;
#[cfg(feature = "runtime")]
mod recorder;
mod refusal;
mod retention;
#[cfg(feature = "runtime")]
mod runtime;
#[cfg(feature = "runtime")]
mod selection;
mod statistics;
mod store;
pub mod telemetry;
#[cfg(feature = "runtime")]
mod worker;

#[cfg(feature = "runtime")]
pub use acceptor::{AcceptAnswer, AcceptFuture, Acceptor};
#[cfg(feature = "runtime")]
pub use alerts::{
    Alert, AlertCause, AlertRules, AlertState, EndpointHealth, HealthCause, HealthState, Observation,
};
pub use claim::{AttemptToken, Claim, ClaimRequest, Fenced, Lease};
pub use clock::MonotonicClock;
#[cfg(feature = "runtime")]
pub use endpoint::{Endpoint, Subscription};
pub use event::{
    DeadDuplicates, EventId, EventState, HeadError, NewEvent, StoredEvent, StoredHead, UnknownVersions,
};
#[cfg(feature = "runtime")]
pub use handling::{Backoff, CircuitBreaker, Context, Handler, Outcome};
pub use identity::{Identity, IdentityPolicy, UnsignedIds};
#[cfg(feature = "runtime")]
pub use inbox::{Inbox, InboxBuilder};
pub use inbox_store::{
    Accepted, AttemptEnd, AttemptNote, ClaimDue, CommitError, Dispatcher, Finish, InboxStore, Isolation,
    Leased, Swept, TxInbox, WakeQueue, Woken,
};
pub use key::{Digest, EventKey};
pub use memory::MemoryStore;
pub use ops::{
    Action, Attempt, AttemptOutcome, AuditEntry, Change, Changed, CircuitCommand, CircuitReport,
    ControlAction, ControlChange, Controls, Counted, Detail, ErrorPattern, FailureKind, Filter,
    HistoryAction, HistoryEntry, InlineAttempt, InlineFilter, Limit, Listing, OpenCircuit, OpsStore, Page,
    Pause, PauseAction, PauseChange, Precondition, RateLimit, Reveal, SourceStats, Stats,
    StoredInlineAttempt, Summary, error_pattern,
};
pub use refusal::RefusalKind;
pub use retention::Retention;
pub use statistics::{
    Breakdown, DeliveryCounts, EndpointStatistics, Histogram, Increment, Occurrences, RejectionCount,
    RejectionIncrement, RejectionSample, Rejections, Series, Span, SpanRange, Statistics, StoredSample,
    Window,
};
pub use store::{DedupeStore, Durability, StoreError, StoreFuture};
#[cfg(feature = "runtime")]
pub use worker::{Backlog, Health, HealthReport, Report};
