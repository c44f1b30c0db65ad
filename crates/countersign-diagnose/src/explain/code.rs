//! Encodings that an intermediary may have applied once too often, or not at all.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};

/// Decodes standard or URL-safe Base64, padding optional.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text = text.replace('-', "+").replace('_', "/");
    LENIENT.decode(text).ok().filter(|bytes| !bytes.is_empty())
}

pub(super) fn to_base64(bytes: &[u8]) -> String {
    LENIENT.encode(bytes)
}

/// Decodes percent-encoding: `%2B` becomes `+`. Returns `None` if there is nothing to decode.
pub(super) fn from_percent(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let mut any = false;
    while let [first, after @ ..] = rest {
        let byte = match after {
            [high, low, beyond @ ..] if *first == b'%' => {
                let byte = const_hex::decode([*high, *low]).ok()?;
                any = true;
                rest = beyond;
                byte
            }
            _ => {
                rest = after;
                vec![*first]
            }
        };
        bytes.extend(byte);
    }
    String::from_utf8(bytes).ok().filter(|_| any)
}

/// Encodes characters in Windows-1252, the practical form of Latin-1.
pub(super) fn to_latin_1(text: &str) -> Option<Vec<u8>> {
    let byte = |char: char| {
        let extra = WINDOWS_1252.iter().position(|other| *other == char);
        match (extra, u8::try_from(char)) {
            (Some(position), _) => u8::try_from(0x80 + position).ok(),
            (None, byte) => byte.ok(),
        }
    };
    text.chars().map(byte).collect()
}

/// Decodes bytes from Latin-1 or Windows-1252.
pub(super) fn from_latin_1(bytes: &[u8], windows: bool) -> String {
    let char = |byte: &u8| match WINDOWS_1252.get(usize::from(byte.wrapping_sub(0x80))) {
        Some(char) if windows => *char,
        _ => char::from(*byte),
    };
    bytes.iter().map(char).collect()
}

/// The characters 0x80 to 0x9f, in which the two differ; the five unassigned ones are Latin-1's.
///
/// Source: WHATWG Encoding Standard, index-windows-1252.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_are_decoded_and_left_alone_where_they_are_none() {
        assert_eq!(from_percent("a%2Bb%3d").as_deref(), Some("a+b="));
        for text in ["", "abc", "100%", "%zz", "%f"] {
            assert_eq!(from_percent(text), None, "{text}");
        }
    }

    #[test]
    fn latin_1_goes_both_ways() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(to_latin_1(&from_latin_1(&bytes, true)), Some(bytes.clone()));
        assert_eq!(to_latin_1("é€"), Some(vec![0xe9, 0x80]));
        assert_eq!(to_latin_1("日"), None);
        assert_eq!(from_latin_1(&[0xe9, 0x80], false), "é\u{80}");
    }

    #[test]
    fn base64_is_read_in_both_alphabets() {
        assert_eq!(from_base64("-_8="), from_base64("+/8"));
        assert_eq!(from_base64("it's"), None);
    }
}
