//! A typical hand-written verifier of Standard Webhooks: reads the body first, then checks everything else.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The id.
    pub id: &'a str,
    /// The timestamp, in seconds.
    pub timestamp: &'a str,
    /// The signatures.
    pub signature: &'a str,
}

impl<'a> Signed<'a> {
    /// Looks up the headers.
    pub fn from_headers(header: impl Fn(&'static str) -> Option<&'a str>) -> Option<Self> {
        Some(Self {
            id: header("webhook-id")?,
            timestamp: header("webhook-timestamp")?,
            signature: header("webhook-signature")?,
        })
    }

    /// Returns whether the timestamp is within the tolerance and one of the signatures is right.
    #[must_use]
    pub fn is_right(&self, key: &[u8], body: &[u8]) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let recent = self.timestamp.parse().is_ok_and(|time: u64| now.abs_diff(time) <= 300);
        recent && self.signature.split(' ').any(|signature| self.is_signed_with(signature, key, body))
    }

    fn is_signed_with(&self, signature: &str, key: &[u8], body: &[u8]) -> bool {
        let signature = signature.strip_prefix("v1,").and_then(|text| STANDARD.decode(text).ok());
        signature.is_some_and(|signature| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
            mac.update(format!("{}.{}.", self.id, self.timestamp).as_bytes());
            mac.update(body);
            mac.verify_slice(&signature).is_ok()
        })
    }
}
