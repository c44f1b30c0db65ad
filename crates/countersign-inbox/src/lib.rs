//! Handles each verified webhook once: keys, claims with fenced leases, and a bounded store in memory.
//!
//! It knows no framework: it says whether a delivery is the caller's to handle, and with the feature `runtime` drives the
//! handler. What a handler does elsewhere can still happen twice, when the process ends between the effect and
//! [`complete`](DedupeStore::complete): pass the key on to whoever can tell.
//!
//! # Quick start
//!
//! ```
//! use std::time::Duration;
//!
//! use countersign::providers::preflix;
//! use countersign::{Head, Secret, Signer, SigningRequest, UnixTime, Verifier};
//! use countersign_inbox::{AttemptToken, Claim, ClaimRequest, DedupeStore, Endpoint, Fenced, MemoryStore};
//!
//! # fn wait<T>(mut future: countersign_inbox::StoreFuture<'_, T>) -> T {
//! #     use std::task::{Context, Poll, Waker};
//! #     match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
//! #         Poll::Ready(done) => done.unwrap(),
//! #         Poll::Pending => unreachable!("the store in memory is never late"),
//! #     }
//! # }
//! // A verified delivery.
//! let now = UnixTime::from_secs(1_700_000_000);
//! let body = r#"{"id":"evt_7b2","type":"audit.completed","data":{}}"#;
//! let secret = || Secret::new("a signing secret");
//! let headers = Signer::new(&preflix::PROVIDER, secret()?)?.sign(&SigningRequest::new(body, now))?;
//! let delivery = Verifier::new(&preflix::PROVIDER, secret()?)?.verify(&Head::new(&headers), body, now)?;
//!
//! // Who it is. Without an id it is `None`, and new every time.
//! let endpoint = Endpoint::new("audits");
//! let identity = endpoint.identify(&delivery, Some("acme")).unwrap();
//!
//! // `wait` is `.await` here.
//! let store = MemoryStore::new(100_000);
//! let ttl = Duration::from_secs(30);
//! let request = || ClaimRequest { identity: identity.clone(), token: AttemptToken::random(), ttl };
//! let Claim::Acquired { lease, .. } = wait(store.claim(&request())) else { panic!("it is new") };
//!
//! // The provider is impatient: 503 with `Retry-After`.
//! assert!(matches!(wait(store.claim(&request())), Claim::InFlight { .. }));
//!
//! // The handler is done; had it failed: `release`.
//! assert_eq!(wait(store.complete(&lease)), Fenced::Ok(()));
//!
//! // The provider did not get the answer: 200, and the handler does not run.
//! assert_eq!(wait(store.claim(&request())), Claim::Done { same_body: true });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How a claim is decided
//!
//! 1. A live lease: the same [`AttemptToken`] gets it again, others are told [`Claim::InFlight`].
//! 2. Handled within the retention: [`Claim::Done`].
//! 3. An id that the signature does not cover: are the signed bytes known under another one? See [`UnsignedIds`].
//! 4. [`Claim::Acquired`], with a fencing token above all earlier ones of the key.
//!
//! Only the holder of the latest lease can renew, complete or release; others get [`Fenced::Stale`].
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
pub use inbox::{Accepted, ClaimDue, Dispatcher, Finish, Inbox, Leased, TxInbox};
pub use key::{Digest, EventKey};
pub use memory::MemoryStore;
pub use ops::{
    Action, Attempt, AuditEntry, Change, Changed, Detail, Filter, OpsStore, Page, SourceStats, Stats, Summary,
};
pub use retention::Retention;
pub use store::{DedupeStore, Durability, StoreError, StoreFuture};
