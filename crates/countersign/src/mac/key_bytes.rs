//! Turns the text of a shared secret into the bytes of a key.

use ::base64::Engine;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::pairs::is_key_of_pair;
use crate::error::ConfigError;
use crate::scheme::{KeyEncoding, KeyFormat};

/// Returns the bytes of each key that the text may stand for, the signing one first. If none fits, returns the
/// first error.
pub(crate) fn key_bytes(format: &KeyFormat, text: &str) -> Result<Vec<Zeroizing<Vec<u8>>>, ConfigError> {
    if is_key_of_pair(text) {
        return Err(no_shared_secret());
    }
    let formats = std::iter::once(format).chain(format.alternatives.iter());
    // The text after the prefix of one format is not read in another format.
    let prefixes = formats.clone().flat_map(|format| format.prefix.split('|'));
    if prefixes.filter_map(|prefix| text.strip_prefix(prefix)).any(is_key_of_pair) {
        return Err(no_shared_secret());
    }
    let (mut found, mut problem) = (Vec::new(), None);
    for format in formats {
        match derive(format, text) {
            Ok(bytes) if found.contains(&bytes) => {}
            Ok(bytes) => found.push(bytes),
            // A prefix without a key after it is not a key for a format that treats the prefix as part of the key,
            // either.
            Err(error) if error.code() == "empty_secret" => return Err(error),
            Err(error) => problem = problem.or(Some(error)),
        }
    }
    match problem {
        Some(problem) if found.is_empty() => Err(problem),
        _ => Ok(found),
    }
}

/// Returns the bytes of the key in this format.
fn derive(format: &KeyFormat, text: &str) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let text = normalized(format, text)?;
    let text = text.as_str();
    let prefixed = format.prefix.split('|').find_map(|prefix| text.strip_prefix(prefix));
    let (rest, encoding) = match prefixed {
        Some(rest) => (rest, format.encoding),
        None => (text, format.unprefixed.unwrap_or(format.encoding)),
    };
    if rest.is_empty() || encoding == KeyEncoding::Base64 && rest.bytes().all(|digit| digit == b'=') {
        return Err(ConfigError::empty_secret("secret", format!("has nothing after `{}`", format.prefix)));
    }
    let mut bytes = Zeroizing::new(match encoding {
        KeyEncoding::Utf8 => rest.as_bytes().to_vec(),
        KeyEncoding::Base64 => LENIENT
            .decode(rest)
            .map_err(|_| ConfigError::new("secret", "is not Base64, and this provider's secrets are"))?,
        KeyEncoding::Hex if rest.starts_with("0x") => return Err(not_hex()),
        KeyEncoding::Hex => const_hex::decode(rest).map_err(|_| not_hex())?,
    });
    if bytes.is_empty() {
        return Err(ConfigError::empty_secret("secret", "decodes to an empty key"));
    }
    bytes.extend_from_slice(format.append.as_bytes());
    if format.sha1 {
        bytes = Zeroizing::new(Sha1::digest(&*bytes).to_vec());
    }
    if format.sha256 {
        bytes = Zeroizing::new(Sha256::digest(&*bytes).to_vec());
    }
    Ok(bytes)
}

/// Returns the text in Unicode's NFKD, if the format requires it. ASCII is always in that form.
fn normalized(format: &KeyFormat, text: &str) -> Result<Zeroizing<String>, ConfigError> {
    if !format.nfkd || text.is_ascii() {
        return Ok(Zeroizing::new(text.to_owned()));
    }
    #[cfg(feature = "nfkd")]
    return Ok(Zeroizing::new(unicode_normalization::UnicodeNormalization::nfkd(text).collect()));
    #[cfg(not(feature = "nfkd"))]
    Err(ConfigError::new(
        "secret",
        "is not ASCII: enable the feature `nfkd`, which brings it into the form of the provider",
    ))
}

/// Returns the error for a public key as a shared secret, which would let every sender sign.
pub(super) fn no_shared_secret() -> ConfigError {
    ConfigError::new(
        "secret",
        "is one half of a pair of keys, and this provider shares a secret with you: with the public key every sender \
         could sign. Use the signing secret that the provider shows, or the declaration that takes public keys",
    )
}

fn not_hex() -> ConfigError {
    ConfigError::new("secret", "is not hexadecimal, and this provider's secrets are")
}

