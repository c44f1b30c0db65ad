//! Writes JSON in the form in which a provider signs it: sorted, or as PHP writes it.
//!
//! The text of a number is kept, because readers differ in which numbers are equal. The result does not determine
//! white space, the escaping of a string's characters, and, if members are sorted, their order.

use std::cmp::Ordering;

use super::reader::Reader;
use super::unique::is_json;
use super::writer::{Style, Writer};
use crate::content;
use crate::error::VerifyError;
use crate::work;

/// The largest number of objects and members of a body together. All of them are kept until they are sorted.
const MOST: usize = 1 << 16;

/// Writes a JSON body without white space, with the members of every object sorted by the UTF-16 code units of
/// their names, as `JSON.stringify` writes it after sorting.
pub(crate) fn sorted(body: &[u8]) -> Result<Vec<u8>, VerifyError> {
    written(body, Style::Sorted)
}

/// Writes a JSON body as PHP's `json_encode` does with `JSON_UNESCAPED_UNICODE` after `json_decode` to arrays,
/// without one member. Members keep their order.
pub(crate) fn php(body: &[u8], without: Option<&str>) -> Result<Vec<u8>, VerifyError> {
    written(body, Style::Php { without })
}

fn written(body: &[u8], style: Style<'_>) -> Result<Vec<u8>, VerifyError> {
    // Commas and colons bound the number of members before anything is allocated for them.
    let most = body.iter().filter(|byte| matches!(byte, b':' | b'{')).take(MOST + 1).count();
    if most > MOST {
        return Err(VerifyError::MalformedBody { reason: "has more members than the limit" });
    }
    if !is_json(body) {
        return Err(content::not_json(body));
    }
    work::read(2 * body.len());
    let mut objects = Vec::new();
    let mut reader = Reader { json: body, at: 0 };
    reader.value(Some(&mut objects)).ok_or(NOT_JSON)?;
    objects.sort_unstable_by_key(|object| object.start);
    let are_sorted = matches!(style, Style::Sorted);
    if are_sorted {
        for object in &mut objects {
            object.members.sort_by(|a, b| order(&a.name, &b.name));
        }
    }
    if objects.iter().any(|object| object.has_repeated_member(are_sorted)) {
        return Err(VerifyError::MalformedBody { reason: "has a member twice" });
    }
    match style {
        Style::Sorted => {}
        Style::Php { without } => {
            if let Some(whole) =
                objects.first_mut().filter(|object| body.get(..object.start).is_some_and(is_space))
            {
                whole.members.retain(|member| Some(&*member.name) != without);
            }
        }
    }
    let mut out = Vec::with_capacity(body.len());
    Writer { json: body, objects: &objects, out: &mut out, style }.value(0, body.len()).ok_or(NOT_JSON)?;
    Ok(out)
}

const NOT_JSON: VerifyError = VerifyError::MalformedBody { reason: "is not JSON" };

fn is_space(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}

/// Compares in the order of JavaScript's `sort`: by UTF-16 code units. Names may be long and have a long start in common,
/// which is skipped many bytes at a time.
fn order(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let pieces = a.as_chunks::<32>().0.iter().zip(b.as_chunks::<32>().0);
    let same = 32 * pieces.take_while(|(a, b)| a == b).count();
    let [a, b] = [a, b].map(|text| text.get(same..).unwrap_or_default().iter().map(|byte| rank(*byte)));
    a.cmp(b)
}

