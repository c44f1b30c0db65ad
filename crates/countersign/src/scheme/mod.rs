//! The vocabulary of declarations: what a provider signs, and where the pieces are.
//!
//! Every type is plain data. It can be written as a `static` in Rust and loaded from TOML or JSON; what cannot
//! be checked by its type is checked once, when a [`Verifier`](crate::Verifier) or a [`Signer`](crate::Signer)
//! is made from it.

mod algorithm;
mod key;
mod location;
mod signature;
mod template;
mod timestamp;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use algorithm::Algorithm;
pub use key::{KeyEncoding, KeyFormat};
pub(crate) use location::header_names;
pub use location::{Location, Pointer};
pub use signature::{Encoding, Format, Repeat, SignatureField};
pub use template::Template;
pub(crate) use template::{BodyPart, Content, FixedPart};
pub use timestamp::{TimestampField, Unit};

/// Text of a declaration: borrowed when it is written in Rust, owned when it was loaded.
pub type Text = Cow<'static, str>;

/// Text of a declaration written in Rust.
#[must_use]
pub const fn text(text: &'static str) -> Text {
    Cow::Borrowed(text)
}

/// How a provider signs: everything needed to verify, and to sign.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// What is computed over the signed content.
    pub algorithm: Algorithm,
    /// Where the signature is, and how it is written.
    pub signature: SignatureField,
    /// The signed content, for instance `{id}.{timestamp}.{body}`.
    #[serde(default)]
    pub content: Template,
    /// How the text of a secret becomes key bytes.
    #[serde(default)]
    pub key: KeyFormat,
    /// The timestamp that bounds replays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<TimestampField>,
    /// Whether the signed URL is also tried with its port added and removed (Twilio's rule).
    #[serde(default)]
    pub any_port: bool,
    /// Sizes beyond which a request is refused before any work.
    #[serde(default)]
    pub limits: Limits,
}

/// Sizes beyond which a request is refused before any work is done for it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a body. Default 1 MiB: most providers stay under 256 KiB.
    pub body_bytes: usize,
    /// Bytes of the signature field. Default 16 KiB: room for a hundred signatures.
    pub signature_bytes: usize,
    /// Signatures in the field. Default 128: the largest documented number is 100 (DocuSign).
    pub signatures: usize,
}

impl Limits {
    /// The defaults.
    pub const DEFAULT: Self = Self { body_bytes: 1 << 20, signature_bytes: 16 << 10, signatures: 128 };

    /// The same with another limit on the body, in bytes.
    #[must_use]
    pub const fn with_body_bytes(self, body_bytes: usize) -> Self {
        Self { body_bytes, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
