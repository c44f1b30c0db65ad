//! Handles each verified webhook once and loses none: behind a claim, or from an inbox that is durable before the
//! provider is answered. What a handler does **elsewhere** is still done at least once: when the process ends between
//! an effect and the store's knowing of it, the handler runs again. Pass the idempotency key on to whoever can tell, or
//! commit the effect together with the outcome, in the database of the inbox: [`TxInbox`].
//!
//! It verifies nothing that arrives (`countersign` does), speaks no HTTP (`countersign-tower` and `countersign-actix`
//! do), and keeps no order: events of a source are handled side by side.
//!
//! # Two modes
//!
//! | | inline | durable |
//! |---|---|---|
//! | The handler runs | before the answer | after it, in a [`worker`] |
//! | After a failure | the provider sends it again | it is tried again, until it is a dead letter; operators [replay](Action::Replay) |
//! | Store | a [`DedupeStore`]: memory, SQLite, PostgreSQL, Redis | an [`Inbox`] that survives a loss of power: SQLite, PostgreSQL |
//! | For | handlers that are done before the provider loses patience | everything else |
//!
//! ## Inline
//!
//! ```
//! # use std::error::Error;
//! use std::sync::Arc;
//!
//! use countersign::providers::preflix;
//! use countersign_inbox::inline::{Admission, Deduplicator, Finished};
//! use countersign_inbox::{Endpoint, MemoryStore};
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
//! let dedupe = Deduplicator::builder(store, Endpoint::new("audits"), &preflix::PROVIDER).build()?;
//!
//! // The adapters do this, in a task that a closed connection does not end.
//! let Admission::Run(run) = dedupe.admit(&delivery, None).await else { panic!("it is new") };
//! let handler = async { StatusCode::NO_CONTENT };
//! let finished = run.drive(handler, |status| Some(*status)).await;
//! assert!(matches!(finished, Finished::Relay(StatusCode::NO_CONTENT)));
//!
//! // The provider did not get the answer, and sends it again: 200, and the handler does not run.
//! let Admission::Answer(answer) = dedupe.admit(&delivery, None).await else { panic!("it is handled") };
//! assert_eq!((answer.status(), &answer.headers()["x-webhook-duplicate"]), (StatusCode::OK, &"done".parse()?));
//! # Ok(())
//! # }
//! ```
//!
//! ## Durable
//!
//! ```
//! # use std::io::Error;
//! use std::sync::Arc;
//!
//! use countersign::providers::preflix;
//! use countersign::{ConfigError, Event, Verifier};
//! use countersign_inbox::worker::{Context, Source, Worker, WorkerHandle};
//! use countersign_inbox::{Acceptor, Endpoint, Inbox};
//!
//! // The acceptor is for `Inbox` of an adapter; the handle is for the end of the process.
//! fn start(store: Arc<dyn Inbox>, verifier: Verifier) -> Result<(Acceptor, WorkerHandle), ConfigError> {
//!     let endpoint = Endpoint::new("audits");
//!     let acceptor = Acceptor::builder(store.clone(), endpoint, verifier.provider()).build()?;
//!     let source = Source::new("audits", verifier).on::<preflix::Event>(audited);
//!     let worker = Worker::builder(store).with_source(source).build()?.spawn();
//!     Ok((acceptor, worker))
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
//! Inline, in one atomic step of the store, by its own clock:
//!
//! 1. A live lease: the same [`AttemptToken`] gets it again, others are told [`Claim::InFlight`].
//! 2. Handled within the retention: [`Claim::Done`].
//! 3. An id that the signature does not cover: are the signed bytes known under another one? See [`UnsignedIds`].
//! 4. [`Claim::Acquired`], with a fencing token above all earlier ones of the key.
//!
//! # How an accept is decided
//!
//! In durable mode, and as atomic; the answer is given when it survives what the store's [`Durability`] says:
//!
//! 1. A known key of a dead letter or of an unverified event: [`Accepted::Requeued`], unless [`DeadDuplicates`] says
//!    otherwise. The new request replaces the stored one.
//! 2. A known key: [`Accepted::Duplicate`], with where the event is. What was stored first stays.
//! 3. An id that the signature does not cover: as above; [`Accepted::Replayed`] when that is refused.
//! 4. [`Accepted::New`].
//!
//! The [key](EventKey) is the SHA-256 of tenant, [endpoint](Endpoint), provider, topic and id. Without an id every
//! delivery is new, unless the endpoint [says otherwise](Endpoint::with_body_as_id).
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
//! What is done can be replayed, too. A running event whose stored request does not verify becomes
//! [unverified](EventState::Unverified), and ready when it verifies or is sent again. Inline, a claim begins as running, and
//! is free again when it is released. An attempt without the latest lease can neither renew nor finish: [`Fenced::Stale`].
//!
//! An event whose lease expired without an outcome is claimed alone from then on: see [`Isolation`]. A crash during such an
//! attempt counts as an attempt, so that an event that ends the process becomes a dead letter, and none that ran beside it.
//!
//! # What the provider is told
//!
//! See [`inline`] and [`Acceptor`]. In short: 2xx when it is handled or stored, 503 with `Retry-After` when it has to
//! come back, and never 4xx for what is wrong on our side, because providers give up after that.
//!
//! # Retention
//!
//! Keys of what was handled are remembered for 30 days by default. A builder refuses a store that forgets while the
//! provider may still send the delivery again, and warns below twice its retries or 7 days: see [`Retention`]. What
//! waits or runs is never forgotten.
//!
//! # Telemetry
//!
//! Metrics, spans and logs are listed in [`telemetry`].
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `conformance` | `store_conformance!` and `inbox_conformance!`, the suites that every store passes, and models of both | no |
//! | `opentelemetry` | The spans of handlers are children of those of the requests that brought their events | no |
//! | `runtime` | On tokio: [`inline`], claims around handlers; [`Acceptor`], which answers when an event is stored; [`worker`], which runs the handlers of stored events | no |
//!
//! # Minimum supported Rust version
//!
//! 1.88.

#[cfg(feature = "runtime")]
mod acceptor;
mod claim;
mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod endpoint;
mod event;
mod inbox;
#[cfg(feature = "runtime")]
pub mod inline;
mod key;
mod memory;
mod ops;
mod retention;
#[cfg(feature = "runtime")]
mod runtime;
mod store;
pub mod telemetry;
#[cfg(feature = "runtime")]
pub mod worker;

#[cfg(feature = "runtime")]
pub use acceptor::{AcceptFuture, Acceptor, AcceptorBuilder, Answer};
pub use claim::{AttemptToken, Claim, ClaimRequest, Fenced, Lease};
pub use clock::MonotonicClock;
pub use endpoint::{Endpoint, Identity, UnsignedIds};
pub use event::{DeadDuplicates, EventId, EventState, HeadError, NewEvent, StoredEvent, StoredHead};
pub use inbox::{
    Accepted, ClaimDue, Dispatcher, Finish, Inbox, Isolation, Leased, Swept, TxInbox, WakeQueue, Woken,
};
pub use key::{Digest, EventKey};
pub use memory::MemoryStore;
pub use ops::{
    Action, Attempt, AuditEntry, Change, Changed, Detail, Filter, OpsStore, Page, SourceStats, Stats, Summary,
};
pub use retention::Retention;
pub use store::{DedupeStore, Durability, StoreError, StoreFuture};
