//! The verifying middleware.

mod body;
mod expect;
mod headers;
mod limits;
mod middleware;
mod service;

pub use expect::ExpectHandler;
#[cfg(feature = "inbox")]
pub(crate) use headers::copy as copy_headers;
pub use middleware::VerifyWebhook;
pub use service::{ResponseFuture, VerifyWebhookMiddleware};
