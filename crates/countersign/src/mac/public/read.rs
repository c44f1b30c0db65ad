//! Reads the text of a key in any usual format.

use ::base64::Engine;
use ::base64::alphabet::URL_SAFE;
use ::base64::engine::GeneralPurpose;
use zeroize::Zeroizing;

use super::material::{Material, unreadable};
use super::pem::{BASE64, CONFIG};
use super::{der, jwk, pem};
use crate::error::ConfigError;

impl Material {
    /// Reads the text: PEM, a JWK, DER in Base64, or bytes in Base64 or hexadecimal.
    ///
    /// The format is recognised from the text. Bytes without a container are 32 or 64: containers have other
    /// lengths, and the length of Base64 differs from that of hexadecimal digits.
    pub(super) fn read(text: &str) -> Result<Self, ConfigError> {
        if text.starts_with("-----BEGIN") {
            return der::classify(&pem::decode(text)?).ok_or_else(unreadable);
        }
        if text.starts_with('{') {
            return jwk::decode(text);
        }
        let bytes = bytes(text).ok_or_else(unreadable)?;
        if let 32 | 64 = bytes.len() {
            return Ok(Self::Raw(bytes));
        }
        Ok(der::classify(&bytes).unwrap_or(Self::Raw(bytes)))
    }
}

fn bytes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let is_hex = matches!(text.len(), 64 | 128) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = if is_hex {
        const_hex::decode(text).ok()
    } else if text.contains(['-', '_']) {
        BASE64_URL.decode(text).ok()
    } else {
        BASE64.decode(text).ok()
    };
    bytes.map(Zeroizing::new)
}

const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);
