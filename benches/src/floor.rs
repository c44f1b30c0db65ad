//! The least that verifying takes: the hash itself.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// One pass of SHA-256 over the body.
#[must_use]
pub fn raw_sha256(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// HMAC with SHA-256 whose key schedule is done.
#[derive(Clone, Debug)]
pub struct KeyedHmac(Hmac<Sha256>);

impl KeyedHmac {
    /// Does the key schedule.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).unwrap())
    }

    /// The signature of what comes before the body, and the body.
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
