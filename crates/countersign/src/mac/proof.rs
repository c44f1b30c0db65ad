//! Computations for handshake answers: proofs of a secret, and hashes of values known to both sides.

use hmac::digest::Output;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::Expected;
use crate::scheme::Encoding;

/// Returns HMAC-SHA-256 in hexadecimal.
pub(crate) fn hmac_sha256_hex(key: &[u8], content: &[u8]) -> Option<String> {
    text(&hmac::<Hmac<Sha256>>(key, content)?, Encoding::Hex)
}

/// Returns HMAC-SHA-256 in Base64.
pub(crate) fn hmac_sha256_base64(key: &[u8], content: &[u8]) -> Option<String> {
    text(&hmac::<Hmac<Sha256>>(key, content)?, Encoding::Base64)
}

/// Returns HMAC-SHA-1 in hexadecimal.
pub(crate) fn hmac_sha1_hex(key: &[u8], content: &[u8]) -> Option<String> {
    text(&hmac::<Hmac<Sha1>>(key, content)?, Encoding::Hex)
}

/// Returns SHA-256 in hexadecimal.
pub(crate) fn sha256_hex(content: &[u8]) -> String {
    const_hex::encode(Sha256::digest(content))
}

/// Returns the HMAC. `None` for a key that the algorithm does not accept; HMAC accepts all.
fn hmac<M: Mac + KeyInit>(key: &[u8], content: &[u8]) -> Option<Output<M>> {
    let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
    mac.update(content);
    Some(mac.finalize().into_bytes())
}

fn text(bytes: &[u8], encoding: Encoding) -> Option<String> {
    String::from_utf8(Expected::encode(bytes, encoding).as_bytes().to_vec()).ok()
}
