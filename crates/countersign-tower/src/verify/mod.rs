//! The verifying middleware. Files have the names that they have in `countersign-actix`.

mod deadline;
mod future;
mod incoming;
mod layer;
#[cfg(feature = "axum")]
mod limits;
mod mode;
mod service;

pub use future::ResponseFuture;
#[cfg(feature = "inbox")]
pub(crate) use incoming::BoxError;
pub use layer::VerifyWebhookLayer;
#[cfg(feature = "axum")]
pub use mode::AxumBody;
pub use mode::{FullBody, InnerBody, OuterBody, SameBody};
pub use service::VerifyWebhook;
