//! Explains to the developer why a request was rejected, and identifies its provider.
//!
//! The known mistakes are tried, one by one and in pairs, with the ordinary [`Verifier`](countersign::Verifier): a secret
//! that was stored with a line break, a body that a framework reserialised, a proxy that changed the URL. The first
//! one that makes the signature verify is reported, in one sentence, with its cure. No message contains a secret, a
//! signature or a byte of a body.
//!
//! ```
//! use countersign_diagnose::{Captured, Diagnosis, diagnose};
//! use countersign::{Secret, SecretSet, Signer, SigningRequest, UnixTime, providers};
//!
//! let secrets = SecretSet::new(Secret::new("a secret")?);
//! let now = UnixTime::from_secs(1_700_000_000);
//! let provider = &providers::STRIPE;
//! let headers = Signer::new(provider, secrets.clone())?.sign(&SigningRequest::new(r#"{"a":1}"#, now))?;
//!
//! // A framework has parsed the body and written it again.
//! let captured = Captured::new(headers, "{\n  \"a\": 1\n}");
//! let Diagnosis::Explained { causes, .. } = diagnose(provider, &secrets, &captured, now) else { panic!() };
//! assert_eq!(causes[0].code(), "body_pretty_printed");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! One diagnosis costs up to a few thousand verifications, see [`Effort`]. Use it in a terminal, a test or for a
//! rare log line, and never send its result to the sender: it would tell a forger how close a guess was.
//!
//! # In the log of a receiver
//!
//! ```
//! use countersign::receiver::Receiver;
//! use countersign::{Secret, SecretSet, Verifier, providers};
//! use countersign_diagnose::Diagnoser;
//!
//! let secrets = SecretSet::new(Secret::new("a secret")?);
//! let explainer = Diagnoser::new(&providers::STRIPE).with_secrets(&secrets).into_explainer();
//! let receiver =
//!     Receiver::builder(Verifier::new(&providers::STRIPE, secrets)?).with_explainer(explainer).build()?;
//! # Ok::<(), countersign::ConfigError>(())
//! ```
//!
//! # Minimum supported Rust version
//!
//! 1.88.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod advice;
mod explain;
mod fields;
mod headers;
mod identify;
mod log;
mod printable;

pub use advice::{Advice, RejectionAdvice, advice};
pub use explain::{Captured, Cause, Diagnoser, Diagnosis, Effort, RejectionReason, diagnose};
pub use fields::{EventField, ShownRequest};
pub use headers::compare_headers;
pub use identify::{Match, identify};
pub use log::LogExplainer;
pub use printable::{printable, printable_json};
