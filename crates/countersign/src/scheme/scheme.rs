use std::borrow::Cow;
use std::mem::{forget, replace};

use serde::{Deserialize, Serialize};

use super::algorithm::Algorithm;
use super::check::Check;
use super::jwt_rules::JwtRules;
use super::key::KeyFormat;
use super::limits::Limits;
use super::location::{Location, Pointer};
use super::message_signature::MessageSignatureRules;
use super::signature::{Encoding, SignatureField};
use super::template::{Content, Template};
use super::text::{Text, text};
use super::timestamp::{TimestampField, TimestampFormat};
use crate::time::Tolerance;

/// A signature scheme: everything needed to verify and to sign.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Scheme {
    /// The algorithm that is applied to the signed content.
    pub algorithm: Algorithm,
    /// The place and the form of the signature.
    pub signature: SignatureField,
    /// The signed content, for example `{id}.{timestamp}.{body}`.
    #[serde(default)]
    pub content: Template,
    /// The conversion of a secret's text into key bytes.
    #[serde(default)]
    pub key: KeyFormat,
    /// The timestamp that bounds replays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<TimestampField>,
    /// Rules for the JSON Web Token, if the signature is one.
    /// Declarations written for an earlier draft call it `token`.
    #[serde(default, alias = "token", skip_serializing_if = "Option::is_none")]
    pub jwt: Option<JwtRules>,
    /// Rules for HTTP Message Signatures (RFC 9421), in which the request declares the signed components.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_signature: Option<MessageSignatureRules>,
    /// The place of the name of the signing key, for providers that publish several: a key id, or the URL of a
    /// certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<Location>,
    /// Further values that must match the rest of the request.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub checks: Cow<'static, [Check]>,
    /// The array whose items are signed one by one; the pointers of signature and content start at an item. A body
    /// without the array counts as one item. Declarations written for an earlier draft call it `each`.
    #[serde(default, alias = "each", skip_serializing_if = "Option::is_none")]
    pub for_each: Option<Pointer>,
    /// Beginnings of bodies that are rejected, separated by `|`. If another version of the scheme has the same secret,
    /// the signed content of its deliveries has such a text in the place of the body; without this rule they would
    /// be accepted as deliveries of this version.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub forbidden_starts: Text,
    /// Tries the signed URL also with its port added and removed (Twilio's rule).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub any_port: bool,
    /// Tries the signed path also with a slash added to its end, or removed from it (TrueLayer's rule).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub any_trailing_slash: bool,
    /// Accepts a signature over the signed content with a line feed at the end, too (Braintree).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub final_newline: bool,
    /// Accepts a signature over the content without its leading literal, too (LinkedIn, whose documentation and code
    /// disagree). A body that begins with that literal is rejected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional_start: bool,
    /// Sizes beyond which a request is rejected before any work is done.
    #[serde(default)]
    pub limits: Limits,
}

impl Scheme {
    /// Creates a scheme with a plain-text key, no timestamp, and the default limits.
    #[must_use]
    pub const fn new(algorithm: Algorithm, signature: SignatureField, content: &'static str) -> Self {
        Self {
            algorithm,
            signature,
            content: Template::new(content),
            key: KeyFormat::UTF8,
            timestamp: None,
            jwt: None,
            message_signature: None,
            key_id: None,
            checks: Cow::Borrowed(&[]),
            for_each: None,
            forbidden_starts: text(""),
            any_port: false,
            any_trailing_slash: false,
            final_newline: false,
            optional_start: false,
            limits: Limits::DEFAULT,
        }
    }

    /// Creates an HMAC-SHA-256 scheme, the most common one.
    #[must_use]
    pub const fn hmac_sha256(signature: SignatureField, content: &'static str) -> Self {
        Self::new(Algorithm::HmacSha256, signature, content)
    }

    /// Creates a scheme in which a header of this name carries the secret itself.
    #[must_use]
    pub const fn token(header: &'static str) -> Self {
        Self::new(Algorithm::Token, SignatureField::header(header, Encoding::Text), "")
    }

    /// Creates an HTTP Basic scheme (RFC 7617).
    #[must_use]
    pub const fn basic() -> Self {
        Self::new(Algorithm::Basic, SignatureField::prefixed("authorization", "Basic ", Encoding::Base64), "")
    }

    /// Creates a scheme with a JSON Web Token signed by one of these algorithms, separated by `|`:
    /// `HS256|HS384|HS512`.
    #[must_use]
    pub const fn jwt(signature: SignatureField, algorithms: &'static str) -> Self {
        Self::new(Algorithm::Jwt, signature, "").with_jwt(JwtRules::new(algorithms))
    }

