//! Inline mode: a handler runs under a claim, before the response to the provider.
//!
//! A [`Deduplicator`] decides whether a delivery is handled, and how a duplicate is answered. It is independent of
//! frameworks: the adapters spawn a task that [admits](Deduplicator::admit) the delivery and [drives](Run::drive)
//! the handler, so that a closed connection ends neither.
//!
//! # Responses
//!
//! | Situation | Response |
//! |---|---|
//! | new, or failed before | the handler runs; its 2xx is passed on once the outcome is stored |
//! | handled | 200 with [`DUPLICATE`]`: done`; the handler does not run |
//! | its signed bytes were handled under another id, and [`Reject`](crate::UnsignedIds::Reject) is set | 200 with [`DUPLICATE`]`: replayed`; the handler does not run |
//! | being handled | after [a wait](DeduplicatorBuilder::with_coalesce_wait), if one is set, as handled; otherwise 503 and `Retry-After` |
//! | the store is down or full | 503 and `Retry-After`: never handled without a claim, and never 4xx, after which providers drop events |
//! | the handler responds with 5xx | that status; the claim is released |
//! | the handler responds with 422, as the event extractors do for data that does not fit | that status; the claim is released, so that a corrected handler gets the provider's retry |
//! | the handler responds with 3xx or another 4xx | 500, because providers would not retry after that status; the claim is released |
//! | the handler responds with a 4xx that [is permanent](DeduplicatorBuilder::with_permanent_statuses) | that status; the delivery counts as handled |
//! | the handler panics | 500; the claim is released |
//! | the handler succeeds, and the store fails | its 2xx; storing is retried until an hour after the end of the lease |
//! | the handler succeeds after another process has taken over | 503 and `Retry-After`: the stored outcome counts |
//! | verified, without an id | [`MissingId`] |
//!
//! # Leases
//!
//! A claim is a lease, renewed every third of its length while the handler runs. When the last confirmed renewal is
//! older than five sixths of it, another process may soon take over, and [`ClaimContext::cancelled`] fires.
//! Handlers are notified, not aborted: they must stop their own work. While one of them still runs, it gets the lease of the next
//! claim of its delivery through the same [`Deduplicator`] or a clone of it, which is answered as being handled: no second handler runs
//! beside it. That lease is not renewed, because the handler was asked to stop. A handler that never ends gets every later one, so that
//! its delivery is not handled again before the process ends: give the work of handlers timeouts. A second deduplicator of the same
//! endpoint, like another process, takes the delivery over.
//!
//! # Remaining duplicates
//!
//! Effects of a handler on other systems happen twice if the process ends between the effect and the storing of its
//! outcome, or if its lease is lost and another process, or a claim whose answers are lost, takes the delivery over. Pass
//! [`ClaimContext::idempotency_key`] to systems that detect duplicates.
//!
//! The metrics are listed in [`telemetry`](crate::telemetry).

mod answer;
mod builder;
mod context;
mod deduplicator;
mod finish;
mod handled;
mod in_flight;
mod lease_renewal;
mod run;
mod running;
mod shared;
mod telemetry;
mod unsettled;

pub use answer::DUPLICATE;
pub use builder::DeduplicatorBuilder;
pub use context::ClaimContext;
pub use deduplicator::{Admission, Deduplicator};
pub use run::{Finished, Run};
pub use shared::MissingId;
