//! Deduplication: claims around handlers.

mod context;
mod ending;
mod middleware;
mod service;

pub use context::ClaimContext;
pub use middleware::Dedupe;
pub use service::{DedupeFuture, DedupeMiddleware};
