use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use smallvec::SmallVec;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroize;

use crate::scheme::Encoding;

/// The signature that would be right, as text.
///
/// What was computed is encoded, instead of decoding what a stranger sent: there is no decoder to get wrong, one
/// text per signature (no `+a` for a hexadecimal digit, no spare bits in Base64), and no limit on its length.
pub(crate) struct Expected {
    text: SmallVec<[u8; 128]>,
    any_case: bool,
    padding: usize,
}

impl Expected {
    pub(crate) fn encode(bytes: &[u8], encoding: Encoding) -> Self {
        let mut text = SmallVec::new();
        let base64 = |engine: &base64::engine::GeneralPurpose, text: &mut SmallVec<[u8; 128]>| {
            text.resize(bytes.len().div_ceil(3) * 4, 0);
            // The buffer has exactly the length of the encoding.
            let _ = engine.encode_slice(bytes, text);
        };
        match encoding {
            Encoding::Hex => {
                text.resize(bytes.len() * 2, 0);
                // The buffer has exactly the length of the encoding.
                let _ = const_hex::encode_to_slice(bytes, &mut text);
            }
            Encoding::Base64 => base64(&STANDARD, &mut text),
            Encoding::Base64Url => base64(&URL_SAFE, &mut text),
            Encoding::Text => text.extend_from_slice(bytes),
        }
        let padding = match encoding {
            Encoding::Base64 | Encoding::Base64Url => text.iter().rev().take_while(|b| **b == b'=').count(),
            Encoding::Hex | Encoding::Text => 0,
        };
        Self { text, any_case: encoding == Encoding::Hex, padding }
    }

    /// The text, for signing.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    /// Compares in time that depends on the lengths alone.
    pub(crate) fn matches(&self, candidate: &[u8]) -> bool {
        let (expected, without_padding) = (self.text.as_slice(), self.text.len() - self.padding);
        let expected = match candidate.len() {
            len if len == expected.len() => expected,
            len if len == without_padding => expected.get(..len).unwrap_or_default(),
            _ => return false,
        };
        let fold = if self.any_case { lower_case_hex } else { |word| word };
        words_equal(expected, candidate, fold)
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        self.text.as_mut_slice().zeroize();
    }
}

/// Eight bytes at a time, all of them, without a branch: `subtle` byte by byte costs ten times as much.
fn words_equal(expected: &[u8], candidate: &[u8], fold: impl Fn([u8; 8]) -> [u8; 8]) -> bool {
    let word = |chunk: &[u8]| {
        let mut word = [0; 8];
        for (to, from) in word.iter_mut().zip(chunk) {
            *to = *from;
        }
        word
    };
    let mut same = Choice::from(u8::from(expected.len() == candidate.len()));
    for (ours, theirs) in expected.chunks(8).zip(candidate.chunks(8)) {
        let (ours, theirs) = (u64::from_le_bytes(word(ours)), u64::from_le_bytes(fold(word(theirs))));
        same &= ours.ct_eq(&theirs);
    }
    same.into()
}

/// `A` to `F` become `a` to `f`; nothing else changes.
fn lower_case_hex(word: [u8; 8]) -> [u8; 8] {
    word.map(|byte| byte | (u8::from(byte.wrapping_sub(b'A') < 6) << 5))
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
        for encoding in [Encoding::Hex, Encoding::Base64, Encoding::Base64Url, Encoding::Text] {
            let expected = Expected::encode(&MAC, encoding);
            let text = expected.as_bytes().to_vec();
            assert!(expected.matches(&text));
            assert!(!expected.matches(&[]) && !expected.matches(&text[1..]));
            assert!(!expected.matches(&[text.as_slice(), b"="].concat()));
            for at in 0..text.len() - expected.padding {
                let mut changed = text.clone();
                changed[at] ^= 1;
                assert!(!expected.matches(&changed), "{encoding:?} byte {at}");
            }
        }
    }
}
