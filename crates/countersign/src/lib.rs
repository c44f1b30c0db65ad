//! Verifies webhooks: turns the raw bytes of a request into a verified, typed event.
//!
//! This is the core crate: bytes, headers and the time go in, a decision comes out. It performs no I/O, owns no
//! clock (the feature `metrics` measures durations) and depends on no web framework; `countersign-tower` and `countersign-actix` drive it. It keeps no state
//! between deliveries: rejecting a genuine delivery that is repeated within the tolerance needs a store
//! (`countersign-inbox`).
//!
//! # Quick start
//!
//! ```
//! use countersign::providers::preflix;
//! use countersign::{Event, Head, Secret, Signer, SigningRequest, UnixTime, Verifier};
//!
//! // The provider's side.
//! let now = UnixTime::from_secs(1_700_000_000);
//! let body = r#"{"id":"evt_7b2","type":"audit.completed","data":{"bill_id":"b","report_id":"r","status":"complete"}}"#;
//! let signer = Signer::new(&preflix::PROVIDER, Secret::new("a signing secret")?)?;
//! let headers = signer.sign(&SigningRequest::new(body, now))?;
//!
//! // The receiver's side.
//! let verifier = Verifier::new(&preflix::PROVIDER, Secret::new("a signing secret")?)?;
//! let delivery = verifier.verify(&Head::new(&headers), body, now)?;
//! let event = Event::<preflix::Event>::decode(delivery)?;
//! assert!(matches!(event.data, preflix::Event::AuditCompleted(audit) if audit.report_id == "r"));
//! assert!(event.delivery.id().unwrap().is_signed());
//!
//! // A replay after the tolerance of 300 s.
//! let later = UnixTime::from_secs(1_700_000_301);
//! assert_eq!(verifier.verify(&Head::new(&headers), body, later).unwrap_err().kind().as_str(), "timestamp_too_old");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How a request is decided
//!
//! Cheap checks run before costly ones, and nothing from the body is used before the signature is verified:
//!
//! 1. Signature, timestamp and id are present in the headers, each once and within its size limit.
//! 2. The signature field parses and contains an accepted version.
//! 3. The timestamp is within the [`Tolerance`], in both directions.
//! 4. The body is within its limit, whether or not its length was announced.
//! 5. One MAC per key is compared in constant time with all signatures. The timestamp is signed as it was received
//!    and the body as it arrived: neither is decompressed, trimmed or reserialised.
//! 6. Fields in the body are read from the verified bytes.
//!
//! # Responses to the sender
//!
//! The sender sees none of this crate's error texts. [`ErrorKind::status`] is the only place that maps a kind to a
//! status, and [`receiver::Rejection`] is the response, which contains the kind and nothing else.
//!
//! # Deployment
//!
//! * Bodies must arrive unchanged: no proxy or middleware in front may decompress or rewrite them.
//! * Providers that sign the URL require the public URL: [`Head::with_url`], or [`receiver::PublicUrl`] in the
//!   adapters.
//! * An id whose [`is_signed`](Field::is_signed) is `false` does not protect against replays.
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `derive` | `#[derive(EventCatalog)]` | yes |
//! | `gzip` | Bodies compressed with gzip, decompressed after verification up to a limit | no |
//! | `jwt` | Providers that sign JSON Web Tokens | no |
//! | `metrics` | [Metrics](telemetry) of each request, through the `metrics` facade | no |
//! | `nfkd` | secrets outside ASCII, for EasyPost | no |
//! | `schema` | `Provider::json_schema` | no |
//! | `testing` | `Delivery::for_test` and `Event::for_test`, for tests of handlers: enable it in `[dev-dependencies]` | no |
//! | `toml` | `Provider::from_toml` | no |
//! | `ed25519` | Ed25519: Standard Webhooks `v1a`, Discord, Telnyx | no |
//! | `ecdsa` | ECDSA over P-256 and P-384: SendGrid | no |
//! | `rsa` | RSA PKCS#1 v1.5 and PSS: Wise, WeChat Pay, AWS SNS | no |
//! | `crc32` | `{body:crc32}` in signed content; part of `rsa`, for PayPal | no |
//! | `message-signatures` | HTTP Message Signatures (RFC 9421): MailChannels, AccessOwl; with `asymmetric` for theirs | no |
//! | `asymmetric` | `ed25519`, `ecdsa` and `rsa` | no |
//! | `full` | all of them but `metrics` and `testing` | no |
//!
//! `rsa` enables the crate of that name and with it the open advisory RUSTSEC-2023-0071 (Marvin attack), a timing
//! side channel of private-key operations. Verification uses no private key. [`Signer`] does; it is meant for
//! tests, simulators and the command line. Do not expose its timing to untrusted clients.
//!
//! # Minimum supported Rust version
//!
//! 1.88.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "_adapter")]
mod adapter;
mod budget;
mod cloudevent;
mod compiled;
mod content;
mod delivery;
mod error;
mod escape;
mod event;
#[cfg(any(feature = "_actix", feature = "_axum"))]
mod extract;
mod form;
pub mod handshake;
mod head;
mod inspect;
mod json;
mod jwks;
mod mac;
mod multipart;
mod provider;
pub mod providers;
pub mod receiver;
#[cfg(feature = "schema")]
mod schema;
pub mod scheme;
mod secret;
mod short_string;
mod sign;
mod signed;
mod swar;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod unescape;
mod url;
mod verifier;
mod work;

#[cfg(feature = "derive")]
pub use countersign_macros::EventCatalog;

pub use cloudevent::CloudEvent;
pub use compiled::Coverage;
pub use delivery::{Delivery, Field};
pub use error::{CheckSubject, ConfigError, ConfigWarning, ErrorKind, VerifyError};
pub use event::{DecodeError, Event, EventCatalog, Requirement, UnknownEvent, ValueKind, Versions};
#[cfg(any(feature = "_actix", feature = "_axum"))]
pub use extract::{ExtractError, RawBody};
pub use head::{Head, Headers};
pub use provider::{
    BodyLimit, Confidence, EventFields, KeyScope, Placement, Proof, Provider, RejectionStyle, Retries,
    Sources, UnsignedDelivery,
};
pub use secret::{Secret, SecretSet};
pub use sign::{SignedRequest, Signer, SigningRequest};
pub use signed::SignedContent;
pub use time::{Clock, SystemClock, Tolerance, UnixTime};
pub use verifier::{Intake, Verifier, VerifierBuilder};

/// Re-exports the parts of serde that the derive macro uses, so that users need no direct dependency on serde, and
/// what the other crates of the workspace share.
#[doc(hidden)]
pub mod __private {
    pub mod inspect {
        pub use crate::inspect::*;
    }
    pub use crate::error::Causes;
    pub use serde::de::{Deserialize, Deserializer, Error, IgnoredAny};

    #[cfg(feature = "_adapter")]
    pub use crate::adapter::{
        NotVerified, VerifiedBy, not_installed, received, rejected, task_ended, unreadable,
    };
    #[cfg(feature = "_actix")]
    pub use crate::extract::actix::to_actix;
}

// The derive macro refers to this crate by its public path, also inside this crate.
extern crate self as countersign;
