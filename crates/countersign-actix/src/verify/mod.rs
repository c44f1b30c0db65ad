//! The verifying middleware.

mod body;
mod expect;
mod limits;
mod middleware;
mod service;

#[cfg(feature = "inbox")]
pub(crate) use body::copy as copy_headers;
pub use expect::ExpectHandler;
pub use middleware::VerifyWebhook;
pub use service::{ResponseFuture, VerifyWebhookMiddleware};
