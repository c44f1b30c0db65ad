//! Deduplication: claims around handlers.

mod future;
mod middleware;
mod service;

pub use future::DedupeFuture;
pub use middleware::Dedupe;
pub use service::DedupeMiddleware;