    /// Creates a scheme with HTTP Message Signatures (RFC 9421) that cover these components, separated by `|`, and
    /// are dated by `created`.
    ///
    /// The body is signed only if the components include `content-digest`.
    #[must_use]
    pub const fn message_signature(
        algorithm: Algorithm,
        components: &'static str,
        tolerance: Tolerance,
    ) -> Self {
        let mut scheme = Self::new(algorithm, SignatureField::header("signature", Encoding::Base64), "")
            .with_timestamp(Location::signature_item("created"), TimestampFormat::Seconds, tolerance);
        forget(scheme.message_signature.replace(MessageSignatureRules::new(components)));
        scheme
    }

    /// Sets the rules for message signatures.
    #[must_use]
    pub const fn with_message_signature(mut self, rules: MessageSignatureRules) -> Self {
        forget(self.message_signature.replace(rules));
        self
    }

    /// Sets the rules for the JWT.
    #[must_use]
    pub const fn with_jwt(mut self, rules: JwtRules) -> Self {
        forget(self.jwt.replace(rules));
        self
    }

    /// Sets the key format.
    #[must_use]
    pub const fn with_key(mut self, key: KeyFormat) -> Self {
        forget(replace(&mut self.key, key));
        self
    }

    /// Sets the signed content; for detached JWTs this is the payload.
    #[must_use]
    pub const fn with_content(mut self, content: &'static str) -> Self {
        forget(replace(&mut self.content, Template::new(content)));
        self
    }

    /// Sets the timestamp.
    #[must_use]
    pub const fn with_timestamp(
        mut self,
        at: Location,
        format: TimestampFormat,
        tolerance: Tolerance,
    ) -> Self {
        forget(self.timestamp.replace(TimestampField::new(at, format, tolerance)));
        self
    }

    /// Sets a timestamp that may be absent. The signed content must show whether it is.
    #[must_use]
    pub const fn with_optional_timestamp(
        mut self,
        at: Location,
        format: TimestampFormat,
        tolerance: Tolerance,
    ) -> Self {
        let field = TimestampField { at, format, tolerance, optional: true };
        forget(self.timestamp.replace(field));
        self
    }

    /// Sets the place of the key's name.
    #[must_use]
    pub const fn with_key_id(mut self, at: Location) -> Self {
        forget(self.key_id.replace(at));
        self
    }

    /// Sets the further values that must match the rest of the request.
    #[must_use]
    pub const fn with_checks(mut self, checks: &'static [Check]) -> Self {
        forget(replace(&mut self.checks, Cow::Borrowed(checks)));
        self
    }

    /// Requires one signature per item of the array at this pointer.
    #[must_use]
    pub const fn for_each(mut self, array: &'static str) -> Self {
        forget(self.for_each.replace(Pointer::new(array)));
        self
    }

    /// Rejects bodies that begin with one of these texts, separated by `|`.
    #[must_use]
    pub const fn with_forbidden_starts(mut self, starts: &'static str) -> Self {
        forget(replace(&mut self.forbidden_starts, text(starts)));
        self
    }

    /// Tries the URL also with its port added and removed.
    #[must_use]
    pub const fn with_any_port(mut self) -> Self {
        self.any_port = true;
        self
    }

    /// Tries the path also with a slash added to its end, or removed from it.
    #[must_use]
    pub const fn with_any_trailing_slash(mut self) -> Self {
        self.any_trailing_slash = true;
        self
    }

    /// Accepts signatures over the content without its leading literal, too.
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

    /// Returns whether two contents are signed contents of one request.
    pub(crate) const fn has_second_reading(&self) -> bool {
        self.any_port || self.any_trailing_slash || self.optional_start
    }

    /// Returns the number of contents that one request may have been signed with.
    pub(crate) fn readings(&self) -> usize {
        (1 + usize::from(self.has_second_reading())) * (1 + usize::from(self.final_newline))
    }

    /// Returns the cost of trying a request with one key, in hashes of it with SHA-256.
    pub(crate) fn hashes_per_key(&self) -> usize {
        self.readings() * self.algorithm.hash_weight()
    }

    /// Returns the largest number of hashes that a request of 1 MiB may cost. It is lower where the body is taken apart,
    /// too.
    pub(crate) fn most_hashes(&self, content: &Content) -> usize {
        let is_whole = content.streams() && self.for_each.is_none() && !self.signature.at.is_in_body();
        if is_whole { 16 } else { 4 }
    }

    /// Sets the limit on the signature field, in bytes.
    #[must_use]
    pub const fn with_signature_bytes(mut self, bytes: usize) -> Self {
        self.limits = self.limits.with_signature_bytes(bytes);
        self
    }

    /// Sets the limit on the body, in bytes.
    #[must_use]
    pub const fn with_body_bytes(mut self, bytes: usize) -> Self {
        self.limits = self.limits.with_body_bytes(bytes);
        self
    }
}
