use subtle::ConstantTimeEq;

use super::base64;
use crate::scheme::Encoding;
use crate::swar::{difference, lower_case_hex};

/// The expected signature as text.
///
/// The computed signature is encoded, instead of decoding the received one. This avoids errors in a decoder,
/// alternative texts of one signature (no `+a` for a hexadecimal digit, no spare bits in Base64), and a limit on
/// the length of the input.
pub(crate) enum Expected<'k> {
    /// Lower-case hexadecimal of at most 64 bytes.
    Hex { text: [u8; 128], len: usize },
    /// Base64 of at most 36 bytes. The padding may be omitted.
    Base64 { text: [u8; 48], len: usize, padding: usize },
    /// Base64 of at most 72 bytes. The padding may be omitted.
    LongBase64 { text: [u8; 96], len: usize, padding: usize },
    /// Hexadecimal or Base64 of at most 64 bytes. The texts have different lengths.
    Either { bytes: [u8; 64], len: usize },
    /// The secret itself.
    Token(&'k [u8]),
}

impl<'k> Expected<'k> {
    /// Encodes the bytes of a result, at most 64. Inlining is forced: their number is a constant for each algorithm,
    /// and the loops are unrolled.
    #[inline(always)]
    pub(crate) fn encode(bytes: &[u8], encoding: Encoding) -> Self {
        match encoding {
            Encoding::Base64 => Self::base64(bytes, base64::STANDARD),
            Encoding::Base64Url | Encoding::Base64UrlUnpadded => Self::base64(bytes, base64::URL_SAFE),
            Encoding::HexOrBase64 => Self::either(bytes),
            Encoding::Hex | Encoding::Text | Encoding::Base64Json => {
                let mut text = [0; 128];
                let len = bytes.len() * 2;
                // No algorithm has longer results; an empty text matches nothing.
                let encoded =
                    text.get_mut(..len).is_some_and(|text| const_hex::encode_to_slice(bytes, text).is_ok());
                Self::Hex { text, len: if encoded { len } else { 0 } }
            }
        }
    }

    /// Returns the bytes. No algorithm has longer results; an empty result matches nothing.
    fn either(bytes: &[u8]) -> Self {
        let mut kept = [0; 64];
        match kept.get_mut(..bytes.len()) {
            Some(room) => room.copy_from_slice(bytes),
            None => return Self::Token(&[]),
        }
        Self::Either { bytes: kept, len: bytes.len() }
    }

    #[inline(always)]
    fn base64(bytes: &[u8], last: [u8; 2]) -> Self {
        let padding = (3 - bytes.len() % 3) % 3;
        if bytes.len() <= 36 {
            let (text, len) = base64::encode(bytes, last);
            Self::Base64 { text, len, padding }
        } else {
            let (text, len) = base64::encode(bytes, last);
            Self::LongBase64 { text, len, padding }
        }
    }

    /// Creates the expected signature of a scheme that sends the secret itself.
    pub(crate) const fn token(secret: &'k [u8]) -> Self {
        Self::Token(secret)
    }

    /// Returns the text, for signing.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Hex { text, len } => text.get(..*len).unwrap_or_default(),
            Self::Base64 { text, len, .. } => text.get(..*len).unwrap_or_default(),
            Self::LongBase64 { text, len, .. } => text.get(..*len).unwrap_or_default(),
            // Signers write one of the two encodings.
            Self::Either { .. } => &[],
            Self::Token(secret) => secret,
        }
    }

    /// Compares in time that depends only on the lengths.
    #[inline]
    pub(crate) fn matches(&self, candidate: &[u8]) -> bool {
        match self {
            Self::Hex { text, len } => equal(text.get(..*len), candidate, lower_case_hex),
            Self::Base64 { text, len, padding } => equal_but(text.get(..*len), *padding, candidate),
            Self::LongBase64 { text, len, padding } => equal_but(text.get(..*len), *padding, candidate),
            Self::Either { bytes, len } => matches_either(bytes.get(..*len).unwrap_or_default(), candidate),
            Self::Token(secret) => equal(Some(secret), candidate, |word| word),
        }
    }
}

/// Returns whether the candidate is the text in the encoding that its length implies.
#[cold]
#[inline(never)]
fn matches_either(bytes: &[u8], candidate: &[u8]) -> bool {
    let encoding = if candidate.len() == bytes.len() * 2 { Encoding::Hex } else { Encoding::Base64 };
    Expected::encode(bytes, encoding).matches(candidate)
}

/// Returns whether the texts are equal, with or without the padding of the expected one.
#[inline]
fn equal_but(expected: Option<&[u8]>, padding: usize, candidate: &[u8]) -> bool {
    let expected = expected.unwrap_or_default();
    let without = expected.len().saturating_sub(padding);
    let len = if candidate.len() == without { without } else { expected.len() };
    equal(expected.get(..len), candidate, |word| word)
}

/// Returns whether the texts are equal. There is one optimisation barrier at the end, because `subtle` per byte
/// costs ten times as much. An empty text equals nothing.
#[inline]
fn equal(expected: Option<&[u8]>, candidate: &[u8], fold: impl Fn(u64) -> u64) -> bool {
    match expected {
        Some(expected) if expected.len() == candidate.len() && !expected.is_empty() => {
            difference(expected, candidate, fold).ct_eq(&0).into()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use ::base64::Engine;
    use ::base64::engine::general_purpose::STANDARD;

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
    fn padding_is_optional_for_every_length_of_a_result() {
        for len in [16, 20, 32, 48, 64] {
            let expected = Expected::encode(&[0xab; 64][..len], Encoding::Base64);
            let text = STANDARD.encode(&[0xab; 64][..len]);
            assert!(expected.matches(text.as_bytes()), "{len}");
            assert!(expected.matches(text.trim_end_matches('=').as_bytes()), "{len}");
        }
    }

    #[test]
    fn any_changed_length_or_byte_is_refused() {
        let encodings = [Encoding::Hex, Encoding::Base64, Encoding::Base64Url];
        let long = encodings.map(|e| Expected::encode(&[0xab; 64], e));
        let encoded = encodings.map(|e| Expected::encode(&MAC, e)).into_iter().chain(long);
        for expected in encoded.chain([Expected::token(b"a token of 21 letters")]) {
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
    fn either_encoding_is_accepted_and_no_other_text() {
        for bytes in [&MAC[..20], &MAC, &[0xab; 64]] {
            let expected = Expected::encode(bytes, Encoding::HexOrBase64);
            for encoding in [Encoding::Hex, Encoding::Base64] {
                let text = Expected::encode(bytes, encoding).as_bytes().to_vec();
                assert!(expected.matches(&text));
                for at in 0..text.len() {
                    let mut changed = text.clone();
                    changed[at] ^= 1;
                    assert!(
                        !expected.matches(&changed) && !expected.matches(&text[..at]) || text[at] == b'='
                    );
                }
            }
        }
    }

    #[test]
    fn nothing_is_equal_to_an_empty_result() {
        assert!(!Expected::token(b"").matches(b""));
        assert!(!Expected::encode(&[], Encoding::Hex).matches(b""));
    }
}
