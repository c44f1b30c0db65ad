//! Tests of what is built on [`countersign_inbox`]: of handlers, and of stores. And [simulated providers](#simulated-providers), for
//! tests of receivers.
//!
//! # Handlers
//!
//! A [`MemoryInbox`] is a store without files and servers. On the [clock of tokio](TokioClock), retries and backoffs take no
//! time. `Inbox::run_until_idle` (feature `testing` of `countersign-inbox`) waits until every event is handled:
//!
//! ```
//! use std::sync::Arc;
//!
//! use countersign::receiver::Receiver;
//! use countersign::{Delivery, Head, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
//! use countersign_inbox::{Context, Durability, Endpoint, EventState, Filter, Inbox, Page, OpsStore, StoredHead};
//! use countersign_testkit::MemoryInbox;
//!
//! const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
//!
//! /// The handler under test fails at its first attempt.
//! async fn handle(_: Delivery, context: Context) -> Result<(), &'static str> {
//!     if context.attempt() == 1 { Err("not yet") } else { Ok(()) }
//! }
//!
//! #[tokio::main(flavor = "current_thread", start_paused = true)]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let verifier = Verifier::new(&providers::GITHUB, Secret::new("s3cret")?)?;
//!     let receiver = Receiver::builder(verifier.clone()).with_clock(NOW).build()?;
//!     let store = Arc::new(MemoryInbox::default());
//!     let inbox = Inbox::builder(store.clone())
//!         .with_endpoint(Endpoint::new("github", receiver).otherwise(handle))
//!         .insecure_allow_durability(Durability::Memory)
//!         .start()?;
//!
//!     let signer = Signer::new(&providers::GITHUB, Secret::new("s3cret")?)?;
//!     let headers = signer.sign(&SigningRequest::new("{}", NOW).with_id("1").with_event_type("push"))?;
//!     let delivery = verifier.verify(&Head::new(&headers), "{}", NOW)?;
//!     let head = StoredHead::new("POST", "/hooks/github", headers);
//!     inbox.acceptor("github")?.accept(&delivery, head).await;
//!
//!     inbox.run_until_idle().await?;
//!     let handled = store.list(&Filter::default(), Page::first(10)).await?.events;
//!     assert_eq!((handled[0].state, handled[0].attempt), (EventState::Done, 2));
//!     Ok(())
//! }
//! ```
//!
//! # Stores
//!
//! [`store_conformance!`] and [`inbox_conformance!`] create a test for each promise that a
//! [`DedupeStore`](countersign_inbox::DedupeStore) and an [`InboxStore`](countersign_inbox::InboxStore) make, and tests of
//! random histories, which are compared with a model.
//!
//! # Simulated providers
//!
//! [`simulators`] (feature `simulators`) has sample events of every provider of the catalogue, to be signed and sent to a
//! receiver under test.
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `conformance` | The conformance suites of stores, and [`MemoryInbox`] | yes |
//! | `simulators` | Simulated providers, and sample events of every provider; depends on an HTTP client and a server | no |
//!
//! # Minimum supported Rust version
//!
//! 1.88.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "conformance")]
mod memory_inbox;
#[cfg(feature = "simulators")]
pub mod simulators;

pub use clock::TokioClock;
#[cfg(feature = "conformance")]
pub use memory_inbox::MemoryInbox;
