//! A lenient PEM parser, as RFC 7468 recommends: lines of any length, and line breaks of any kind.

use ::base64::Engine;
use ::base64::alphabet::STANDARD;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::error::ConfigError;

/// Returns the bytes of the first block that does not hold parameters. A chain of certificates starts with that of
/// the signing key.
pub(super) fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let mut rest = text;
    loop {
        let (label, body, after) = block(rest).ok_or_else(|| {
            ConfigError::new("secret", "starts like PEM and has no matching `-----END` line")
        })?;
        if label.ends_with("PARAMETERS") {
            rest = after;
            continue;
        }
        if label.contains("ENCRYPTED") || body.contains("ENCRYPTED") {
            return Err(ConfigError::new(
                "secret",
                "is protected by a passphrase: `openssl pkey -in FILE` writes it without one",
            ));
        }
        let digits = digits(body);
        return BASE64
            .decode(digits.as_bytes())
            .map(Zeroizing::new)
            .map_err(|_| ConfigError::new("secret", "is PEM, but its content is not Base64"));
    }
}

/// Returns label and content of the next block, and the text after it.
fn block(text: &str) -> Option<(&str, &str, &str)> {
    let (_, text) = text.split_once("-----BEGIN ")?;
    let (label, text) = text.split_once("-----")?;
    let (body, text) = text.split_once("-----END ")?;
    Some((label, body, text.strip_prefix(label)?.strip_prefix("-----")?))
}

/// Removes white space, and the two-character `\n` that environment files have instead of line breaks.
fn digits(body: &str) -> Zeroizing<String> {
    let lines = body.split("\\n").flat_map(|part| part.split("\\r")).flat_map(str::split_ascii_whitespace);
    let mut digits = Zeroizing::new(String::with_capacity(body.len()));
    for line in lines {
        digits.push_str(line);
    }
    digits
}

pub(super) const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
/// Accepts Base64 without padding.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Result<Vec<u8>, String> {
        decode(text).map(|bytes| bytes.to_vec()).map_err(|error| error.to_string())
    }

    #[test]
    fn line_breaks_mean_nothing() {
        for text in [
            "-----BEGIN X-----\nAQID\nBAUG\n-----END X-----\n",
            "-----BEGIN X-----\r\nAQIDBAUG\r\n-----END X-----",
            "-----BEGIN X-----AQIDBAUG-----END X-----",
            "-----BEGIN X----- AQID BAUG -----END X-----",
            r"-----BEGIN X-----\nAQID\r\nBAUG\n-----END X-----\n",
            "-----BEGIN EC PARAMETERS-----\nBg==\n-----END EC PARAMETERS-----\n-----BEGIN X-----\nAQIDBAUG\n-----END X-----",
        ] {
            assert_eq!(decoded(text), Ok(vec![1, 2, 3, 4, 5, 6]), "{text}");
        }
    }

    #[test]
    fn what_is_no_key_says_why() {
        for (text, reason) in [
            ("-----BEGIN X-----\nAQID\n", "no matching"),
            ("-----BEGIN X-----\nAQID\n-----END Y-----", "no matching"),
            ("-----BEGIN X-----\n*\n-----END X-----", "not Base64"),
            ("-----BEGIN EC PARAMETERS-----\nBg==\n-----END EC PARAMETERS-----", "no matching"),
            (
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAQID\n-----END ENCRYPTED PRIVATE KEY-----",
                "passphrase",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAQID\n-----END RSA PRIVATE KEY-----",
                "passphrase",
            ),
        ] {
            let error = decoded(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
