//! Deduplication: claims around handlers.

mod future;
mod layer;
mod service;

pub use future::DedupeFuture;
pub use layer::Dedupe;
pub use service::DedupeMiddleware;
