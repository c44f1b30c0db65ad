//! Reads declarations, requests and secrets as a verifier reads them, without verifying: for `countersign-diagnose`.

use std::borrow::Cow;

use http::HeaderName;

use crate::compiled::{CompiledScheme, Items};
use crate::error::{ConfigError, VerifyError};
use crate::form;
use crate::head::{Head, Headers};
use crate::json;
use crate::json::lookup;
use crate::mac;
use crate::provider::Provider;
use crate::scheme::{Covers, KeyFormat, Needs, Pointer, Template, Value};
use crate::secret::{NamedSecret, Secret, SecretSet, Validity};
use crate::time::{Tolerance, UnixTime};
use crate::verifier::Verifier;

pub use crate::time::Window;

/// Returns the position of `time` relative to `now` and the bounds of the tolerance.
pub fn window(tolerance: Tolerance, time: UnixTime, now: UnixTime) -> Window {
    tolerance.window(time, now)
}

/// A compiled declaration.
#[derive(Debug)]
pub struct Shape(CompiledScheme);

impl Shape {
    /// Compiles a declaration.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if it does not load.
    pub fn new(provider: Provider) -> Result<Self, ConfigError> {
        CompiledScheme::new(Cow::Owned(provider)).map(Self)
    }

    /// Returns the JSON of the body, or that in a form field if the declaration names one.
    pub fn document<'b>(&self, body: &'b [u8]) -> Cow<'b, [u8]> {
        let is_json = matches!(body.trim_ascii_start(), [b'{' | b'[', ..]);
        let field = self.0.payload.as_ref().filter(|_| !is_json).and_then(|name| form::field(body, name));
        field.map_or(Cow::Borrowed(body), |json| Cow::Owned(json.into_bytes()))
    }

    /// Returns the item that the first signature is of: the document, unless its items are signed one by one.
    pub fn first_item<'d>(&self, document: &'d [u8]) -> &'d [u8] {
        let items =
            self.0.for_each.as_ref().and_then(|path| json::items_within(document, path, usize::MAX).ok()?);
        items.and_then(|items| items.first().copied()).unwrap_or(document)
    }

    /// Returns the signatures in the field of the signature, or `None` if it does not parse.
    pub fn signatures<'f>(&self, field: &'f [u8]) -> Option<Vec<&'f [u8]>> {
        let mut items = Items::up_to(usize::MAX);
        self.0.grammar.parse(field, None, &mut items).ok()?;
        Some(items.signatures.to_vec())
    }

    /// Returns the tags and the signatures in the field, if the tags are the names of keys.
    pub fn tagged<'f>(&self, field: &'f [u8]) -> Option<Vec<(&'f [u8], &'f [u8])>> {
        self.0.grammar.tags_are_keys().then(|| self.0.grammar.tagged(field))
    }
}

/// Returns the headers that are parts of the signed content by their name. Empty if the template does not parse.
pub fn signed_headers(content: &Template) -> Vec<HeaderName> {
    let Ok(content) = content.parse() else { return Vec::new() };
    content.head_values().filter_map(Value::header).cloned().collect()
}

/// Returns whether signed content covers the whole body: its bytes, or all that a JSON document says.
pub fn covers_body(content: &Template) -> bool {
    content.parse().is_ok_and(|content| {
        content.body_values().any(|value| match value.row.covers {
            Covers::Bytes | Covers::Collidable => true,
            Covers::Values | Covers::OtherValues => value.row.needs == Needs::Json,
            _ => false,
        })
    })
}

/// Returns the text at a pointer in a JSON document. A value that is no string is returned as it is written.
pub fn member(document: &[u8], pointer: &Pointer) -> Option<String> {
    let [found] = lookup(document, [Some(&pointer.tokens())]);
    Some(found?.as_str(document).to_owned())
}

/// Returns the first field of this name in a form.
pub fn form_field(body: &[u8], name: &str) -> Option<String> {
    form::field(body, name)
}

/// Returns the keys that a text stands for, or nothing if it is no key in this format.
pub fn keys(format: &KeyFormat, text: &str) -> Vec<Vec<u8>> {
    mac::key_bytes(format, text).into_iter().flatten().map(|key| key.to_vec()).collect()
}

/// Returns the bytes that the signature of a request covers, whether or not it is right. If the content
/// contains the secret, the part before or after the body that contains it is left out.
///
/// # Errors
///
/// [`VerifyError`] if the content cannot be rendered.
pub fn signed_bytes<H: Headers>(
    verifier: &Verifier,
    head: &Head<'_, H>,
    body: &[u8],
    now: UnixTime,
) -> Result<Vec<u8>, VerifyError> {
    verifier.signed_bytes(head, body, now)
}

/// A secret as it is stored, which may be none that [`Secret::new`] accepts.
#[derive(Clone, Debug)]
pub struct StoredSecret(NamedSecret);

impl StoredSecret {
    /// Creates a secret without validation.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let (name, secret) = (name.into(), Secret::unchecked(text.into()));
        Self(NamedSecret { name, secret, valid: Validity::default(), published: false })
    }

    /// Returns the secrets of a set, in their order.
    pub fn all_of(secrets: &SecretSet) -> impl Iterator<Item = Self> {
        secrets.iter().map(|named| Self(NamedSecret { published: false, ..named.clone() }))
    }

    /// Returns the secrets as a set.
    pub fn set<'s>(stored: impl IntoIterator<Item = &'s Self>) -> SecretSet {
        SecretSet::from_named(stored.into_iter().map(|stored| stored.0.clone()).collect())
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Sets the name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.0.name = name.into();
        self
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        self.0.secret.expose_secret()
    }

    /// Returns whether the secret is used at this time.
    pub fn is_valid_at(&self, now: UnixTime) -> bool {
        self.0.valid.contains(now)
    }

    /// Returns whether the secret is used within a period only.
    pub fn is_bounded(&self) -> bool {
        self.0.valid.not_before.or(self.0.valid.not_after).is_some()
    }

    /// Removes the period.
    #[must_use]
    pub fn unbounded(&self) -> Self {
        Self(NamedSecret { valid: Validity::default(), ..self.0.clone() })
    }
}
