//! The verifying middleware.

mod expect;
mod future;
mod incoming;
mod limits;
mod middleware;
mod service;

pub use expect::ExpectHandler;
pub use future::ResponseFuture;
#[cfg(feature = "inbox")]
pub(crate) use incoming::copy as copy_headers;
pub use middleware::VerifyWebhook;
pub use service::VerifyWebhookMiddleware;
