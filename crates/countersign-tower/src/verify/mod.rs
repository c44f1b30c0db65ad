//! The middleware that verifies.

mod future;
mod layer;
mod mode;
mod service;
mod verification;

pub use future::ResponseFuture;
pub use layer::VerifyWebhookLayer;
pub use mode::{FullBody, InnerBody, SameBody};
pub use service::VerifyWebhook;
