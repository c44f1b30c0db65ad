use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use subtle::ConstantTimeEq;

use crate::scheme::Encoding;
use crate::words::{lower_case_hex, words};

/// The signature that would be right, as text.
///
/// What was computed is encoded, instead of decoding what a stranger sent: there is no decoder to get wrong, one
/// text per signature (no `+a` for a hexadecimal digit, no spare bits in Base64), and no limit on its length.
pub(crate) enum Expected<'k> {
    /// Hexadecimal, lower case.
    Hex { text: [u8; LONGEST], len: usize },
    /// Base64, of which the padding may be left out.
    Base64 { text: [u8; LONGEST], len: usize, padding: usize },
    /// The secret itself.
    Token(&'k [u8]),
}

/// SHA-512 in hexadecimal.
const LONGEST: usize = 128;

impl<'k> Expected<'k> {
    /// Encodes the bytes of a result, at most 64.
    #[inline]
    pub(crate) fn encode(bytes: &[u8], encoding: Encoding) -> Self {
        let mut text = [0; LONGEST];
        let padding = (3 - bytes.len() % 3) % 3;
        match encoding {
            Encoding::Base64 => {
                let len = STANDARD.encode_slice(bytes, &mut text).unwrap_or_default();
                Self::Base64 { text, len, padding }
            }
            Encoding::Base64Url => {
                let len = URL_SAFE.encode_slice(bytes, &mut text).unwrap_or_default();
                Self::Base64 { text, len, padding }
            }
            Encoding::Hex | Encoding::Text => {
                let len = bytes.len() * 2;
                // Longer results do not exist: an empty text matches nothing.
                let encoded =
                    text.get_mut(..len).is_some_and(|text| const_hex::encode_to_slice(bytes, text).is_ok());
                Self::Hex { text, len: if encoded { len } else { 0 } }
            }
        }
    }

    /// The secret itself is what is sent.
    pub(crate) const fn token(secret: &'k [u8]) -> Self {
        Self::Token(secret)
    }

    /// The text, for signing.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Hex { text, len } | Self::Base64 { text, len, .. } => text.get(..*len).unwrap_or_default(),
            Self::Token(secret) => secret,
        }
    }

    /// Compares in time that depends on the lengths alone.
    #[inline]
    pub(crate) fn matches(&self, candidate: &[u8]) -> bool {
        let expected = self.as_bytes();
        match self {
            Self::Hex { .. } => equal(expected, candidate, lower_case_hex),
            Self::Base64 { padding, .. } if candidate.len() + padding == expected.len() => expected
                .get(..candidate.len())
                .is_some_and(|expected| equal(expected, candidate, |word| word)),
            Self::Base64 { .. } | Self::Token(_) => equal(expected, candidate, |word| word),
        }
    }
}

/// Eight bytes at a time, all of them, without a branch, and one barrier at the end: `subtle` byte by byte costs ten
/// times as much. Empty is equal to nothing.
#[inline]
fn equal(expected: &[u8], candidate: &[u8], fold: impl Fn(u64) -> u64) -> bool {
    if expected.len() != candidate.len() || expected.is_empty() {
        return false;
    }
    let ((ours, our_last), (theirs, their_last)) = (words(expected, 0), words(candidate, 0));
    let mut differ = our_last ^ fold(their_last);
    for (ours, theirs) in ours.iter().zip(theirs) {
        differ |= u64::from_le_bytes(*ours) ^ fold(u64::from_le_bytes(*theirs));
    }
    differ.ct_eq(&0).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAC: [u8; 32] = [0xab; 32];

    #[test]
    fn upper_case_hex_is_accepted() {
        let expected = Expected::encode(&MAC, Encoding::Hex);
        assert!(expected.matches("ab".repeat(32).as_bytes()));
        assert!(expected.matches("AB".repeat(32).as_bytes()));
        assert!(expected.matches("aB".repeat(32).as_bytes()));
    }

    #[test]
    fn hex_refuses_plus_signs_and_look_alikes() {
        let expected = Expected::encode(&[0x0a; 32], Encoding::Hex);
        assert!(expected.matches("0a".repeat(32).as_bytes()));
        assert!(!expected.matches("+a".repeat(32).as_bytes()));
        assert!(!expected.matches("\u{10}a".repeat(32).as_bytes()), "0x10 | 0x20 is the digit 0");
        assert!(!expected.matches("0!".repeat(32).as_bytes()));
    }

    #[test]
    fn base64_padding_is_optional_and_spare_bits_are_not_free() {
        let expected = Expected::encode(&MAC, Encoding::Base64);
        let text = STANDARD.encode(MAC);
        assert!(expected.matches(text.as_bytes()));
        assert!(expected.matches(text.trim_end_matches('=').as_bytes()));
        assert!(!expected.matches(text.replace("s=", "t=").as_bytes()), "the same bytes, other spare bits");
        assert!(!expected.matches(text.to_uppercase().as_bytes()));
    }

    #[test]
    fn any_changed_length_or_byte_is_refused() {
        let encoded =
            [Encoding::Hex, Encoding::Base64, Encoding::Base64Url].map(|e| Expected::encode(&MAC, e));
        for expected in encoded.into_iter().chain([Expected::token(b"a token of 21 letters")]) {
            let text = expected.as_bytes().to_vec();
            assert!(expected.matches(&text));
            assert!(!expected.matches(&[]) && !expected.matches(&text[1..]));
            assert!(!expected.matches(&[text.as_slice(), b"="].concat()));
            for at in 0..text.len() {
                let mut changed = text.clone();
                changed[at] ^= 1;
                assert!(!expected.matches(&changed), "byte {at}");
            }
        }
    }

    #[test]
    fn nothing_is_equal_to_an_empty_result() {
        assert!(!Expected::token(b"").matches(b""));
        assert!(!Expected::encode(&[], Encoding::Hex).matches(b""));
    }
}
