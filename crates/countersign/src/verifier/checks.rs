//! Checks values that must match the rest of the request.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use sha2::{Digest as _, Sha256};

use super::rendered::Rendered;
use super::values::Values;
use crate::compiled::{BodyRules, CompiledCheck, Occurrence, Source, render_body, scalar};
use crate::error::{CheckSubject, VerifyError};
use crate::scheme::{Covers, DigestFormat, Presence, Value};
use crate::url;
use crate::work;

/// The part of a check that is known from the head of a request.
#[derive(Debug)]
pub(crate) struct Pending {
    value: Option<Vec<u8>>,
    before: Rendered,
    after: Rendered,
}

impl CompiledCheck {
    /// Returns the value that satisfies the check. `None` if no value belongs there.
    pub(crate) fn value(&self, values: &Values<'_, '_>, body: &[u8]) -> Result<Option<String>, VerifyError> {
        if self.presence == Presence::WithBody && body.is_empty() {
            return Ok(None);
        }
        let (mut before, mut after) = (Rendered::new(), Rendered::new());
        before.render(&self.before, values)?;
        after.render(&self.after, values)?;
        let expected =
            self.expected(values.compiled.body_rules(), &Pending { value: None, before, after }, body)?;
        let value = [self.prefix.as_bytes(), &expected].concat();
        let value = String::from_utf8_lossy(&value).into_owned();
        if self.separator.is_empty() {
            return Ok(Some(value));
        }
        Ok(value.split(self.separator.as_str()).next().map(|first| first.trim().to_owned()))
    }

    /// Reads the value if it is in the head, and renders the expected value.
    pub(super) fn prepare(&self, values: &Values<'_, '_>) -> Result<Pending, VerifyError> {
        let value = value_in_head(&self.source, values)?;
        let is_in_head = self.source.is_in_head();
        if is_in_head && value.is_none() && self.presence == Presence::Required {
            return Err(self.missing());
        }
        let (mut before, mut after) = (Rendered::new(), Rendered::new());
        before.render(&self.before, values)?;
        after.render(&self.after, values)?;
        Ok(Pending { value, before, after })
    }

