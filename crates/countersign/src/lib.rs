//! Verifies webhooks: from the raw bytes on the wire to a signed, typed event.
//!
//! This is the core: bytes, headers and the time go in, a decision comes out. It does no I/O, owns no clock and knows
//! no framework; `countersign-tower` and `countersign-actix` drive it. It does not remember deliveries: refusing a
//! repeated one inside the tolerance is the business of a store.

mod delivery;
mod error;
mod event;
mod form;
mod head;
mod inline;
mod mac;
mod pick;
mod provider;
pub mod providers;
pub mod receiver;
pub mod scheme;
mod secret;
mod sign;
mod time;
mod verifier;

#[cfg(feature = "derive")]
pub use countersign_macros::EventCatalog;

pub use delivery::{Delivery, Field};
pub use error::{ConfigError, ErrorKind, VerifyError};
pub use event::{DecodeError, Event, EventCatalog, UnknownEvent};
pub use head::{Head, Headers};
pub use provider::{Confidence, EventFields, Handshake, Provider, Retries};
pub use secret::{Secret, SecretSet};
pub use sign::{Signer, SigningRequest};
pub use time::{Clock, SystemClock, Tolerance, UnixTime};
pub use verifier::{Coverage, Intake, Verifier, VerifierBuilder};

/// What the derive needs of serde, so that users need no dependency of that name.
#[doc(hidden)]
pub mod __private {
    pub use serde::de::{Deserialize, Deserializer, IgnoredAny};
}

// The derive names this crate by its public path, here too.
extern crate self as countersign;
