//! Bodies as text.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// Returns a body as text, JSON laid out. `None` if it is no text.
pub(crate) fn readable(body: &[u8]) -> Option<Cow<'_, str>> {
    let whole = std::str::from_utf8(body).ok()?;
    Some(laid_out(whole, MOST_SHOWN).map_or(Cow::Borrowed(whole), Cow::Owned))
}

/// Returns as much of a text as a page shows.
pub(crate) fn beginning(whole: &str) -> &str {
    let end = (0..=whole.len().min(MOST_SHOWN)).rev().find(|end| whole.is_char_boundary(*end)).unwrap_or(0);
    whole.get(..end).unwrap_or_default()
}

/// Returns JSON on several lines, with fields in their order and numbers and texts as they are written: a parsed number might be
/// another one. `None` if it is no JSON, or longer than this many bytes: indents of deep JSON are much longer than the
/// JSON.
fn laid_out(json: &str, most: usize) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(json).ok()?;
    let (mut out, mut depth, mut is_text, mut is_escaped) = (String::new(), 0_usize, false, false);
    let mut letters = json.chars().peekable();
    while let Some(letter) = letters.next() {
        if out.len() > most {
            return None;
        }
        if is_text {
            out.push(letter);
            (is_text, is_escaped) = (letter != '"' || is_escaped, letter == '\\' && !is_escaped);
            continue;
        }
        match letter {
            ' ' | '\t' | '\r' | '\n' => {}
            '{' | '[' => {
                out.push(letter);
                while letters.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                match letters.next_if(|next| matches!(next, '}' | ']')) {
                    Some(end) => out.push(end),
                    None => {
                        depth += 1;
                        line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(',');
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            letter => {
                out.push(letter);
                is_text = letter == '"';
            }
        }
    }
    Some(out).filter(|out| out.len() <= most)
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// More than people read, and little enough for any browser, even with each character escaped.
pub(crate) const MOST_SHOWN: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn fields_keep_their_order_and_numbers_their_digits() {
        let json = r#" {"b" : 1.50,"a":[ ] ,"c":[123456789012345678901234567890,{"x\":\"{,":null}]} "#;
        let expected = "{\n  \"b\": 1.50,\n  \"a\": [],\n  \"c\": [\n    123456789012345678901234567890,\n    {\n      \
                        \"x\\\":\\\"{,\": null\n    }\n  ]\n}";
        assert_eq!(laid_out(json, 1000).as_deref(), Some(expected));
        for none in ["{} {}", "", "a=b", "[1,]"] {
            assert_eq!(laid_out(none, 1000), None, "{none}");
        }
    }

    #[test]
    fn what_grows_too_much_is_left_as_it_is() {
        let deep = format!("{}{}1{}", "[".repeat(10_000), "1,".repeat(1000), "]".repeat(10_000));
        assert_eq!(laid_out(&deep, 256 << 10), None);
        assert_eq!((laid_out("[1]", 6), laid_out("[1]", 7)), (None, Some("[\n  1\n]".to_owned())));
    }

    proptest! {
        #[test]
        fn it_is_the_same_json(texts in prop::collection::vec("[\\x00-\\x7f]{0,9}", 0..6), number in any::<i64>()) {
            let value = serde_json::json!({ "a": texts, "b": { "c": number, "d": [[], {}, number] }, "e": texts.concat() });
            let laid = laid_out(&value.to_string(), usize::MAX).unwrap();
            prop_assert_eq!(&laid, &serde_json::to_string_pretty(&value).unwrap());
            prop_assert_eq!(serde_json::from_str::<Value>(&laid).unwrap(), value);
        }
    }
}
