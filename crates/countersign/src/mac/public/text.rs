//! Signatures as text. Nothing in this module is secret: public keys and the signatures that they verify are
//! public.

use std::borrow::Cow;

use ::base64::Engine;
use ::base64::alphabet::{STANDARD, URL_SAFE};
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use serde::Deserialize;

use crate::scheme::Encoding;

/// Encodes a signature; Base64 is padded.
pub(super) fn encode(signature: &[u8], encoding: Encoding) -> String {
    match encoding {
        Encoding::Hex | Encoding::Text => const_hex::encode(signature),
        Encoding::Base64 | Encoding::HexOrBase64 => BASE64.encode(signature),
        Encoding::Base64Url => BASE64_URL.encode(signature),
        Encoding::Base64UrlUnpadded => BASE64_URL.encode(signature).trim_end_matches('=').to_owned(),
        Encoding::Base64Json => BASE64.encode(format!(r#"{{"signature":"{}"}}"#, BASE64.encode(signature))),
    }
}

/// Decodes a signature. Each has one text, except for the case of hexadecimal digits and for padding.
pub(super) fn decode(text: &[u8], encoding: Encoding) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    match encoding {
        // The decoder would skip this prefix.
        Encoding::Hex if text.starts_with(b"0x") => None,
        Encoding::Hex => const_hex::decode(text).ok(),
        Encoding::Base64 | Encoding::HexOrBase64 => BASE64.decode(text).ok(),
        Encoding::Base64Url | Encoding::Base64UrlUnpadded => BASE64_URL.decode(text).ok(),
        Encoding::Base64Json => {
            let object = BASE64.decode(text).ok()?;
            let wrapped: Wrapped<'_> = serde_json::from_slice(&object).ok()?;
            BASE64.decode(&*wrapped.signature).ok()
        }
        Encoding::Text => None,
    }
}

/// A signature next to the name of its key.
#[derive(Deserialize)]
struct Wrapped<'t> {
    #[serde(borrow)]
    signature: Cow<'t, str>,
}

/// The number of hexadecimal digits of a signature by an RSA key of 8192 bits.
const LONGEST: usize = 2048;

/// Accepts missing padding. Rejects spare bits that are not zero.
const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_read_in_its_declared_encoding_only() {
        let bytes = [0xfb, 0xef, 0xff, 0x01];
        for (encoding, texts) in [
            (Encoding::Hex, ["fbefff01", "FBEFFF01"]),
            (Encoding::Base64, ["++//AQ==", "++//AQ"]),
            (Encoding::Base64Url, ["--__AQ==", "--__AQ"]),
        ] {
            assert_eq!(encode(&bytes, encoding), texts[0]);
            for text in texts {
                assert_eq!(decode(text.as_bytes(), encoding).as_deref(), Some(bytes.as_slice()), "{text}");
            }
            for other in ["0xfbefff01", "fbefff0", " fbefff01", "++//AR==", "--//AQ==", "fb efff01", "é"] {
                assert_ne!(decode(other.as_bytes(), encoding).as_deref(), Some(bytes.as_slice()), "{other}");
            }
        }
        let wrapped = encode(&[1, 2, 3], Encoding::Base64Json);
        assert_eq!(decode(wrapped.as_bytes(), Encoding::Base64Json).as_deref(), Some([1, 2, 3].as_slice()));
        assert_eq!(decode(b"fbefff01", Encoding::Text), None);
        assert_eq!(decode(&[b'a'; LONGEST], Encoding::Hex), Some(vec![0xaa; LONGEST / 2]));
        assert_eq!(decode(&[b'a'; LONGEST + 2], Encoding::Hex), None);
    }
}