    /// Compares the value with the one expected for the body.
    pub(super) fn run(
        &self,
        rules: BodyRules<'_>,
        pending: &Pending,
        body: &[u8],
        claims: Option<&serde_json::Value>,
    ) -> Result<(), VerifyError> {
        let in_head = || pending.value.as_deref().map(Cow::Borrowed);
        let in_body =
            || scalar(&self.source, body).map(|found| Cow::Owned(found.as_str(body).as_bytes().to_vec()));
        let found: Vec<Cow<'_, [u8]>> = match &self.source {
            Source::Claim(name) => {
                let claim = claims.and_then(|claims| claims.get(name));
                claim.map(texts).unwrap_or_default().into_iter().map(Cow::Owned).collect()
            }
            Source::Json(_) | Source::Form(_) => in_body().into_iter().collect(),
            Source::FirstOf { body_first, .. } => {
                let first = if *body_first { in_body().or_else(in_head) } else { in_head().or_else(in_body) };
                first.into_iter().collect()
            }
            _ => in_head().into_iter().collect(),
        };
        match (self.presence, found.is_empty(), body.is_empty()) {
            (Presence::Required | Presence::WithBody, true, false) | (Presence::Required, true, true) => {
                return Err(self.missing());
            }
            (_, true, _) => return Ok(()),
            (Presence::WithBody, false, true) => return Err(VerifyError::MissingBody),
            (_, false, _) => {}
        }
        let expected = self.expected(rules, pending, body)?;
        if found.iter().any(|value| self.is_right(value, &expected)) {
            return Ok(());
        }
        Err(VerifyError::CheckFailed { at: self.at.to_string(), of: self.subject() })
    }

    /// Returns the claim that satisfies the check, and its value. `None` if no value belongs there.
    #[cfg(feature = "jwt")]
    pub(crate) fn claim(
        &self,
        values: &Values<'_, '_>,
        body: &[u8],
    ) -> Result<Option<(&str, String)>, VerifyError> {
        let Source::Claim(name) = &self.source else { return Ok(None) };
        Ok(self.value(values, body)?.map(|value| (name.as_str(), value)))
    }

    fn missing(&self) -> VerifyError {
        if let (Some(name), None) = (self.header(), self.digest) {
            return VerifyError::MissingHeader { name: name.to_string() };
        }
        let at = self.at.to_string();
        match (&self.source, self.subject()) {
            (Source::Claim(_), CheckSubject::Body) => VerifyError::MissingCheck { at, is_claim: true },
            (Source::Claim(_), of) => VerifyError::CheckFailed { at, of },
            _ => VerifyError::MissingCheck { at, is_claim: false },
        }
    }

    /// Returns the right value. The body is not copied if only a digest of it counts.
    fn expected(&self, rules: BodyRules<'_>, pending: &Pending, body: &[u8]) -> Result<Vec<u8>, VerifyError> {
        let before = pending.before.as_bytes();
        let body = if self.content.is_raw_body() {
            Cow::Borrowed(body)
        } else {
            Cow::Owned(render_body(rules, &self.body, before, body)?)
        };
        let content = [before, &body, pending.after.as_bytes()];
        let Some(digest) = self.digest else { return Ok(content.concat()) };
        let mut hash = Sha256::new();
        for part in content {
            work::hashed(part.len());
            hash.update(part);
        }
        let hash = hash.finalize();
        Ok(match digest {
            DigestFormat::Sha256Hex => const_hex::encode(hash).into_bytes(),
            DigestFormat::Sha256Base64 => STANDARD.encode(hash).into_bytes(),
            DigestFormat::Sha256Base64Url => URL_SAFE.encode(hash).into_bytes(),
        })
    }

    fn is_right(&self, value: &[u8], expected: &[u8]) -> bool {
        let Some(value) = value.strip_prefix(self.prefix.as_bytes()) else { return false };
        match self.digest {
            Some(DigestFormat::Sha256Hex) => value.eq_ignore_ascii_case(expected),
            // The padding of 32 bytes in Base64 is one character.
            Some(DigestFormat::Sha256Base64Url) => {
                value == expected || expected.strip_suffix(b"=") == Some(value)
            }
            None if !self.separator.is_empty() => {
                let (value, expected) = (String::from_utf8_lossy(value), String::from_utf8_lossy(expected));
                expected.split(self.separator.as_str()).any(|one| one.trim() == value)
            }
            _ => value == expected,
        }
    }

    fn subject(&self) -> CheckSubject {
        let is_digest = self.digest.is_some();
        let is_origin = |value: &Value| matches!(value.row.covers, Covers::Url { origin: true, .. });
        match self.content.head_values().any(is_origin) {
            _ if self.content.covers_body() => CheckSubject::Body,
            true if is_digest => CheckSubject::Url,
            _ => CheckSubject::Other,
        }
    }
}

/// Returns the value if it is in the head: of several places, the first non-empty one.
fn value_in_head(source: &Source, values: &Values<'_, '_>) -> Result<Option<Vec<u8>>, VerifyError> {
    Ok(match source {
        Source::Headers(names) => {
            names.iter().find_map(|name| match values.header_values.signed(&values.compiled.headers, name) {
                Occurrence::One(value) => Some(value.to_vec()),
                _ => None,
            })
        }
        Source::Query(name) => {
            url::parameter(values.target()?, name).map(|value| value.into_owned().into_bytes())
        }
        Source::SignatureItem(tag) => values.compiled.grammar.item(values.field(), tag).map(<[u8]>::to_vec),
        Source::FirstOf { head, .. } => {
            for place in head {
                let found = value_in_head(place, values)?.filter(|value| !value.is_empty());
                if found.is_some() {
                    return Ok(found);
                }
            }
            None
        }
        _ => None,
    })
}

/// Returns a claim as text; several texts for a list.
pub(super) fn texts(claim: &serde_json::Value) -> Vec<Vec<u8>> {
    match claim {
        serde_json::Value::Null => Vec::new(),
        serde_json::Value::String(text) => vec![text.clone().into_bytes()],
        serde_json::Value::Array(items) => items.iter().flat_map(texts).collect(),
        other => vec![other.to_string().into_bytes()],
    }
}
