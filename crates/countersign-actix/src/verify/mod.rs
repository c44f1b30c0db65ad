//! The verifying middleware. Files have the names that they have in `countersign-tower`.

mod deadline;
mod expect;
mod future;
mod incoming;
mod layer;
mod limits;
mod service;

pub use expect::ExpectHandler;
pub use future::ResponseFuture;
#[cfg(feature = "inbox")]
pub(crate) use incoming::copy as copy_headers;
pub use layer::VerifyWebhook;
pub use service::VerifyWebhookMiddleware;
