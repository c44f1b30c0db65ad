//! Deduplication: claims around handlers.

mod ending;
mod middleware;
mod service;

pub use middleware::Dedupe;
pub use service::{DedupeFuture, DedupeMiddleware};
