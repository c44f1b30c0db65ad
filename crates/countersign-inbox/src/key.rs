use std::borrow::Cow;
use std::fmt;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The key under which a delivery is remembered: the SHA-256 of tenant, endpoint, provider, topic and id, each with
/// its length as a prefix, so that different values never yield the same input.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct EventKey([u8; 32]);

/// The SHA-256 of received bytes.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Digest([u8; 32]);

impl EventKey {
    /// Creates a key from its stored bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Creates a random key, for a delivery that nothing identifies.
    #[must_use]
    pub fn random() -> Self {
        Self::of(&[Some(Uuid::new_v4().as_bytes())])
    }

    /// Returns 64 hexadecimal digits.
    #[cfg(feature = "runtime")]
    pub(crate) fn to_hex(self) -> String {
        Hex(&self.0).to_string()
    }

    /// Creates the key of these parts, each with its length: tenant, endpoint, provider, topic and id for a delivery, see
    /// [`IdentityPolicy::identify`](crate::IdentityPolicy::identify).
    #[must_use]
    pub fn of(parts: &[Option<&[u8]>]) -> Self {
        Self(hash(b"wh1", parts))
    }
}

impl Digest {
    /// Creates a digest from its stored bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the digest of a body.
    #[must_use]
    pub fn of_body(body: &[u8]) -> Self {
        Self(Sha256::digest(body).into())
    }

    pub(crate) fn slice(&self) -> &[u8] {
        &self.0
    }

    /// Returns the digest of pieces, independent of the boundaries between them.
    pub(crate) fn of_content<'p>(place: &[Option<&[u8]>], pieces: impl Iterator<Item = &'p [u8]>) -> Self {
        let mut hasher = Sha256::new();
        pieces.for_each(|piece| hasher.update(piece));
        let content: [u8; 32] = hasher.finalize().into();
        let mut parts = place.to_vec();
        parts.push(Some(&content));
        Self(hash(b"wh1-content", &parts))
    }

    /// Returns the digest of the parts that a signature covers, for [`Identity::with_guard`](crate::Identity::with_guard).
    #[must_use]
    pub fn of_signed(parts: &[Option<&[u8]>]) -> Self {
        Self(hash(b"wh1-signed", parts))
    }
}

/// Bounds a provider's text, an id or a type, for the columns and indexes of stores.
///
/// A text of up to 512 bytes is kept: the longest documented ids have about 200, and an index entry of PostgreSQL
/// holds 2,704 bytes, several columns included. Of a longer text, the beginning stays readable, and its SHA-256
/// distinguishes it from others with the same beginning. The [key](EventKey) of an event is a digest of the whole
/// id in any case.
pub(crate) fn bounded(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST_TEXT {
        return Cow::Borrowed(text);
    }
    let digest: [u8; 32] = Sha256::digest(text).into();
    let mark = format!("{MARK}{}", Hex(&digest));
    let most = LONGEST_TEXT - mark.len();
    let readable = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let beginning = text.get(..readable).unwrap_or_default();
    Cow::Owned(format!("{beginning}{mark}"))
}

/// The longest text that is kept, in bytes.
const LONGEST_TEXT: usize = 512;

/// The text between the beginning and the digest of a cut text.
const MARK: &str = "…sha256:";

/// Hashes the parts. An absent part differs from an empty one.
fn hash(domain: &[u8], parts: &[Option<&[u8]>]) -> [u8; 32] {
    let mut hasher = Sha256::new_with_prefix(domain);
    for part in parts {
        match part {
            Some(part) => {
                hasher.update([1]);
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part);
            }
            None => hasher.update([0]),
        }
    }
    hasher.finalize().into()
}

impl fmt::Debug for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventKey({})", Hex(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", Hex(&self.0))
    }
}

struct Hex<'b>(&'b [u8; 32]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other_and_missing_is_not_empty() {
        let keys = [
            EventKey::of(&[Some(b"ab"), Some(b"c")]),
            EventKey::of(&[Some(b"a"), Some(b"bc")]),
            EventKey::of(&[Some(b"abc"), Some(b"")]),
            EventKey::of(&[Some(b"abc"), None]),
            EventKey::of(&[Some(b"abc")]),
            // Bytes that mark a part and a missing one are bytes of parts, too.
            EventKey::of(&[Some(b"a"), Some(b"b"), None]),
            EventKey::of(&[Some(b"a\x01b"), None]),
            EventKey::of(&[Some(b"a"), Some(b"b\0")]),
            EventKey::of(&[Some(b"a\x01b\0")]),
        ];
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[..at].contains(key), "{at}");
        }
    }

    #[test]
    fn a_long_text_is_cut_at_a_character_and_told_from_others_that_begin_alike() {
        let short = "ä".repeat(256);
        assert_eq!((short.len(), bounded(&short)), (512, Cow::Borrowed(&*short)));
        for beginning in ["a", "ä", "☃", "😀", "\0"].map(|character| character.repeat(600)) {
            let [one, other] = ["1", "2"].map(|end| bounded(&format!("{beginning}{end}")).into_owned());
            assert_ne!(one, other);
            assert!((505..=512).contains(&one.len()), "{}", one.len());
            assert!(one.starts_with(&beginning[..396]) && one.contains(MARK), "{one}");
            assert_eq!(bounded(&one), one, "a text that was cut is not cut again");
        }
    }

    #[test]
    fn a_key_is_shown_in_hexadecimal_digits() {
        let mut bytes = [0; 32];
        bytes[31] = 0xaf;
        let digits = format!("{}af", "0".repeat(62));
        assert_eq!(format!("{:?}", EventKey::from_bytes(bytes)), format!("EventKey({digits})"));
        assert_eq!(format!("{:?}", Digest::from_bytes(bytes)), format!("Digest({digits})"));
    }
}
