//! The worker: runs the handlers of the durable inbox.
//!
//! It claims due events, verifies each again, runs its handler, and stores the outcome. Events are handled at least
//! once, one attempt at a time, and are never lost: a failed event is retried with growing delays until it becomes
//! a dead letter, which waits for an operator.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use countersign::providers::proxiant;
//! use countersign::{Event, Secret, Verifier};
//! use countersign_inbox::InboxStore;
//! use countersign_inbox::worker::{Context, Source, Worker};
//!
//! # async fn example(inbox: Arc<dyn InboxStore>) -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = Verifier::new(&proxiant::PROVIDER, Secret::new("whsec_abc")?)?;
//! let source = Source::new("proxiant", verifier).on::<proxiant::Event>(
//!     |event: Event<proxiant::Event>, context: Context| async move {
//!         println!("{:?}, attempt {}", event.data, context.attempt());
//!     },
//! );
//! let worker = Worker::builder(inbox).with_source(source).build()?.spawn();
//! // Until the process is asked to end.
//! let report = worker.shutdown().await?;
//! assert!(report.is_clean());
//! # Ok(())
//! # }
//! ```
//!
//! # How an attempt runs
//!
//! 1. The store leases the event to this worker. Events whose lease expires without an outcome, because the process
//!    ended, are claimed alone from then on, with a pause, and only those attempts count: an event that crashes the
//!    process eventually becomes a dead letter, and those that ran at the same time are handled. See
//!    [`Isolation`](crate::Isolation).
//! 2. The stored request is verified again, as of the time of receipt. If that fails, the event becomes
//!    [unverified](crate::EventState::Unverified), and the cure is logged. The worker verifies such events again at
//!    its start, and then at least every minute; they continue when their key is in the secrets again. If the
//!    secrets cannot be looked up, the event is retried.
//! 3. The data is decoded into the type of the handler. Data of another shape makes the event a dead letter, with
//!    the JSON path.
//! 4. The handler runs in a separate task. A panic is treated as an error.
//! 5. The outcome is stored: done, skipped, due again after a [`Backoff`], or a dead letter. While the store does
//!    not answer, storing is retried, even after the end of the lease: the outcome counts until another worker has
//!    taken the event over. In that case, or after an hour, the event runs again.
//!
//! # Leases
//!
//! Leases are renewed at a third of their lifetime, all of them in one call. A handler whose lease could not be
//! renewed is cancelled ([`Context::cancelled`]) a sixth of that lifetime before another worker can take its event
//! over, and aborted before the lease ends; a result after that is discarded if another worker has the event. A
//! handler that blocks its thread instead of awaiting can neither be cancelled nor aborted: use `spawn_blocking`
//! for such work.
//!
//! Effects of a handler on other systems can happen twice, if the process ends before the outcome is stored. See
//! [`Handler`].
//!
//! # Failures of the store
//!
//! The worker survives a store that fails, hangs or panics for any length of time: it retries at growing intervals,
//! and logs each outage once. While idle, it queries the store less than twice a second, whatever the number of
//! sources; an event from another process is picked up within a second.

mod account;
mod attempt;
mod backoff;
mod builder;
mod claim_budget;
mod claims;
mod context;
mod due;
mod finish;
mod handle;
mod handled_sources;
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
mod unhandled_sources;
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
