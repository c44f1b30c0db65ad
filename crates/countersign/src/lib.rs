//! Verifies webhooks: from the raw bytes on the wire to a signed, typed event.
//!
//! This is the core: bytes, headers and the time go in, a decision comes out. It does no I/O, owns no clock and knows no
//! framework; `countersign-tower` and `countersign-actix` drive it. It does not remember deliveries: refusing a genuine
//! one that is repeated within the tolerance is the business of a store.
//!
//! # Quick start
//!
//! ```
//! use countersign::providers::preflix;
//! use countersign::{Event, Head, Secret, Signer, SigningRequest, UnixTime, Verifier};
//!
//! // What the provider does.
//! let now = UnixTime::from_secs(1_700_000_000);
//! let body = r#"{"id":"evt_7b2","type":"audit.completed","data":{"bill_id":"b","report_id":"r","status":"complete"}}"#;
//! let signer = Signer::new(&preflix::PROVIDER, Secret::new("a signing secret")?)?;
//! let headers = signer.sign(&SigningRequest::new(body, now))?;
//!
//! // What you do.
//! let verifier = Verifier::new(&preflix::PROVIDER, Secret::new("a signing secret")?)?;
//! let delivery = verifier.verify(&Head::new(&headers), body, now)?;
//! let event = Event::<preflix::Event>::decode(delivery)?;
//! assert!(matches!(event.data, preflix::Event::AuditCompleted(audit) if audit.report_id == "r"));
//! assert!(event.delivery.id().unwrap().is_signed());
//!
//! // What somebody else does.
//! let later = UnixTime::from_secs(1_700_000_301);
//! assert_eq!(verifier.verify(&Head::new(&headers), body, later).unwrap_err().kind().as_str(), "timestamp_too_old");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How a request is decided
//!
//! Cheap before costly, and nothing is touched before the signature holds:
//!
//! 1. Signature, timestamp and id are in the headers, once, within their limits.
//! 2. The signature field parses and has an accepted version in it.
//! 3. The timestamp is inside the [`Tolerance`], both ways.
//! 4. The body is within its limit, announced or not.
//! 5. One MAC per key is compared, in constant time, with all signatures. The timestamp is signed as it was received, the
//!    body as it came in: never decompressed, trimmed or serialised again.
//! 6. What lives in the body is read from the verified bytes.
//!
//! # What the sender sees
//!
//! Nothing of this crate's errors. [`ErrorKind::status`] is the one place where a kind becomes a status, and
//! [`receiver::Rejection`] the response that names the kind and nothing else.
//!
//! # Deployment
//!
//! * Bodies have to arrive unchanged: nothing in front may decompress or rewrite them.
//! * Providers that sign the URL need the public one: [`Head::with_url`], and in the adapters [`receiver::PublicUrl`].
//! * An id that [`is_signed`](Field::is_signed) denies is no protection against replays.
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `derive` | `#[derive(EventCatalog)]` | yes |
//! | `diagnose` | why a request does not verify, and who sent it | no |
//! | `jwt` | Providers that sign JSON Web Tokens | no |
//! | `nfkd` | secrets that are not ASCII, for EasyPost | no |
//! | `schema` | `Provider::json_schema` | no |
//! | `toml` | `Provider::from_toml` | no |
//! | `ed25519` | Ed25519: Standard Webhooks `v1a`, Discord, Telnyx | no |
//! | `ecdsa` | ECDSA over P-256 and P-384: SendGrid | no |
//! | `rsa` | RSA PKCS#1 v1.5 and PSS: Wise, WeChat Pay, AWS SNS | no |
//! | `crc32` | `{body:crc32}` in signed content; part of `rsa`, for PayPal | no |
//! | `message-signatures` | HTTP Message Signatures (RFC 9421): MailChannels, AccessOwl; with `asymmetric` for theirs | no |
//! | `asymmetric` | `ed25519`, `ecdsa` and `rsa` | no |
//! | `full` | all of them | no |
//!
//! `rsa` brings in the crate of that name, and with it the open advisory RUSTSEC-2023-0071 (Marvin): how long operations
//! with a private key take. Verifying has no private key. [`Signer`] has, and is for tests, simulators and the command
//! line: do not let strangers measure it.
//!
//! # Minimum supported Rust version
//!
//! 1.88.

mod content;
mod delivery;
#[cfg(feature = "diagnose")]
pub mod diagnose;
mod error;
mod event;
mod form;
pub mod handshake;
mod head;
#[cfg(feature = "diagnose")]
mod identify;
mod inline;
mod jwks;
mod mac;
mod multipart;
mod pick;
mod provider;
pub mod providers;
pub mod receiver;
#[cfg(feature = "schema")]
mod schema;
pub mod scheme;
mod secret;
mod sign;
mod signed;
mod target;
mod time;
mod verifier;
mod words;
mod work;

#[cfg(feature = "derive")]
pub use countersign_macros::EventCatalog;

pub use delivery::{Delivery, Field};
#[cfg(feature = "diagnose")]
pub use diagnose::diagnose;
pub use error::{Checked, ConfigError, ConfigWarning, ErrorKind, VerifyError};
pub use event::{DecodeError, Event, EventCatalog, Requirement, UnknownEvent, ValueKind};
pub use head::{Head, Headers};
#[cfg(feature = "diagnose")]
pub use identify::{Fit, identify};
pub use provider::{
    Confidence, EventFields, KeyScope, Placement, Provider, Responses, Retries, Sources, UnsignedDelivery,
};
pub use secret::{Secret, SecretSet};
pub use sign::{SignedRequest, Signer, SigningRequest};
pub use signed::SignedContent;
pub use time::{Clock, SystemClock, Tolerance, UnixTime};
pub use verifier::{Coverage, Intake, Verifier, VerifierBuilder};

/// What the derive needs of serde, so that users need no dependency of that name.
#[doc(hidden)]
pub mod __private {
    pub use serde::de::{Deserialize, Deserializer, Error, IgnoredAny};
}

// The derive names this crate by its public path, here too.
extern crate self as countersign;
