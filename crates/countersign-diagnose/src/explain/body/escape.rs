//! JSON strings with other escapes.

use std::borrow::Cow;
use std::fmt::Write;

use crate::explain::Cause;

/// Writes a string or another atom.
pub(super) type Escape = for<'a> fn(&'a str) -> Cow<'a, str>;

pub(super) fn as_is(atom: &str) -> Cow<'_, str> {
    Cow::Borrowed(atom)
}

/// Writes slashes without the escape that JSON does not require.
fn unslashed(atom: &str) -> Cow<'_, str> {
    rewritten(atom, |escape| if escape == "\\/" { "/".to_owned() } else { escape.to_owned() })
}

/// Writes the digits of escapes in upper case.
fn upper_digits(atom: &str) -> Cow<'_, str> {
    rewritten(atom, |escape| match escape.strip_prefix("\\u") {
        Some(digits) => format!("\\u{}", digits.to_ascii_uppercase()),
        None => escape.to_owned(),
    })
}

/// Writes the digits of escapes in lower case.
fn lower_digits(atom: &str) -> Cow<'_, str> {
    rewritten(atom, |escape| match escape.strip_prefix("\\u") {
        Some(digits) => format!("\\u{}", digits.to_ascii_lowercase()),
        None => escape.to_owned(),
    })
}

/// Writes each escape of a string in another form.
fn rewritten(atom: &str, write: impl Fn(&str) -> String) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = atom;
    while let Some((before, after)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        let length = if after.starts_with("\\u") { 6 } else { 2 };
        let Some((escape, next)) = after.split_at_checked(length) else { break };
        out.push_str(before);
        out.push_str(&write(escape));
        rest = next;
    }
    if out.is_empty() { Cow::Borrowed(atom) } else { Cow::Owned(out + rest) }
}

/// Escapes only required characters.
fn raw(atom: &str) -> Cow<'_, str> {
    if !atom.contains('\\') {
        return Cow::Borrowed(atom);
    }
    let text = serde_json::from_str::<String>(atom).and_then(|text| serde_json::to_string(&text));
    text.map_or(Cow::Borrowed(atom), Cow::Owned)
}

/// Escapes all characters beyond ASCII, as Python and PHP do.
fn ascii(atom: &str) -> Cow<'_, str> {
    escaped(atom, |char| !char.is_ascii())
}

/// Escapes characters with a meaning in HTML, as Go does.
fn html(atom: &str) -> Cow<'_, str> {
    escaped(atom, |char| matches!(char, '<' | '>' | '&' | '\u{2028}' | '\u{2029}'))
}

/// Escapes slashes, as PHP does.
fn slashes(atom: &str) -> Cow<'_, str> {
    Cow::Owned(raw(atom).replace('/', "\\/"))
}

/// Escapes the HTML characters as Go does, and removes escapes that JSON does not require.
fn html_raw(atom: &str) -> Cow<'_, str> {
    Cow::Owned(html(&raw(atom)).into_owned())
}

fn ascii_raw(atom: &str) -> Cow<'_, str> {
    Cow::Owned(ascii(&raw(atom)).into_owned())
}

/// Escapes the HTML characters and everything beyond ASCII with upper-case digits, as `System.Text.Json` does.
fn dot_net(atom: &str) -> Cow<'_, str> {
    let inner = raw(atom).replace("\\\"", "\\u0022");
    let wanted =
        |char: char| !char.is_ascii() || matches!(char, '<' | '>' | '&' | '\'' | '+' | '`' | '\u{7f}');
    Cow::Owned(escaped_in(&inner, wanted, |unit| format!("\\u{unit:04X}")))
}

/// Escapes quotes and the HTML characters, as Gson does.
fn gson(atom: &str) -> Cow<'_, str> {
    let wanted = |char| matches!(char, '<' | '>' | '&' | '=' | '\'' | '\u{2028}' | '\u{2029}');
    Cow::Owned(escaped_in(&raw(atom), wanted, |unit| format!("\\u{unit:04x}")))
}

/// Escapes the HTML characters with upper-case digits, as PHP does with `JSON_HEX_TAG` and similar options.
fn php_html(atom: &str) -> Cow<'_, str> {
    let inner = slashes_and_ascii(atom).replace("\\\"", "\\u0022");
    let wanted = |char| matches!(char, '<' | '>' | '&' | '\'');
    Cow::Owned(escaped_in(&inner, wanted, |unit| format!("\\u{unit:04X}")))
}

fn escaped_in(atom: &str, wanted: impl Fn(char) -> bool, write: impl Fn(u16) -> String) -> String {
    let mut out = String::with_capacity(atom.len() * 2);
    for char in atom.chars() {
        if wanted(char) {
            char.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&write(*unit)));
        } else {
            out.push(char);
        }
    }
    out
}

/// Escapes slashes and characters beyond ASCII, PHP's default.
fn slashes_and_ascii(atom: &str) -> Cow<'_, str> {
    Cow::Owned(ascii(&slashes(atom)).into_owned())
}

fn upper_case_ascii(atom: &str) -> Cow<'_, str> {
    let mut out = String::new();
    for piece in atom.split_inclusive(|char: char| !char.is_ascii()) {
        let ascii = piece.trim_end_matches(|char: char| !char.is_ascii());
        out.push_str(ascii);
        let rest = piece.get(ascii.len()..).unwrap_or_default();
        for unit in rest.encode_utf16() {
            let _ = write!(out, "\\u{unit:04X}");
        }
    }
    Cow::Owned(out)
}

fn escaped(atom: &str, wanted: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !atom.contains(&wanted) {
        return Cow::Borrowed(atom);
    }
    let mut out = String::with_capacity(atom.len() * 2);
    for char in atom.chars() {
        if wanted(char) {
            for unit in char.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(char);
        }
    }
    Cow::Owned(out)
}

/// The changes of strings that are tried.
pub(super) static ESCAPES: &[(Option<Cause>, Escape)] = &[
    (None, as_is),
    (Some(SLASHES_ADDED), unslashed),
    (Some(DIGITS), upper_digits),
    (Some(DIGITS), lower_digits),
    (Some(UNICODE), ascii),
    (Some(UNICODE), raw),
    (Some(UNICODE), upper_case_ascii),
    (Some(SLASHES), slashes),
    (Some(SLASHES), slashes_and_ascii),
    (Some(HTML), html),
    (Some(HTML), html_raw),
    (Some(HTML), gson),
    (Some(HTML), dot_net),
    (Some(HTML), php_html),
    (Some(UNICODE), ascii_raw),
];

const UNICODE: Cause = Cause::new(
    "body_unicode_escapes",
    "characters of the body that were `\\u` escapes when it was signed are not now, or the other way round: \
     verify the bytes as they were received, before anything parses them",
);
const SLASHES: Cause = Cause::new(
    "body_slash_escapes",
    "slashes of the body were `\\/` when it was signed, as PHP writes them: \
     verify the bytes as they were received, before anything parses them",
);
const SLASHES_ADDED: Cause = Cause::new(
    "body_slash_escapes",
    "slashes of the body became `\\/` after it was signed, as PHP writes them: \
     verify the bytes as they were received, before anything parses them",
);
const DIGITS: Cause = Cause::new(
    "body_escape_digits",
    "the digits of `\\u` escapes in the body were in the other case, upper or lower, when it was signed: \
     verify the bytes as they were received, before anything parses them",
);
const HTML: Cause = Cause::new(
    "body_html_escapes",
    "`<`, `>`, `&` or quotes of the body were `\\u` escapes when it was signed, as Go, Java, .NET and PHP write them: \
     verify the bytes as they were received, before anything parses them",
);
