//! Encodes JSON strings. Quotes may be all that a body of 1 MiB contains, so each escape costs little.

use crate::swar;

/// Writes the text as a JSON string, with the escapes of `JSON.stringify`.
pub(crate) fn escape(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    for word in words {
        if swar::has_json_escape(*word) {
            escape_each(word, out);
        } else {
            out.extend_from_slice(word);
        }
    }
    escape_each(rest, out);
    out.push(b'"');
}

fn escape_each(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        let letter = match *byte {
            b'"' | b'\\' => *byte,
            8 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            12 => b'f',
            b'\r' => b'r',
            control @ 0..0x20 => {
                out.extend_from_slice(format!("\\u{control:04x}").as_bytes());
                continue;
            }
            plain => {
                out.push(plain);
                continue;
            }
        };
        out.extend_from_slice(&[b'\\', letter]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::escape;

    fn is_as_serde_json_writes(text: &str) -> bool {
        let mut out = b"before".to_vec();
        escape(text, &mut out);
        out.strip_prefix(b"before") == serde_json::to_vec(text).ok().as_deref()
    }

    #[test]
    fn each_character_is_escaped_wherever_it_is() {
        for char in (0..0x300).chain([0x2028, 0x2029, 0xffff, 0x1_f600]).filter_map(char::from_u32) {
            for before in 0..18 {
                let text = format!("{}{char}é{}", "x".repeat(before), "y".repeat(9));
                assert!(is_as_serde_json_writes(&text), "{text:?}");
            }
        }
        assert!(is_as_serde_json_writes(""));
    }

    proptest! {
        #[test]
        fn strings_are_those_of_serde_json(text in "[\\x00-\\x7f\u{e9}\u{2028}\u{1f600}]{0,40}|.{0,40}") {
            prop_assert!(is_as_serde_json_writes(&text));
        }
    }
}
