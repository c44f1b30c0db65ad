//! The lower bound of verification: the hash itself.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Computes one pass of SHA-256 over the body.
#[must_use]
pub fn raw_sha256(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// HMAC-SHA-256 with a precomputed key schedule.
#[derive(Clone, Debug)]
pub struct KeyedHmac(Hmac<Sha256>);

impl KeyedHmac {
    /// Computes the key schedule.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).unwrap())
    }

    /// Returns the signature of the prefix and the body.
    #[must_use]
    pub fn sign(&self, before: &[u8], body: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        if !before.is_empty() {
            mac.update(before);
        }
        mac.update(body);
        mac.finalize().into_bytes().into()
    }
}
