//! The text before a single signature: a prefix, and the name of the key.

use crate::error::ConfigError;
use crate::scheme::{Location, Needs, Part, Template};

/// The prefix of a signature.
#[derive(Debug)]
pub(crate) struct Prefix {
    text: Vec<u8>,
    /// Whether the prefix names the authentication scheme: its case does not matter, and more spaces may follow (RFC
    /// 9110, sections 11.1 and 11.4).
    is_auth_scheme: bool,
}

/// The name of the key between prefix and signature.
#[derive(Debug)]
pub(crate) enum KeyId {
    /// This text.
    Is(Vec<u8>),
    /// A parameter that is not set yet, up to this text: for descriptions, because nothing is verified before all are
    /// set.
    EndsWith(Vec<u8>),
}

impl Prefix {
    pub(super) fn new(text: &str, at: &Location) -> Self {
        let is_token = |scheme: &str| !scheme.is_empty() && scheme.bytes().all(is_token_byte);
        let is_auth_scheme = is_credentials(at) && text.strip_suffix(' ').is_some_and(is_token);
        Self { text: text.as_bytes().to_vec(), is_auth_scheme }
    }

    pub(super) fn strip_from<'f>(&self, field: &'f [u8]) -> Option<&'f [u8]> {
        if !self.is_auth_scheme {
            return field.strip_prefix(self.text.as_slice());
        }
        let (scheme, credentials) = field.split_at_checked(self.text.len())?;
        scheme.eq_ignore_ascii_case(&self.text).then(|| credentials.trim_ascii_start())
    }
}

impl KeyId {
    pub(super) fn new(template: &Template) -> Result<Self, ConfigError> {
        let problem =
            "`key_id` has to be literal text, or `{param:NAME}` and the text that ends it, such as `:`";
        let refuse = || ConfigError::new("scheme.signature.format", problem);
        let content = template
            .parse()
            .map_err(|error| ConfigError::new("scheme.signature.format", error.to_string()))?;
        match content.before.as_slice() {
            _ if !content.body.is_empty() => Err(refuse()),
            [] => Ok(Self::Is(Vec::new())),
            [Part::Literal(text)] => Ok(Self::Is(text.as_bytes().to_vec())),
            [Part::Value(value), Part::Literal(end)] if value.row.needs == Needs::Parameter => {
                Ok(Self::EndsWith(end.as_bytes().to_vec()))
            }
            _ => Err(refuse()),
        }
    }

    pub(super) fn strip_from<'f>(&self, field: &'f [u8]) -> Option<&'f [u8]> {
        match self {
            Self::Is(text) => field.strip_prefix(text.as_slice()),
            Self::EndsWith(end) => field.get(memchr::memmem::find(field, end)? + end.len()..),
        }
    }
}

/// Returns whether the field holds credentials: an authentication scheme followed by its parameters.
fn is_credentials(at: &Location) -> bool {
    let Location::Header(names) = at else { return false };
    let mut names = names.split(',').map(str::trim);
    names.any(|name| {
        ["authorization", "proxy-authorization"].iter().any(|other| name.eq_ignore_ascii_case(other))
    })
}

/// Returns whether the byte may be in a token (RFC 9110, section 5.6.2).
const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
}
