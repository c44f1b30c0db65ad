//! The framework-independent part of the adapters: everything between a framework's request and the verifier except
//! I/O.
//!
//! An adapter reads the body, feeds a [`Reception`], and answers with a [`Rejection`]. The rest is shared here, so
//! that all adapters behave alike.

mod begin;
mod budget;
mod check;
mod desk;
mod detour;
#[cfg(feature = "diagnose")]
mod evidence;
mod forwarded;
mod halt;
mod issued;
mod key_source;
mod lookup;
mod options;
mod policy;
mod public_url;
mod reception;
mod refusal;
mod rejection;
mod responder;
mod sink;
mod stored;
mod tally;
mod tenant;
mod trusted_proxy;

pub use budget::Budget;
pub(crate) use budget::Counted;
pub use halt::{Halt, HaltFuture, Handshaken};
pub use key_source::KeySource;
pub use options::Receiver;
pub use policy::HandshakePolicy;
pub use public_url::PublicUrl;
pub use reception::Reception;
pub use rejection::Rejection;
pub use responder::Responder;
pub use sink::{IssuedSecret, SecretSink, SinkError, SinkFuture};
pub use tally::HandshakeCount;
pub use tenant::{RequestHead, ResolveError, ResolveFuture, Tenant, TenantFuture, Tenants};
pub use trusted_proxy::TrustedProxy;
