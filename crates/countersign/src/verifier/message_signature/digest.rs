//! Implements `Content-Digest` (RFC 9530), which binds the body to a signed header.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sfv::{BareItem, Dictionary, ListEntry};
use sha2::{Digest, Sha256, Sha512};

use crate::error::{CheckSubject, VerifyError};
use crate::work;

/// The digests of a header that are compared with the body. Other algorithms are ignored.
#[derive(Debug, Default)]
pub(super) struct ContentDigest {
    sha256: Option<Vec<u8>>,
    sha512: Option<Vec<u8>>,
}

/// The name of the header.
pub(super) const NAME: &str = "content-digest";

impl ContentDigest {
    pub(super) fn of(dictionary: &Dictionary) -> Result<Self, VerifyError> {
        let bytes = |name: &str| match dictionary.get(name) {
            None => Ok(None),
            Some(ListEntry::Item(item)) => match &item.bare_item {
                BareItem::ByteSequence(bytes) => Ok(Some(bytes.clone())),
                _ => Err(malformed()),
            },
            Some(ListEntry::InnerList(_)) => Err(malformed()),
        };
        let found = Self { sha256: bytes("sha-256")?, sha512: bytes("sha-512")? };
        if found.sha256.is_none() && found.sha512.is_none() {
            return Err(VerifyError::MissingCheck { at: at(), is_claim: false });
        }
        Ok(found)
    }

    /// Compares every digest with the body.
    pub(super) fn check(&self, body: &[u8]) -> Result<(), VerifyError> {
        work::hashed(if self.sha256.is_some() { body.len() } else { 0 });
        work::hashed_slowly(if self.sha512.is_some() { body.len() } else { 0 });
        let is_sha256 = self.sha256.as_ref().is_none_or(|digest| **digest == *Sha256::digest(body));
        let is_sha512 = self.sha512.as_ref().is_none_or(|digest| **digest == *Sha512::digest(body));
        if is_sha256 && is_sha512 {
            return Ok(());
        }
        Err(VerifyError::CheckFailed { at: at(), of: CheckSubject::Body })
    }

    /// Returns the header for a body.
    pub(super) fn header(body: &[u8]) -> String {
        format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
    }
}

fn at() -> String {
    format!("header:{NAME}")
}

fn malformed() -> VerifyError {
    VerifyError::MalformedHeader {
        name: NAME.to_owned(),
        reason: "is not a dictionary of digests (RFC 9530)",
    }
}
