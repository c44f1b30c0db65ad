//! The framework-independent part of the adapters: everything between a framework's request and the verifier except
//! I/O.
//!
//! An adapter polls a [`Receiving`] with the request of its framework, and responds as [`Received`] says. The rest is
//! shared here, so that all adapters behave alike.
//!
//! A request passes two files: `receiving`, the only one that an adapter calls, polls it and looks up the tenant; `reception`
//! checks the head with the tenant's `verifiers`, takes the body and decides. Where the request may be a handshake,
//! `pending_handshake` decides instead, and `handshake_answerer` makes the answer.

mod builder;
mod check;
mod early_response;
mod expect;
mod explainer;
mod forwarded;
mod handshake_answerer;
mod handshake_responder;
mod handshake_state;
mod incoming;
mod options;
mod pending_handshake;
mod policy;
mod problem;
mod public_url;
mod receiving;
mod reception;
mod rejection;
mod share;
mod sink;
mod stored;
mod tenant;
mod trusted_proxy;
mod verifiers;

pub use crate::budget::Budget;
pub use builder::ReceiverBuilder;
pub(crate) use early_response::EarlyResponse;
pub use early_response::{HandshakeResponse, Received};
pub use explainer::{Explainer, Explanation, RejectedRequest};
pub use handshake_responder::HandshakeResponder;
pub use handshake_state::HandshakeCount;
pub use incoming::Incoming;
pub use options::Receiver;
pub use policy::HandshakePolicy;
pub use problem::{Problem, RejectionBody};
pub use public_url::PublicUrl;
pub use receiving::Receiving;
pub use rejection::Rejection;
pub use sink::{IssuedSecret, SecretSink, SinkError, SinkFuture};
pub use tenant::{KeySource, KeysFuture, RequestHead, ResolveError, Tenant, TenantFuture, Tenants};
pub use trusted_proxy::TrustedProxy;
