//! The vocabulary of declarations: what a provider signs, and where the pieces are.
//!
//! Every type is plain data. It can be written as a `static` in Rust and loaded from TOML or JSON; what cannot
//! be checked by its type is checked once, when a [`Verifier`](crate::Verifier) or a [`Signer`](crate::Signer)
//! is made from it.

mod algorithm;
mod certificates;
mod check;
mod key;
mod location;
mod message_signature;
mod signature;
mod template;
mod timestamp;
mod token;

use std::borrow::Cow;
use std::mem::{forget, replace};

use serde::{Deserialize, Serialize};

use crate::time::Tolerance;

pub use algorithm::Algorithm;
pub use certificates::CertificateRules;
pub use check::{Check, Digest, Presence};
pub use key::{KeyEncoding, KeyFormat};
pub(crate) use location::header_names;
pub use location::{Location, Pointer};
pub use message_signature::MessageSignatureRules;
pub(crate) use message_signature::check as check_message_signature;
pub use signature::{Encoding, Format, Repeat, SignatureField};
pub use template::Template;
pub(crate) use template::{BodyPart, Content, Excluded, FixedPart, JsonLines, JsonPart, RarePart};
pub use timestamp::{TimestampField, Unit};
#[cfg(feature = "jwt")]
pub(crate) use token::TIMES;
pub use token::TokenRules;

/// Text of a declaration: borrowed when it is written in Rust, owned when it was loaded.
pub type Text = Cow<'static, str>;

/// Text of a declaration written in Rust.
#[must_use]
pub const fn text(text: &'static str) -> Text {
    Cow::Borrowed(text)
}

/// How a provider signs: everything needed to verify, and to sign.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// What a JSON Web Token has to be, where the signature is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenRules>,
    /// Rules for HTTP Message Signatures (RFC 9421), where the request says what is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_signature: Option<MessageSignatureRules>,
    /// Which key signed, where a provider publishes several: a key id, or the URL of a certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<Location>,
    /// Other values that have to be what the rest of the request says.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub checks: Cow<'static, [Check]>,
    /// Where the array is whose items are signed one by one; pointers of signature and content begin at an item. A body
    /// without the array is taken as one item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<Pointer>,
    /// Beginnings of bodies that are refused, separated by `|`: how the signed content of another version with the same
    /// secret goes on where the body of this one stands, so that its deliveries do not pass for deliveries of this one.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub forbidden_starts: Text,
    /// Whether the signed URL is also tried with its port added and removed (Twilio's rule).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub any_port: bool,
    /// Whether a signature over the signed content with a line feed behind it is accepted, too (Braintree).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub final_newline: bool,
    /// Whether signatures over the content without the literal that it begins with are accepted, too (LinkedIn): pages and
    /// code of a provider disagree. A body that begins with that literal is refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional_start: bool,
    /// Sizes beyond which a request is refused before any work.
    #[serde(default)]
    pub limits: Limits,
}

impl Scheme {
    /// A scheme with a key of plain text, no timestamp, and the default limits.
    #[must_use]
    pub const fn new(algorithm: Algorithm, signature: SignatureField, content: &'static str) -> Self {
        Self {
            algorithm,
            signature,
            content: Template::new(content),
            key: KeyFormat::UTF8,
            timestamp: None,
            token: None,
            message_signature: None,
            key_id: None,
            checks: Cow::Borrowed(&[]),
            each: None,
            forbidden_starts: text(""),
            any_port: false,
            final_newline: false,
            optional_start: false,
            limits: Limits::DEFAULT,
        }
    }

    /// HMAC with SHA-256: what most providers use.
    #[must_use]
    pub const fn hmac_sha256(signature: SignatureField, content: &'static str) -> Self {
        Self::new(Algorithm::HmacSha256, signature, content)
    }

    /// A secret that is sent as it is, in a header of this name.
    #[must_use]
    pub const fn token(header: &'static str) -> Self {
        Self::new(Algorithm::Token, SignatureField::header(header, Encoding::Text), "")
    }

    /// HTTP Basic (RFC 7617).
    #[must_use]
    pub const fn basic() -> Self {
        Self::new(Algorithm::Basic, SignatureField::prefixed("authorization", "Basic ", Encoding::Base64), "")
    }

    /// A JSON Web Token, signed with one of these algorithms, separated by `|`: `HS256|HS384|HS512`.
    #[must_use]
    pub const fn jwt(signature: SignatureField, algorithms: &'static str) -> Self {
        Self::new(Algorithm::Jwt, signature, "").with_token(TokenRules::new(algorithms))
    }

    /// HTTP Message Signatures (RFC 9421) that cover these components, separated by `|`, and are dated by `created`.
    ///
    /// A message has to cover `content-digest` for its body to be signed.
    #[must_use]
    pub const fn message_signature(
        algorithm: Algorithm,
        components: &'static str,
        tolerance: Tolerance,
    ) -> Self {
        let mut scheme = Self::new(algorithm, SignatureField::header("signature", Encoding::Base64), "")
            .with_timestamp(Location::signature_item("created"), Unit::Seconds, tolerance);
        forget(scheme.message_signature.replace(MessageSignatureRules::new(components)));
        scheme
    }

