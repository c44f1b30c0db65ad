//! The worker: runs the handlers of the durable inbox.
//!
//! It claims events when they are due, verifies each again, runs its handler, and tells the store how it ended. Events
//! are handled at least once, one attempt at a time, and never lost: whatever fails is tried again, with pauses that
//! grow, until it is a dead letter that waits for an operator.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use countersign::providers::proxiant;
//! use countersign::{Event, Secret, Verifier};
//! use countersign_inbox::Inbox;
//! use countersign_inbox::worker::{Context, Source, Worker};
//!
//! # async fn example(inbox: Arc<dyn Inbox>) -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = Verifier::new(&proxiant::PROVIDER, Secret::new("whsec_abc")?)?;
//! let source = Source::new("proxiant", verifier).on::<proxiant::Event>(
//!     |event: Event<proxiant::Event>, context: Context| async move {
//!         println!("{:?}, attempt {}", event.data, context.attempt());
//!     },
//! );
//! let worker = Worker::builder(inbox).with_source(source).build()?.spawn();
//! // Until the process is told to end.
//! let report = worker.shutdown().await?;
//! assert!(report.is_clean());
//! # Ok(())
//! # }
//! ```
//!
//! # How an attempt goes
//!
//! 1. The store leases the event to this worker. Of events whose lease expires without an outcome, because the process
//!    ended, each is claimed alone from then on, with a pause, and counts attempts only then: the one that ends the process
//!    becomes a dead letter in the end, and those that ran beside it are handled. See [`Isolation`](crate::Isolation).
//! 2. The stored request is verified again, as of when it was received. Where that fails, the event is
//!    [unverified](crate::EventState::Unverified), with the cure. The worker verifies such events again when it begins, and
//!    then at least every minute; they go on when their key is in the secrets again. Where the secrets cannot be looked up,
//!    the event is tried again.
//! 3. The data is decoded into the type of the handler. Data of another shape is a dead letter, with the JSON path.
//! 4. The handler runs, in a task of its own. A panic is an error like any other.
//! 5. The outcome is stored: done, skipped, due again after a [`Backoff`], or a dead letter. While the store does not
//!    answer, it is told again, also after the end of the lease: the outcome counts until another worker has taken the event
//!    over. It runs again then, or after an hour, and is not taken for done.
//!
//! # Leases
//!
//! Leases are renewed at a third of their time, all of them in one call. A handler whose lease could not be renewed is
//! cancelled ([`Context::cancelled`]) a sixth of that time before anybody else can have its event, and aborted before it
//! ends; what it says all the same is discarded if somebody else has the event by then. A handler that blocks its thread
//! instead of awaiting can neither be cancelled nor aborted: use `spawn_blocking` for such work.
//!
//! What a handler does elsewhere can happen twice, when the process ends before the outcome is stored. See [`Handler`].
//!
//! # What the worker itself survives
//!
//! A store that fails, hangs or panics, for as long as it does: the worker asks again, more seldom, and logs each outage
//! once. Idle, it asks less than twice a second, whatever its sources: an event
//! that came through another process is picked up within a second.

mod account;
mod attempt;
mod backoff;
mod builder;
mod claims;
mod context;
mod due;
mod finish;
mod handle;
mod handler;
mod health;
mod isolation;
mod maintenance;
mod outage;
mod outcome;
mod pause;
mod pending;
mod process;
mod renewal;
mod route;
mod run;
mod settings;
mod shared;
mod source;
mod span;
mod unhandled;
mod unverified;
mod verdict;
mod vitals;
mod wakes;

pub use backoff::Backoff;
pub use builder::WorkerBuilder;
pub use context::Context;
pub use handle::{Report, WorkerHandle};
pub use handler::Handler;
pub use health::{Backlog, Health, HealthReport};
pub use outcome::Outcome;
pub use run::Worker;
pub use source::Source;
