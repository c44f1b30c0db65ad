//! The values of components in a request (RFC 9421, section 2).

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderName;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sfv::{Dictionary, FieldType, Item, List, ListEntry, Parser};

use crate::compiled::message_signature::{Component, Form, Kind};
use crate::error::VerifyError;
use crate::verifier::values::Values;

impl Component {
    /// Returns the line of the component in the signature base. `left` is the number of bytes that may still be
    /// examined.
    pub(super) fn line(&self, values: &Values<'_, '_>, left: &mut usize) -> Result<Vec<u8>, VerifyError> {
        Ok([self.text.as_bytes(), b": ", &self.value(values, left)?, b"\n"].concat())
    }

    /// Returns the value of the component in a request.
    fn value<'h>(&self, values: &Values<'_, 'h>, left: &mut usize) -> Result<Cow<'h, [u8]>, VerifyError> {
        let value = match &self.kind {
            Kind::Field(name, form) => field(name, form, values, left)?,
            Kind::Method => Cow::Owned(values.method.as_bytes().to_vec()),
            Kind::TargetUri => Cow::Owned(url(values)?.as_bytes().to_vec()),
            Kind::Authority => Cow::Owned(authority(values)?.into_bytes()),
            Kind::Scheme => {
                let (scheme, _) = url(values)?.split_once("://").ok_or(VerifyError::MissingUrl)?;
                Cow::Owned(scheme.to_ascii_lowercase().into_bytes())
            }
            Kind::RequestTarget => Cow::Owned(values.target()?.as_bytes().to_vec()),
            Kind::Path => {
                let path = values.target()?.split('?').next().unwrap_or_default();
                Cow::Owned(if path.is_empty() { b"/".to_vec() } else { path.as_bytes().to_vec() })
            }
            Kind::Query => {
                let query = values.target()?.split_once('?').map_or("", |(_, query)| query);
                Cow::Owned(format!("?{query}").into_bytes())
            }
            Kind::QueryParameter(name) => Cow::Owned(query_parameter(values.target()?, name)?.into_bytes()),
        };
        *left =
            left.checked_sub(self.text.len() + value.len()).ok_or(malformed("covers more than the limit"))?;
        // A line break would start another component.
        if value.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
            return Err(malformed("covers a value with a line break in it"));
        }
        Ok(value)
    }
}

/// Returns the public URL of the request.
fn url<'a>(values: &Values<'a, '_>) -> Result<&'a str, VerifyError> {
    values.url.ok_or(VerifyError::MissingUrl)
}

/// Returns host and port of the public URL, or of the request if there is none: in lower case, without the default
/// port.
fn authority(values: &Values<'_, '_>) -> Result<String, VerifyError> {
    let Some(url) = values.url else {
        let lines = lines("host", values);
        let [host] = lines.as_slice() else { return Err(VerifyError::MissingUrl) };
        return Ok(String::from_utf8_lossy(host).trim().to_ascii_lowercase());
    };
    let (scheme, rest) = url.split_once("://").ok_or(VerifyError::MissingUrl)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let default = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    Ok(authority.strip_suffix(default).map_or(authority.clone(), str::to_owned))
}

/// Returns the value of a query parameter, encoded as in RFC 9421, section 2.2.8. It must occur once.
fn query_parameter(target: &str, name: &str) -> Result<String, VerifyError> {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let mut found = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let missing = || VerifyError::MissingParameter { name: name.to_owned() };
    let (_, value) = found.next().ok_or_else(missing)?;
    if found.next().is_some() {
        return Err(malformed("covers a parameter of the query that is there twice"));
    }
    Ok(utf8_percent_encode(&value, &FORM).to_string())
}

/// The characters that form encoding leaves unchanged.
const FORM: AsciiSet = NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

/// Returns the lines of a header, trimmed.
pub(super) fn lines<'h>(name: &str, values: &Values<'_, 'h>) -> Vec<&'h [u8]> {
    let all = values.header_values.all().iter();
    all.filter(|(other, _)| *other == name).map(|(_, value)| value.trim_ascii()).collect()
}

fn field<'h>(
    name: &HeaderName,
    form: &Form,
    values: &Values<'_, 'h>,
    left: &mut usize,
) -> Result<Cow<'h, [u8]>, VerifyError> {
    let lines = lines(name.as_str(), values);
    if lines.is_empty() {
        return Err(VerifyError::MissingHeader { name: name.to_string() });
    }
    let broken = || VerifyError::MalformedHeader {
        name: name.to_string(),
        reason: "is not the structured field that the signature covers",
    };
    if let ([line], Form::Lines) = (lines.as_slice(), form) {
        return Ok(Cow::Borrowed(line));
    }
    // A value that is parsed for several components counts for each of them.
    let length = lines.iter().fold(0, |sum: usize, line| sum.saturating_add(line.len()));
    *left = left.checked_sub(length).ok_or(malformed("covers more than the limit"))?;
    let joined = lines.join(b", ".as_slice());
    Ok(Cow::Owned(match form {
        Form::Lines => joined,
        Form::Bytes => {
            let lines: Vec<_> = lines.iter().map(|line| format!(":{}:", STANDARD.encode(line))).collect();
            lines.join(", ").into_bytes()
        }
        Form::Structured => structured(name, &joined).ok_or_else(broken)?.into_bytes(),
        Form::Member(key) => {
            let dictionary: Dictionary = Parser::new(&joined).parse().map_err(|_| broken())?;
            let member = dictionary.get(key.as_str()).ok_or_else(broken)?;
            serialized(member.clone()).ok_or_else(broken)?.into_bytes()
        }
    }))
}

/// Serialises a member on its own.
pub(super) fn serialized(member: ListEntry) -> Option<String> {
    List::from([member]).serialize()
}

/// Reserialises a structured field. Its name determines its type; headers of unknown type are not supported.
fn structured(name: &HeaderName, value: &[u8]) -> Option<String> {
    if DICTIONARIES.contains(&name.as_str()) {
        return Parser::new(value).parse::<Dictionary>().ok()?.serialize();
    }
    if ITEMS.contains(&name.as_str()) {
        return Some(Parser::new(value).parse::<Item>().ok()?.serialize());
    }
    None
}

/// The largest number of signatures of a request.
pub(super) const MOST_SIGNATURES: usize = 16;

/// The largest number of bytes of a request that are examined to build the signature bases.
pub(super) const MOST_BYTES: usize = 256 << 10;

pub(super) const fn malformed(reason: &'static str) -> VerifyError {
    VerifyError::MalformedSignature { reason }
}

/// The dictionaries in the registry of HTTP fields.
const DICTIONARIES: [&str; 8] = [
    "cache-control",
    "content-digest",
    "priority",
    "repr-digest",
    "signature",
    "signature-input",
    "want-content-digest",
    "want-repr-digest",
];

/// The headers that are items.
const ITEMS: [&str; 2] = ["content-length", "idempotency-key"];
