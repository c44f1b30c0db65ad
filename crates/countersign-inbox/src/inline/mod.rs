//! Inline mode: a handler runs behind a claim, before the provider is answered.
//!
//! A [`Deduplicator`] decides whether a delivery is handled, and what is answered if it is not. It knows no framework:
//! the adapters spawn a task that [admits](Deduplicator::admit) the delivery and [drives](Run::drive) the handler, so that
//! a closed connection ends neither.
//!
//! # What is answered
//!
//! | Situation | Answer |
//! |---|---|
//! | new, or failed before | the handler runs; its 2xx is relayed once the store knows |
//! | handled | 200 with [`DUPLICATE`]`: done`; the handler does not run |
//! | its signed bytes were handled under another id, and [`Reject`](crate::UnsignedIds::Reject) is set | 200 with [`DUPLICATE`]`: replayed`; the handler does not run |
//! | being handled | after [a wait](DeduplicatorBuilder::with_coalesce_wait), if there is one, as handled; else 503 and `Retry-After` |
//! | the store is down or full | 503 and `Retry-After`: never handled unclaimed, and never 4xx, after which providers drop events |
//! | the handler answers 5xx | that; the claim is released |
//! | the handler answers 422, as the extractors of events do to data that does not fit | that; the claim is released, so that a corrected handler gets what the provider sends again |
//! | the handler answers 3xx or another 4xx | 500, because providers would not try again; the claim is released |
//! | the handler answers a 4xx that [is permanent](DeduplicatorBuilder::with_permanent_statuses) | that; it counts as handled |
//! | the handler panics | 500; the claim is released |
//! | the handler succeeds, and the store cannot be told | its 2xx; the store is told later, until the lease ends |
//! | the handler succeeds after somebody has taken over | 503 and `Retry-After`: what the store knows is what counts |
//! | verified, without an id | [`MissingId`] |
//!
//! # Leases
//!
//! A claim is a lease, renewed every third of its length while the handler runs. When the last confirmed renewal is
//! older than five sixths of it, somebody else may soon take over: [`ClaimContext::cancelled`] fires. Handlers are told,
//! not ended: what they do is theirs to stop.
//!
//! # What can still happen twice
//!
//! What a handler does elsewhere, when the process ends between the effect and the store: pass
//! [`ClaimContext::idempotency_key`] on to whoever can tell.
//!
//! What is counted is in [`telemetry`](crate::telemetry).

mod answer;
mod builder;
mod claim;
mod context;
mod deduplicator;
mod finish;
mod flights;
mod heartbeat;
mod run;
mod telemetry;
mod unsettled;
mod verdict;

pub use answer::DUPLICATE;
pub use builder::{DeduplicatorBuilder, MissingId};
pub use context::ClaimContext;
pub use deduplicator::{Admission, Deduplicator};
pub use run::{Finished, Run};