/// Returns a number for a byte of UTF-8 so that the order of texts is that of their UTF-16 code units: characters beyond
/// U+FFFF, which begin with 0xf0 or more, stand before those from U+E000 on.
const fn rank(byte: u8) -> u8 {
    match byte {
        0xee | 0xef => byte + 0x10,
        _ => byte,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text_of(body: &str) -> Option<String> {
        sorted(body.as_bytes()).ok().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn members_are_sorted_at_every_depth_and_numbers_are_kept() {
        for (body, expected) in [
            (
                r#"{"b": 1, "a": {"d": [ {"y":1,"x":2}, 3 ], "c": null}}"#,
                r#"{"a":{"c":null,"d":[{"x":2,"y":1},3]},"b":1}"#,
            ),
            (r#"[1.0, 1e5 ,true , "a b"]"#, r#"[1.0,1e5,true,"a b"]"#),
            (r#"{"10":1,"9":2,"":3}"#, r#"{"":3,"10":1,"9":2}"#),
            (r#"{"0":1,"1":2}"#, r#"{"0":1,"1":2}"#),
            ("{\"\u{e000}\":1,\"\u{1f600}\":2}", "{\"\u{1f600}\":2,\"\u{e000}\":1}"),
            (r#"{"a":"\u00e9\/\n\""}"#, "{\"a\":\"\u{e9}/\\n\\\"\"}"),
            (r#"{"\u0062":{},"a":[]}"#, r#"{"a":[],"b":{}}"#),
            (" 1 ", "1"),
        ] {
            assert_eq!(text_of(body).as_deref(), Some(expected), "{body}");
        }
    }

    /// The expected texts were checked against PHP's documentation of `json_encode`.
    #[test]
    fn names_are_in_the_order_of_their_utf_16_code_units() {
        let chars =
            ['a', 'é', '\u{7ff}', '\u{800}', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{1_0000}', '\u{10_ffff}'];
        for before in [0, 1, 29, 30, 31, 32, 33, 64] {
            for (a, b) in chars.iter().flat_map(|a| chars.iter().map(move |b| (a, b))) {
                let (a, b) = (format!("{}{a}", "x".repeat(before)), format!("{}{b}y", "x".repeat(before)));
                for (a, b) in [(&a, &b), (&b, &a), (&a, &a)] {
                    assert_eq!(order(a, b), a.encode_utf16().cmp(b.encode_utf16()), "{a} {b}");
                }
            }
        }
    }

    #[test]
    fn php_keeps_the_order_and_escapes_slashes() {
        for (body, expected) in [
            (r#"{"b": 1, "sign":"x", "a": {"sign": "https://x"}}"#, r#"{"b":1,"a":{"sign":"https:\/\/x"}}"#),
            ("{\"a\":\"\u{e9}\\u00e9\u{2028}\\n\"}", "{\"a\":\"\u{e9}\u{e9}\\u2028\\n\"}"),
            ("{\"a\":\"\u{2027}\u{2029}\u{202a}\"}", "{\"a\":\"\u{2027}\\u2029\u{202a}\"}"),
            (r#"{"a":{},"b":[],"c":{"0":1,"1":{"x/y":2}}}"#, r#"{"a":[],"b":[],"c":[1,{"x\/y":2}]}"#),
            (r#" {"sign":1}"#, "[]"),
            (r#"[{"sign":1.50}]"#, r#"[{"sign":1.50}]"#),
        ] {
            let written = php(body.as_bytes(), Some("sign")).map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(written.as_deref(), Ok(expected), "{body}");
        }
        assert_eq!(php(b"{\"a\":\"\\u0001\\u007f\"}", None).unwrap(), b"{\"a\":\"\\u0001\x7f\"}");
    }

    #[test]
    fn what_has_two_readings_has_none_here() {
        let apart = r#"{"a":1,"b":2,"c":{"a":3},"a":4}"#;
        assert!(php(apart.as_bytes(), None).is_err());
        for body in
            ["", "{", apart, r#"{"a":1,"a":2}"#, r#"{"a":1,"\u0061":2}"#, "{} {}", r#"{"a":"\ud800"}"#]
        {
            assert_eq!(text_of(body), None, "{body}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(text_of(&deep), None);
        let many = |count: usize| format!("[{}{{}}]", "{},".repeat(count - 1));
        assert_eq!(text_of(&many(MOST + 1)), None);
        assert_eq!(text_of(&many(MOST)), Some(many(MOST)));
    }

    proptest! {
        #[test]
        fn the_form_is_that_of_a_sorted_value(value in json()) {
            // A map of serde_json is sorted by the bytes of UTF-8: the same order except beyond the BMP.
            let written = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(text_of(&written).unwrap(), serde_json::to_string(&value).unwrap());
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            "[ -~\n\u{e9}]{0,8}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                proptest::collection::btree_map("[a-f\"\\\\]{0,3}", inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }
}
