//! Extracts the content of a verified body from gzip or from a form field.

use bytes::Bytes;

use crate::error::VerifyError;
use crate::form;

/// The layers of a body, each if it is present.
#[derive(Default)]
pub(crate) struct Unwrapped {
    /// The body, decompressed.
    pub(crate) form: Option<Bytes>,
    /// The JSON in one of its fields.
    pub(crate) json: Option<Bytes>,
    /// The reason for missing content.
    pub(crate) problem: Option<&'static str>,
}

/// Returns whether the body begins with the magic bytes of gzip (RFC 1952, 2.3.1), which neither JSON nor a form
/// does. The header `Content-Encoding` is ignored: no scheme signs it.
#[inline]
pub(crate) fn is_gzip(body: &[u8]) -> bool {
    body.starts_with(&[0x1f, 0x8b, 0x08])
}

/// Returns whether a body is JSON rather than a form.
pub(crate) fn is_json(body: &[u8]) -> bool {
    matches!(body.trim_ascii_start(), [b'{' | b'[', ..])
}

/// Returns the error of a body that is not JSON, where JSON is read. Some providers send both, and have a declaration for
/// each.
pub(crate) fn not_json(body: &[u8]) -> VerifyError {
    let reason = if is_form(body) {
        "is a form, and this declaration reads JSON: its notes name the declaration for forms, if the provider sends them"
    } else {
        "is not JSON"
    };
    VerifyError::MalformedBody { reason }
}

/// Returns the error of a form without a signed field.
pub(crate) fn no_field(body: &[u8]) -> VerifyError {
    let reason = if is_json(body) {
        "is JSON, and this declaration reads a form: its notes name the declaration for JSON, if the provider sends it"
    } else {
        "a field that the signature covers is not there"
    };
    VerifyError::MalformedBody { reason }
}

/// Returns whether a body begins as a form does, or as multipart/form-data.
fn is_form(body: &[u8]) -> bool {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~*%+[]".contains(byte);
    let name = memchr::memchr(b'=', body).and_then(|end| body.get(..end));
    body.starts_with(b"--") || name.is_some_and(|name| !name.is_empty() && name.iter().all(is_of_name))
}

/// Decompresses the body and extracts this form field. A JSON body stays as it is.
pub(crate) fn unwrap(body: &[u8], body_limit: usize, field: Option<&str>) -> Unwrapped {
    let mut unwrapped = Unwrapped::default();
    if is_gzip(body) {
        match decompress(body, body_limit.saturating_mul(EXPANSION)) {
            Ok(text) => unwrapped.form = Some(text),
            Err(problem) => return Unwrapped { problem: Some(problem), ..unwrapped },
        }
    }
    let text = unwrapped.form.as_deref().unwrap_or(body);
    if let Some(name) = field.filter(|_| !is_json(text)) {
        unwrapped.json = form::field(text, name).map(Bytes::from);
    }
    unwrapped
}

/// The largest ratio of content size to the limit on the body. Events compress to about a tenth; gzip reaches at
/// most a thousandth.
const EXPANSION: usize = 16;

#[cfg(feature = "gzip")]
fn decompress(body: &[u8], limit: usize) -> Result<Bytes, &'static str> {
    use std::io::Read;
    let mut text = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = flate2::read::MultiGzDecoder::new(body).take(most).read_to_end(&mut text);
    match read {
        // Without the room that the buffer has grown to.
        Ok(_) if text.len() <= limit => Ok(Bytes::from(text.into_boxed_slice())),
        Ok(_) => Err(
            "decompressed, the body is more than 16 times the limit on bodies: raise it with `with_body_limit`",
        ),
        Err(_) => Err("the body begins as gzip and cannot be decompressed"),
    }
}

#[cfg(not(feature = "gzip"))]
fn decompress(_: &[u8], _: usize) -> Result<Bytes, &'static str> {
    Err(
        "the body is compressed with gzip: enable the feature `gzip` of the crate `countersign` in Cargo.toml",
    )
}
