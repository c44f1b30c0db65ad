//! Deduplication: claims around handlers.

#[cfg(feature = "axum")]
mod context;
mod future;
mod layer;
mod service;

#[cfg(feature = "axum")]
pub use context::ClaimContext;
pub use future::DedupeFuture;
pub use layer::DedupeLayer;
pub use service::Dedupe;
