//! Deduplication: claims around handlers.

mod middleware;
mod service;

pub use middleware::Dedupe;
pub use service::{DedupeFuture, DedupeMiddleware};
