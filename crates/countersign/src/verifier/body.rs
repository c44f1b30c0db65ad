//! Signed content that is made from the body.

use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};

use super::Source;
use crate::error::VerifyError;
use crate::form;
use crate::pick::{Scalar, pick};
use crate::scheme::BodyPart;

/// Renders the parts that need the whole body.
pub(crate) fn render_body(parts: &[BodyPart], body: &[u8]) -> Result<Vec<u8>, VerifyError> {
    let mut out = Vec::new();
    for part in parts {
        match part {
            BodyPart::Raw => out.extend_from_slice(body),
            BodyPart::Sha256Hex => out.extend_from_slice(const_hex::encode(Sha256::digest(body)).as_bytes()),
            BodyPart::FormSorted => out.extend_from_slice(form::sorted(body).as_bytes()),
            BodyPart::Form(name) => {
                out.extend_from_slice(form::field(body, name).ok_or(NO_FIELD)?.as_bytes())
            }
            BodyPart::Json(path) => {
                let [found] = pick(body, [Some(path)]);
                out.extend_from_slice(found.ok_or(NO_FIELD)?.as_str(body).as_bytes());
            }
            BodyPart::Literal(literal) => out.extend_from_slice(literal.as_bytes()),
        }
    }
    Ok(out)
}

/// The value in the body, if that is where it is.
pub(super) fn scalar(source: &Source, body: &[u8]) -> Option<Scalar> {
    match source {
        Source::Json(path) => {
            let [found] = pick(body, [Some(path)]);
            found
        }
        Source::Form(name) => form::field(body, name).map(Scalar::Text),
        _ => None,
    }
}

/// Why a value is not there: the body may not be JSON at all.
pub(super) fn missing(source: &Source, body: &[u8], error: VerifyError) -> VerifyError {
    match source {
        Source::Json(_) if serde_json::from_slice::<IgnoredAny>(body).is_err() => {
            VerifyError::MalformedBody { reason: "is not JSON" }
        }
        _ => error,
    }
}

const NO_FIELD: VerifyError =
    VerifyError::MalformedBody { reason: "a field that the signature covers is not there" };
