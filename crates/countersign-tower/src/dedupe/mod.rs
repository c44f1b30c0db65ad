//! Deduplication: claims around handlers.

mod future;
mod layer;
mod service;

pub use future::DedupeFuture;
pub use layer::DedupeLayer;
pub use service::Dedupe;
