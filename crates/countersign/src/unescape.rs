//! Decodes JSON strings. Their escapes may be all that a body of 1 MiB contains, so each costs little.

/// Returns the text of a string in quotes that a parser of JSON has accepted. `None` for half of a surrogate pair.
pub(crate) fn unescape(quoted: &[u8]) -> Option<String> {
    let inner = quoted.get(1..quoted.len().checked_sub(1)?)?;
    let mut out = Vec::with_capacity(inner.len());
    let mut at = 0;
    while let Some(byte) = inner.get(at) {
        if *byte != b'\\' {
            let rest = inner.get(at..)?;
            let plain = rest.get(..memchr::memchr(b'\\', rest).unwrap_or(rest.len()))?;
            out.extend_from_slice(plain);
            at += plain.len();
            continue;
        }
        out.push(match inner.get(at + 1)? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            byte @ (b'"' | b'\\' | b'/') => *byte,
            // Four digits, and four more for characters of a surrogate pair.
            _ => return serde_json::from_slice(quoted).ok(),
        });
        at += 2;
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::unescape;

    proptest! {
        #[test]
        fn strings_are_those_of_serde_json(
            parts in proptest::collection::vec(
                proptest::sample::select(vec![
                    "a", "é", "\\n", "\\r", "\\t", "\\b", "\\f", "\\\"", "\\\\", "\\/", "\\u00e9", "\\ud83d\\ude00",
                    "\\ud83d", " ", "\u{2028}",
                ]),
                0..12,
            ),
        ) {
            let quoted = format!("\"{}\"", parts.concat());
            prop_assert_eq!(unescape(quoted.as_bytes()), serde_json::from_str::<String>(&quoted).ok());
        }
    }
}
