//! The vocabulary of declarations: the signed content, and the places of its parts.
//!
//! Every type is plain data. It can be written as a `static` in Rust or loaded from TOML or JSON. Constraints that
//! the types cannot express are checked once, when a [`Verifier`](crate::Verifier) or a [`Signer`](crate::Signer)
//! is built.

mod algorithm;
pub(crate) mod alternatives;
mod certificates;
mod check;
mod described;
mod jwt_rules;
mod key;
mod limits;
mod location;
mod message_signature;
#[expect(clippy::module_inception, reason = "it is private, and holds `Scheme` alone")]
mod scheme;
mod signature;
mod template;
mod text;
mod timestamp;

pub use algorithm::Algorithm;
pub use certificates::CertificateRules;
pub use check::{Check, DigestFormat, Presence};
pub use jwt_rules::JwtRules;
#[cfg(feature = "jwt")]
pub(crate) use jwt_rules::TIMES;
pub use key::{KeyEncoding, KeyFormat};
pub use limits::Limits;
pub(crate) use location::header_names;
pub use location::{Location, Pointer};
pub use message_signature::MessageSignatureRules;
pub use scheme::Scheme;
pub use signature::{DuplicateHeaders, Encoding, Format, SignatureField};
pub use template::Template;
pub(crate) use template::braces;
pub(crate) use template::{Apply, Content, Covers, Input, Member, Needs, Part, Shape, Value, probably_meant};
pub use text::{Text, text};
pub use timestamp::{TimestampField, TimestampFormat};
