//! What the adapters have in common: everything between a framework's request and the verifier that is no I/O.
//!
//! An adapter reads the body, feeds a [`Reception`], and answers a [`Rejection`]; the rest is here, once, so that
//! the adapters cannot drift apart.

mod budget;
mod key_source;
mod options;
mod reception;
mod rejection;
mod tenant;

pub use budget::Budget;
pub use key_source::KeySource;
pub use options::Receiver;
pub use reception::Reception;
pub use rejection::Rejection;
pub use tenant::{Request, ResolveError, ResolveFuture, Tenants};