    /// Sets the rules for message signatures.
    #[must_use]
    pub const fn with_message_signature(mut self, rules: MessageSignatureRules) -> Self {
        forget(self.message_signature.replace(rules));
        self
    }

    /// With other rules for its token.
    #[must_use]
    pub const fn with_token(mut self, rules: TokenRules) -> Self {
        forget(self.token.replace(rules));
        self
    }

    /// With another key format.
    #[must_use]
    pub const fn with_key(mut self, key: KeyFormat) -> Self {
        forget(replace(&mut self.key, key));
        self
    }

    /// Sets the signed content: of a scheme with detached tokens, their payload.
    #[must_use]
    pub const fn with_content(mut self, content: &'static str) -> Self {
        forget(replace(&mut self.content, Template::new(content)));
        self
    }

    /// With a timestamp.
    #[must_use]
    pub const fn with_timestamp(mut self, at: Location, unit: Unit, tolerance: Tolerance) -> Self {
        forget(self.timestamp.replace(TimestampField::new(at, unit, tolerance)));
        self
    }

    /// With a timestamp that may be left out, which what is signed has to say.
    #[must_use]
    pub const fn with_optional_timestamp(mut self, at: Location, unit: Unit, tolerance: Tolerance) -> Self {
        let field = TimestampField { at, unit, tolerance, optional: true };
        forget(self.timestamp.replace(field));
        self
    }

    /// With a place where the key is named.
    #[must_use]
    pub const fn with_key_id(mut self, at: Location) -> Self {
        forget(self.key_id.replace(at));
        self
    }

    /// With other values that have to be right.
    #[must_use]
    pub const fn with_checks(mut self, checks: &'static [Check]) -> Self {
        forget(replace(&mut self.checks, Cow::Borrowed(checks)));
        self
    }

    /// With one signature per item of the array at this pointer.
    #[must_use]
    pub const fn for_each(mut self, array: &'static str) -> Self {
        forget(self.each.replace(Pointer::new(array)));
        self
    }

    /// Refuses bodies that begin with one of these texts, separated by `|`.
    #[must_use]
    pub const fn with_forbidden_starts(mut self, starts: &'static str) -> Self {
        forget(replace(&mut self.forbidden_starts, text(starts)));
        self
    }

    /// With the URL also tried with its port added and removed.
    #[must_use]
    pub const fn with_any_port(mut self) -> Self {
        self.any_port = true;
        self
    }

    /// Accepts signatures over the content without the literal that it begins with, too.
    #[must_use]
    pub const fn with_optional_start(mut self) -> Self {
        self.optional_start = true;
        self
    }

    /// Accepts signatures over the content followed by a line feed, too.
    #[must_use]
    pub const fn with_final_newline(mut self) -> Self {
        self.final_newline = true;
        self
    }

    /// With another limit on the signature field, in bytes.
    #[must_use]
    pub const fn with_signature_bytes(mut self, bytes: usize) -> Self {
        self.limits = self.limits.with_signature_bytes(bytes);
        self
    }

    /// With another limit on the body, in bytes.
    #[must_use]
    pub const fn with_body_bytes(mut self, bytes: usize) -> Self {
        self.limits = self.limits.with_body_bytes(bytes);
        self
    }
}

/// Sizes beyond which a request is refused before any work is done for it.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a body. Default 1 MiB: most providers stay under 256 KiB.
    pub body_bytes: usize,
    /// Bytes of the signature field. Default 16 KiB: room for a hundred signatures.
    pub signature_bytes: usize,
    /// Signatures in the field. Default 128: the largest documented number is 100 (DocuSign). With public keys never
    /// more than [16](Self::PUBLIC_KEY_SIGNATURES).
    pub signatures: usize,
    /// Fields of a form, where single fields are signed or the signature is one. Default 1,000: Twilio sends some forty.
    pub form_fields: usize,
    /// Values and keys of a JSON body, where single members are signed or the signature is one. Default 20,000: a batch of a
    /// thousand notifications with ten members each.
    pub json_values: usize,
}

impl Limits {
    /// The defaults.
    pub const DEFAULT: Self = Self {
        body_bytes: 1 << 20,
        signature_bytes: 16 << 10,
        signatures: 128,
        form_fields: 1_000,
        json_values: 20_000,
    };

    /// The most signatures that are tried with public keys, whatever is declared: each costs a computation of its own
    /// for each key, and strangers write them.
    pub const PUBLIC_KEY_SIGNATURES: usize = 16;

    /// The same with another limit on the body, in bytes.
    #[must_use]
    pub const fn with_body_bytes(self, body_bytes: usize) -> Self {
        Self { body_bytes, ..self }
    }

    /// Sets the limit on the fields of a form.
    #[must_use]
    pub const fn with_form_fields(self, form_fields: usize) -> Self {
        Self { form_fields, ..self }
    }

    /// Sets the limit on the keys and values of a JSON body.
    #[must_use]
    pub const fn with_json_values(self, json_values: usize) -> Self {
        Self { json_values, ..self }
    }

    /// The same with another limit on the signature field, in bytes.
    #[must_use]
    pub const fn with_signature_bytes(self, signature_bytes: usize) -> Self {
        Self { signature_bytes, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
