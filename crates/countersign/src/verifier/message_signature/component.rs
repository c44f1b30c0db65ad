//! Components of a message (RFC 9421, section 2): their names, and their values in a request.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderName;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sfv::{BareItem, Dictionary, FieldType, Item, List, ListEntry, Parser};

use super::malformed;
use crate::error::VerifyError;
use crate::verifier::render::Values;

/// A component that a signature covers, in its serialised and its parsed form.
#[derive(Clone, Debug)]
pub(super) struct Component {
    item: Item,
    /// The serialised component in the signature base.
    pub(super) text: String,
    kind: Kind,
}

/// The value that a component refers to.
#[derive(Clone, Debug)]
enum Kind {
    Method,
    TargetUri,
    Authority,
    Scheme,
    RequestTarget,
    Path,
    Query,
    /// A parameter of the query, by its decoded name.
    QueryParameter(String),
    Field(HeaderName, Form),
}

/// The conversion of a header's lines into a value.
#[derive(Clone, Debug)]
enum Form {
    Lines,
    /// Each line as a byte sequence (`bs`).
    Bytes,
    /// Serialised again as a structured field (`sf`).
    Structured,
    /// One member of a dictionary (`key`).
    Member(String),
}

impl PartialEq for Component {
    /// Compares names and parameters, the latter in any order (RFC 9421, section 2).
    fn eq(&self, other: &Self) -> bool {
        self.item == other.item
    }
}

impl Component {
    /// Reads a component of a declaration: a name without quotes, with its parameters.
    pub(super) fn declared(text: &str) -> Result<Self, &'static str> {
        let (name, parameters) =
            text.find(';').and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""));
        let item: Item = Parser::new(&format!("\"{name}\"{parameters}"))
            .parse()
            .map_err(|_| "is not the name of a component with its parameters")?;
        Self::new(item)
    }

    /// Parses a component of a signature.
    pub(super) fn new(item: Item) -> Result<Self, &'static str> {
        let text = item.serialize();
        let name = item.bare_item.as_string().ok_or("is not the name of a component")?.as_str();
        let mut form = Form::Lines;
        let mut parameter = None;
        for (key, value) in &item.params {
            match (key.as_str(), value) {
                ("bs", BareItem::Boolean(true)) if matches!(form, Form::Lines) => form = Form::Bytes,
                ("sf", BareItem::Boolean(true)) if matches!(form, Form::Lines) => form = Form::Structured,
                // A member is serialised strictly with or without `sf`.
                ("sf", BareItem::Boolean(true)) if matches!(form, Form::Member(_)) => {}
                ("key", BareItem::String(member)) if matches!(form, Form::Lines | Form::Structured) => {
                    form = Form::Member(member.as_str().to_owned());
                }
                ("name", BareItem::String(value)) => parameter = Some(value.as_str().to_owned()),
                ("req", _) => return Err("is about the request of a response, and this is a request"),
                ("tr", _) => return Err("is a trailer, which is not looked at"),
                _ => return Err("has a parameter that is not supported, or none with such a value"),
            }
        }
        let kind = match (name, parameter) {
            ("@query-param", Some(name)) => Kind::QueryParameter(decoded(&name)),
            (_, Some(_)) => return Err("has a `name`, and only `@query-param` has one"),
            ("@method", None) => Kind::Method,
            ("@target-uri", None) => Kind::TargetUri,
            ("@authority", None) => Kind::Authority,
            ("@scheme", None) => Kind::Scheme,
            ("@request-target", None) => Kind::RequestTarget,
            ("@path", None) => Kind::Path,
            ("@query", None) => Kind::Query,
            ("@query-param", None) => {
                return Err("needs the name of the parameter: `@query-param;name=\"…\"`");
            }
            ("@status", None) => return Err("is of a response, and this is a request"),
            (name, None) => match HeaderName::from_lowercase(name.as_bytes()) {
                Ok(name) => Kind::Field(name, form.clone()),
                Err(_) => return Err("is neither a header in lower case nor a known derived component"),
            },
        };
        if !matches!(kind, Kind::Field(..)) && !matches!(form, Form::Lines) {
            return Err("has a parameter that only headers have");
        }
        Ok(Self { item, text, kind })
    }

    /// Returns the component as an item, for serialisation.
    pub(super) const fn item(&self) -> &Item {
        &self.item
    }

    /// Returns whether the component is this header, with all its lines.
    pub(super) fn is_field(&self, name: &str) -> bool {
        matches!(&self.kind, Kind::Field(field, Form::Lines) if field == name)
    }

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

/// Decodes the encoded name of a parameter.
fn decoded(name: &str) -> String {
    let key = form_urlencoded::parse(name.as_bytes()).next().map(|(key, _)| key.into_owned());
    key.unwrap_or_default()
}

/// Returns the lines of a header, trimmed.
pub(super) fn lines<'h>(name: &str, values: &Values<'_, 'h>) -> Vec<&'h [u8]> {
    let all = values.gathered.all().iter();
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