/// Decodes like the reference libraries: padding optional, spare bits ignored.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &::base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(format: &KeyFormat, text: &str) -> Result<Vec<u8>, ConfigError> {
        key_bytes(format, text).map(|keys| keys[0].to_vec())
    }

    #[test]
    fn a_public_key_is_no_shared_secret() {
        let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        for text in ["-----BEGIN PUBLIC KEY-----\nAQID\n-----END PUBLIC KEY-----\n", jwk] {
            let error = bytes(&KeyFormat::UTF8, text).unwrap_err();
            assert!(error.to_string().contains("shares a secret"), "{error}");
        }
    }

    #[test]
    fn a_base64_key_may_lack_prefix_and_padding() {
        let format = KeyFormat::base64("whsec_");
        for text in ["whsec_c2VjcmV0MQ==", "whsec_c2VjcmV0MQ", "c2VjcmV0MQ=="] {
            assert_eq!(bytes(&format, text).unwrap(), b"secret1", "{text}");
        }
    }

    #[test]
    fn an_undecodable_key_is_refused() {
        let error = bytes(&KeyFormat::base64("whsec_"), "whsec_not base64!").unwrap_err();
        assert_eq!((error.field(), error.code()), ("secret", "invalid_config"));
        let hex = KeyFormat { encoding: KeyEncoding::Hex, ..KeyFormat::UTF8 };
        assert!(bytes(&hex, "+a").is_err() && bytes(&hex, "0x0a").is_err());
    }

    #[test]
    fn a_prefix_with_nothing_behind_it_is_an_empty_secret() {
        for format in [KeyFormat::base64("whsec_"), KeyFormat { prefix: "whsec_".into(), ..KeyFormat::UTF8 }]
        {
            assert_eq!(bytes(&format, "whsec_").unwrap_err().code(), "empty_secret");
        }
        assert_eq!(bytes(&KeyFormat::base64("whsec_"), "whsec_=").unwrap_err().field(), "secret");
    }

    #[test]
    fn a_text_may_be_several_keys_of_which_the_first_signs() {
        const TEXT: &[KeyFormat] = &[KeyFormat::UTF8];
        let format = KeyFormat::base64("whsec_").or(TEXT);
        let keys = |text| key_bytes(&format, text).map(|keys| keys.iter().map(|key| key.to_vec()).collect());
        let expected: [(&str, Vec<Vec<u8>>); 3] = [
            ("whsec_c2VjcmV0MQ==", vec![b"secret1".to_vec(), b"whsec_c2VjcmV0MQ==".to_vec()]),
            ("polar_whs_abc", vec![b"polar_whs_abc".to_vec()]),
            ("not base64!", vec![b"not base64!".to_vec()]),
        ];
        for (text, expected) in expected {
            assert_eq!(keys(text), Ok(expected), "{text}");
        }
        for text in ["whsec_", "whsec_="] {
            assert_eq!(keys(text).map(|_: Vec<Vec<u8>>| ()).unwrap_err().code(), "empty_secret", "{text}");
        }
        assert_eq!(key_bytes(&KeyFormat::UTF8.or(TEXT), "abc").unwrap().len(), 1);
    }

    #[test]
    fn a_key_may_be_a_digest() {
        let format = KeyFormat { sha1: true, ..KeyFormat::UTF8 };
        assert_eq!(
            const_hex::encode(bytes(&format, "abc").unwrap()),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
    }

    #[cfg(feature = "nfkd")]
    #[test]
    fn a_key_may_be_normalized() {
        let format = KeyFormat { nfkd: true, ..KeyFormat::UTF8 };
        assert_eq!(bytes(&format, "s\u{e9}cret").unwrap(), "se\u{301}cret".as_bytes());
        assert_eq!(bytes(&KeyFormat::UTF8, "s\u{e9}cret").unwrap(), "s\u{e9}cret".as_bytes());
    }

    #[test]
    fn a_text_key_keeps_its_prefix_unless_declared_otherwise() {
        assert_eq!(bytes(&KeyFormat::UTF8, "whsec_abc").unwrap(), b"whsec_abc");
        let oauth = KeyFormat { append: "&".into(), ..KeyFormat::UTF8 };
        assert_eq!(bytes(&oauth, "abc").unwrap(), b"abc&");
    }
}
