//! Finds conspicuous properties of a body: what a program may have made of the signed bytes.

use http::header::CONTENT_TYPE;

use super::Cause;
use super::case::Case;

/// Returns the most significant one.
pub(super) fn find(case: &Case) -> Option<Cause> {
    let text = std::str::from_utf8(&case.body).ok()?;
    let trimmed = text.trim();
    if matches!(trimmed, "{}" | "[]" | "null" | "\"\"" | "undefined" | "None" | "nil") && case.signs("body") {
        return Some(Cause::new(
            "body_parsed_empty",
            "the body is what a parser makes of no input, so something may have read it before, or did not parse its \
             content type",
        ));
    }
    not_json(case, trimmed).or_else(|| replaced(text)).or_else(|| rounded(trimmed))
}

/// Reports a body that is announced as JSON and is not.
fn not_json(case: &Case, text: &str) -> Option<Cause> {
    let media = case.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let is_announced = media.split(';').next().is_some_and(|media| media.trim().ends_with("json"));
    let error = serde_json::from_str::<serde::de::IgnoredAny>(text).err().filter(|_| is_announced)?;
    let starts_like_json = text.starts_with(['{', '[']);
    if starts_like_json && error.is_eof() {
        return Some(Cause::owned(
            "body_cut",
            format!(
                "the body ends in the middle of its JSON after {} bytes, so it was cut: look for a limit on its size, or \
                 on the column or message that it was stored in",
                case.body.len()
            ),
        ));
    }
    let is_form = !starts_like_json && text.contains('=') && !text.contains(char::is_whitespace);
    if is_form {
        return Some(Cause::new(
            "body_parsed_as_form",
            "Content-Type says JSON and the body is a form, so something has converted it: verify the bytes as they \
             were received",
        ));
    }
    Some(Cause::new(
        "body_not_json",
        "Content-Type says JSON and the body is not JSON, so something has printed or changed it: verify the bytes as \
         they were received, before anything parses them",
    ))
}

/// Reports question marks where text has none: characters that an encoding lacks were replaced.
fn replaced(text: &str) -> Option<Cause> {
    let mut strings = text.split('"').skip(1).step_by(2);
    let is_replaced = |string: &str| {
        let is_only = !string.is_empty() && string.bytes().all(|byte| byte == b'?');
        let inner = string.as_bytes().windows(3);
        let in_word = inner.into_iter().any(|triple| {
            matches!(triple, [before, b'?', after]
                if before.is_ascii_alphabetic() && (after.is_ascii_alphabetic() || *after == b'?'))
        });
        is_only || string.contains("??") || in_word && !string.contains("://") && !string.contains('=')
    };
    strings.any(is_replaced).then(|| {
        Cause::new(
            "body_characters_replaced",
            "the body has question marks where other characters may have been, so it may have been decoded as ASCII or \
             Latin-1, which replaces characters by `?`: verify the bytes as they were received",
        )
    })
}

/// Reports large integers that end in zeros as those do that a floating-point number was printed as.
fn rounded(text: &str) -> Option<Cause> {
    let outside = text.split('"').step_by(2);
    let mut numbers = outside.flat_map(|text| text.split(|char: char| !char.is_ascii_digit() && char != '.'));
    let is_rounded = |digits: &str| {
        let is_large = digits.parse().is_ok_and(|number: u128| number > LARGEST_EXACT);
        is_large
            && digits.ends_with('0')
            && digits.parse().is_ok_and(|number: f64| number.to_string() == digits)
    };
    numbers.any(is_rounded).then(|| {
        Cause::new(
            "body_number_rounded",
            "the body has integers above 2^53 that end in zeros, so a program may have read them as floating-point numbers, \
             which rounds them: verify the bytes as they were received, before anything parses them",
        )
    })
}

/// The largest integer up to which a 64-bit floating-point number is exact.
const LARGEST_EXACT: u128 = 1 << 53;

#[cfg(test)]
mod tests {
    use super::{replaced, rounded};

    #[test]
    fn replaced_characters_are_told_from_questions() {
        for text in [r#"{"a":"??"}"#, r#"{"a":"?"}"#, r#"{"a":"na?ve"}"#, r#"{"name":"?????? Ltd"}"#] {
            assert!(replaced(text).is_some(), "{text}");
        }
        for text in [r#"{"a":"why?"}"#, r#"{"a":"https://a.b/c?d=e"}"#, r#"{"a":1}"#, "?? no string"] {
            assert!(replaced(text).is_none(), "{text}");
        }
    }

    #[test]
    fn rounded_integers_are_told_from_others() {
        for text in [r#"{"a":1234567890123456800}"#, r#"[1, 9876543210987655000]"#, "[100000000000000000000]"]
        {
            assert!(rounded(text).is_some(), "{text}");
        }
        for text in [
            r#"{"a":1234567890123456789}"#,
            r#"{"a":"1234567890123456800"}"#,
            "[9007199254740990]",
            "[1700000000000]",
        ] {
            assert!(rounded(text).is_none(), "{text}");
        }
    }
}
