//! Values that are derived from the body.

use md5::Md5;
use sha2::{Digest, Sha256};

use super::transform::{Apply, Input};
use crate::error::VerifyError;
use crate::escape::escape;
use crate::work;

pub(super) fn sha256(input: &Input<'_>, out: &mut Vec<u8>) -> Result<(), VerifyError> {
    work::hashed(input.body.len());
    out.extend_from_slice(&Sha256::digest(input.body));
    Ok(())
}

pub(super) fn sha256_hex(input: &Input<'_>, out: &mut Vec<u8>) -> Result<(), VerifyError> {
    work::hashed(input.body.len());
    out.extend_from_slice(const_hex::encode(Sha256::digest(input.body)).as_bytes());
    Ok(())
}

pub(super) fn md5(input: &Input<'_>, out: &mut Vec<u8>) -> Result<(), VerifyError> {
    work::hashed(input.body.len());
    out.extend_from_slice(&Md5::digest(input.body));
    Ok(())
}

/// CRC-32, which no verifier is built with unless the feature is on: see `CompiledScheme::check_complete`.
#[cfg(feature = "crc32")]
pub(super) const CRC32: Apply = Apply::Body(|input, out| {
    work::hashed(input.body.len());
    out.extend_from_slice(crc32fast::hash(input.body).to_string().as_bytes());
    Ok(())
});
#[cfg(not(feature = "crc32"))]
pub(super) const CRC32: Apply = Apply::Feature("crc32");

pub(super) fn json_string(input: &Input<'_>, out: &mut Vec<u8>) -> Result<(), VerifyError> {
    let body = input.body;
    work::converted(body.len());
    let text =
        std::str::from_utf8(body).map_err(|_| VerifyError::MalformedBody { reason: "is not UTF-8" })?;
    // Most control characters take six bytes, and neither JSON nor a form contains them.
    let is_control = |byte: &&u8| matches!(byte, 0..8 | 11 | 14..32);
    if body.iter().filter(is_control).count() > MOST_CONTROLS {
        return Err(VerifyError::MalformedBody {
            reason: "has many control characters, which nothing but binary data has",
        });
    }
    let escapes = body.iter().filter(|byte| matches!(byte, b'"' | b'\\' | 8..=13)).count();
    out.reserve(body.len() + escapes + 5 * MOST_CONTROLS + 2);
    escape(text, out);
    Ok(())
}

/// The largest number of control characters, other than white space, of a body that is signed as a JSON string.
const MOST_CONTROLS: usize = 256;

/// Returns the text as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns the body, unless it is a number.
pub(super) fn document(body: &[u8]) -> Result<&[u8], VerifyError> {
    match body.trim_ascii() {
        [b'-' | b'0'..=b'9', ..] => Err(VerifyError::MalformedBody {
            reason: "is a number, which could go on in what is signed after it",
        }),
        _ => Ok(body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_string_has_as_many_control_characters_as_the_limit() {
        let written = |count: usize| {
            let mut out = Vec::new();
            json_string(
                &Input { body: &[b"\t\n".as_slice(), &vec![1; count]].concat(), ..Input::default() },
                &mut out,
            )
            .map(|()| out.len())
        };
        assert_eq!(written(MOST_CONTROLS), Ok(2 + 2 * 2 + 6 * MOST_CONTROLS));
        for count in [MOST_CONTROLS + 1, 2 * MOST_CONTROLS] {
            assert!(matches!(written(count), Err(VerifyError::MalformedBody { .. })), "{count}");
        }
    }
}
