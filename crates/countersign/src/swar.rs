//! Operations on short strings, eight bytes at a time (SIMD within a register), for the per-byte work of each request.

const EACH: u64 = 0x0101_0101_0101_0101;
const TOP: u64 = 0x80 * EACH;

/// Splits the bytes into words of eight, plus the last word, which overlaps the one before it if the length is not
/// a multiple of eight. A text shorter than eight bytes is one word, padded with `fill`.
#[inline]
fn split_words(text: &[u8], fill: u8) -> (&[[u8; 8]], u64) {
    let last = text.last_chunk::<8>().copied().unwrap_or_else(|| {
        let mut word = [fill; 8];
        for (to, from) in word.iter_mut().zip(text) {
            *to = *from;
        }
        word
    });
    (text.as_chunks::<8>().0, u64::from_le_bytes(last))
}

/// Returns whether `marks` finds a bit in any word. All words are examined: the loop has no branch.
#[inline]
fn any(text: &[u8], fill: u8, marks: impl Fn(u64) -> u64) -> bool {
    let (words, last) = split_words(text, fill);
    words.iter().fold(marks(last), |found, word| found | marks(u64::from_le_bytes(*word))) != 0
}

/// Returns zero if two texts of the same length are equal after `fold` of the second. Does not branch on their
/// contents.
#[inline]
pub(crate) fn difference(one: &[u8], other: &[u8], fold: impl Fn(u64) -> u64) -> u64 {
    let ((ones, last), (others, other_last)) = (split_words(one, 0), split_words(other, 0));
    let mut differ = last ^ fold(other_last);
    for (one, other) in ones.iter().zip(others) {
        differ |= u64::from_le_bytes(*one) ^ fold(u64::from_le_bytes(*other));
    }
    differ
}

/// Returns whether the text contains the byte.
#[inline]
pub(crate) fn contains(text: &[u8], byte: u8) -> bool {
    let wanted = u64::from(byte) * EACH;
    let zeros = |word: u64| word.wrapping_sub(EACH) & !word & TOP;
    any(text, !byte, |word| zeros(word ^ wanted))
}

/// Returns whether the text is not empty and consists of visible ASCII.
#[inline]
pub(crate) fn is_visible(text: &[u8]) -> bool {
    // The top bit of a byte is set in the first term for a byte beyond ASCII, in the others for a byte below the
    // space or for DEL. A carry from a wrong byte can only mark more bytes as wrong.
    let wrong = |word: u64| (word | word.wrapping_sub(0x20 * EACH) | word.wrapping_add(EACH)) & TOP;
    !text.is_empty() && !any(text, b' ', wrong)
}

/// Returns whether a JSON string has to escape one of these bytes: a control character, `"` or `\\`.
#[inline]
pub(crate) fn has_json_escape(word: [u8; 8]) -> bool {
    let word = u64::from_le_bytes(word);
    // A borrow from a byte that is found can only mark more bytes.
    let below = |word: u64, limit: u64| word.wrapping_sub(limit * EACH) & !word & TOP;
    let is = |byte: u8| below(word ^ (u64::from(byte) * EACH), 1);
    below(word, 0x20) | is(b'"') | is(b'\\') != 0
}

/// Parses eight ASCII digits.
///
/// Source: Daniel Lemire, "Quickly parsing eight digits" (2018).
#[inline]
pub(crate) fn eight_digits(text: &[u8; 8]) -> Option<u64> {
    let digits = u64::from_le_bytes(*text) ^ (u64::from(b'0') * EACH);
    // A digit above 9 reaches the top bit or has it set already.
    if (digits | digits.wrapping_add(0x76 * EACH)) & TOP != 0 {
        return None;
    }
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let high = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(100 + (1_000_000 << 32));
    let low = (pairs >> 16 & 0x0000_00ff_0000_00ff).wrapping_mul(1 + (10_000 << 32));
    Some(high.wrapping_add(low) >> 32)
}

/// Converts `A` to `F` to lower case in each byte; other bytes stay as they are.
#[inline]
pub(crate) fn lower_case_hex(word: u64) -> u64 {
    let ascii = word & !TOP;
    // The top bit of each byte: at least `A`, and at most `F`.
    let from_a = ascii + (0x80 - u64::from(b'A')) * EACH;
    let after_f = ascii + (0x80 - u64::from(b'G')) * EACH;
    let letters = from_a & !after_f & !word & TOP;
    word | letters >> 2
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls `check` with every byte at every position of texts whose lengths are around one, two and three words.
    fn each_text(mut check: impl FnMut(&[u8], u8)) {
        for length in 0..=26 {
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut text = vec![b'x'; length];
                    text[at] = byte;
                    check(&text, byte);
                }
            }
        }
    }

    #[test]
    fn a_difference_is_seen_wherever_it_is() {
        each_text(|text, byte| {
            let same = vec![b'x'; text.len()];
            assert_eq!(difference(text, &same, |word| word) == 0, byte == b'x', "{text:?}");
        });
        assert_eq!(difference(b"", b"", |word| word), 0);
    }

    #[test]
    fn a_byte_is_found_wherever_it_is() {
        each_text(|text, byte| {
            assert!(contains(text, byte), "{byte} in {text:?}");
            assert_eq!(contains(text, b'.'), byte == b'.', "{text:?}");
            assert_eq!(contains(text, 0), byte == 0, "{text:?}");
        });
        assert!(!contains(b"", b'.') && !contains(b"", 0));
    }

    #[test]
    fn a_byte_that_json_escapes_is_found_wherever_it_is() {
        for at in 0..8 {
            for byte in 0..=u8::MAX {
                let mut word = [b'x'; 8];
                word[at] = byte;
                assert_eq!(has_json_escape(word), byte < 0x20 || b"\"\\".contains(&byte), "{word:?}");
            }
        }
    }

    #[test]
    fn visible_is_what_each_byte_says() {
        each_text(|text, byte| assert_eq!(is_visible(text), (b' '..=b'~').contains(&byte), "{text:?}"));
        assert!(!is_visible(b""));
    }

    #[test]
    fn eight_digits_are_the_number_they_stand_for() {
        for number in [0_u64, 1, 9, 10, 12_345_678, 17_000_000, 90_909_090, 99_999_999] {
            let text = format!("{number:08}");
            assert_eq!(eight_digits(text.as_bytes().try_into().unwrap()), Some(number));
        }
        for at in 0..8 {
            for byte in 0..=u8::MAX {
                let mut text = *b"12345678";
                text[at] = byte;
                assert_eq!(eight_digits(&text).is_some(), byte.is_ascii_digit(), "{byte} at {at}");
            }
        }
    }

    #[test]
    fn only_the_letters_a_to_f_change_case() {
        for byte in 0..=u8::MAX {
            let word = u64::from_le_bytes([byte, 0, b'F', b'G', 0xff, b'@', byte, b'f']);
            let expected = if (b'A'..=b'F').contains(&byte) { byte + 32 } else { byte };
            assert_eq!(
                lower_case_hex(word).to_le_bytes(),
                [expected, 0, b'f', b'G', 0xff, b'@', expected, b'f']
            );
        }
    }
}
