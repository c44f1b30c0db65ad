//! Bodies that a language printed as a value, instead of the received bytes.

use std::fmt::Write;

use serde_json::Value;

use crate::explain::Cause;
use crate::explain::case::Bodies;

pub(super) fn likely(body: &[u8]) -> Bodies<'_> {
    Box::new(PRINTED.iter().flat_map(move |(code, sentence, signed)| {
        signed(body).into_iter().map(|signed| (vec![Cause::new(code, sentence)], signed))
    }))
}

/// Returns whether the body is the placeholder that a language prints for a value without a text form. Its content
/// is lost.
pub(in crate::explain) fn is_lost(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    let text = text.trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let is_java = ["[B@", "java.", "org.", "com.", "javax."].iter().any(|start| text.starts_with(start))
        && text.contains('@')
        && !text.contains([' ', '"', '=', '&']);
    let is_ruby = text.starts_with("#<") && text.ends_with('>');
    let is_python = text.starts_with('<') && text.ends_with('>') && text.contains(" object at 0x");
    LOST.contains(&text) || is_java || is_ruby || is_python
}

static LOST: [&str; 8] = [
    "[object Object]",
    "[object ArrayBuffer]",
    "[object ReadableStream]",
    "[object Promise]",
    "[object Uint8Array]",
    "undefined",
    "Array",
    "System.Byte[]",
];

type Signed = fn(&[u8]) -> Vec<Vec<u8>>;

static PRINTED: &[(&str, &str, Signed)] = &[
    (
        "body_printed",
        "the body is the JSON of a buffer, and the bytes that it lists verify: verify the buffer itself",
        |body| bytes_of(body).into_iter().collect(),
    ),
    (
        "body_printed",
        "the body is a Python bytes literal, and the bytes that it stands for verify: \
         verify the bytes of the request, not `str()` of them",
        |body| bytes_literal(body).into_iter().collect(),
    ),
    (
        "body_printed",
        "the body is a Python dictionary as `str()` prints it, and as JSON it verifies: \
         verify the bytes as they were received, before anything parses them",
        |body| dictionary(body).into_iter().flatten().collect(),
    ),
    (
        "body_parsed_as_form",
        "the body was parsed as a form although it is none, and without that it verifies: \
         verify the bytes as they were received, and parse forms only where the content type is a form",
        |body| only_key(body).into_iter().collect(),
    ),
    (
        "form_parsed",
        "the body is the JSON of the fields of a form, and the form verifies: \
         verify the bytes as they were received, before anything parses them",
        |body| form_of(body).into_iter().flatten().collect(),
    ),
    (
        "body_html_entities",
        "`<`, `>`, `&` or quotes of the body became HTML entities after it was signed, and without them it verifies: \
         verify the bytes as they were received, and escape later",
        |body| without_entities(body).into_iter().collect(),
    ),
    (
        "body_nulls_added",
        "members that are `null` were added to the body after it was signed, and without them it verifies: \
         verify the bytes as they were received, before anything parses them",
        |body| without_nulls(body).into_iter().collect(),
    ),
];

/// `{"type":"Buffer","data":[123,…]}`, `{"0":123,"1":34,…}`, `[123,34]` and `123,34,…`.
fn bytes_of(body: &[u8]) -> Option<Vec<u8>> {
    let number = |value: &Value| u8::try_from(value.as_u64()?).ok();
    let bytes: Option<Vec<u8>> = match serde_json::from_slice(body) {
        Ok(Value::Array(items)) => items.iter().map(number).collect(),
        Ok(Value::Object(members)) => match members.get("data") {
            Some(Value::Array(items)) if members.contains_key("type") => items.iter().map(number).collect(),
            _ => {
                let key =
                    |(key, value): (&String, &Value)| Some((key.parse::<usize>().ok()?, number(value)?));
                let mut bytes = members.iter().map(key).collect::<Option<Vec<_>>>()?;
                bytes.sort_unstable();
                Some(bytes.into_iter().map(|(_, byte)| byte).collect())
            }
        },
        _ => {
            let text = std::str::from_utf8(body).ok()?;
            text.split(',').map(|number| number.trim().parse().ok()).collect()
        }
    };
    bytes.filter(|bytes| bytes.len() > 1)
}

/// `b'…'` with Python's escapes.
fn bytes_literal(body: &[u8]) -> Option<Vec<u8>> {
    let rest = body.trim_ascii().strip_prefix(b"b")?;
    let quote = *rest.first().filter(|byte| matches!(byte, b'\'' | b'"'))?;
    let mut rest = rest.get(1..)?.strip_suffix(&[quote])?.iter().copied();
    let mut out = Vec::new();
    while let Some(byte) = rest.next() {
        out.push(match byte {
            b'\\' => match rest.next()? {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                other => other,
            },
            other => other,
        });
    }
    Some(out)
}

/// `{'a': True}` as JSON, with Python's spaces, and without any.
fn dictionary(body: &[u8]) -> Option<[Vec<u8>; 3]> {
    let text = std::str::from_utf8(body).ok()?.trim();
    if !(text.starts_with("{'") || text.starts_with("[{'")) {
        return None;
    }
    let (mut spaced, mut compact) = (String::new(), String::new());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let mut piece = rest.get(..char.len_utf8())?.to_owned();
        let mut length = char.len_utf8();
        if matches!(char, '\'' | '"') {
            let (inner, taken) = quoted(rest.get(1..)?, char)?;
            (piece, length) = (serde_json::to_string(&inner).ok()?, taken + 1);
        } else if let Some((python, json)) = WORDS.iter().find(|(python, _)| rest.starts_with(python)) {
            (piece, length) = ((*json).to_owned(), python.len());
        }
        spaced.push_str(&piece);
        if piece != " " {
            compact.push_str(&piece);
        }
        rest = rest.get(length..)?;
    }
    let ascii = |text: &str| {
        let mut out = String::new();
        for char in text.chars() {
            if char.is_ascii() {
                out.push(char);
            } else {
                char.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                    let _ = write!(out, "\\u{unit:04x}");
                });
            }
        }
        out
    };
    Some([ascii(&spaced).into_bytes(), spaced.into_bytes(), compact.into_bytes()])
}

static WORDS: [(&str, &str); 3] = [("None", "null"), ("True", "true"), ("False", "false")];

/// Returns the text up to the quote, and its length in bytes including the quote.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => out.push(match chars.next()?.1 {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other => other,
            }),
            char if char == quote => return Some((out, at + 1)),
            char => out.push(char),
        }
    }
    None
}

/// `{"{\"a\":1}":""}` and `%7B…%7D=`: JSON as the only key of a form.
fn only_key(body: &[u8]) -> Option<Vec<u8>> {
    if let Ok(Value::Object(members)) = serde_json::from_slice(body) {
        let mut members = members.into_iter();
        let (key, value) = members.next().filter(|(key, _)| key.starts_with(['{', '[']))?;
        let rest = value.as_str().filter(|_| members.next().is_none())?;
        let rest = if rest.is_empty() { String::new() } else { format!("={rest}") };
        return Some(format!("{key}{rest}").into_bytes());
    }
    let mut fields = form_urlencoded::parse(body);
    let (key, value) =
        fields.next().filter(|(key, value)| key.starts_with(['{', '[']) && value.is_empty())?;
    let key = if body.contains(&b'%') {
        key.into_owned()
    } else {
        String::from_utf8(body.strip_suffix(b"=")?.to_vec()).ok()?
    };
    fields.next().is_none().then(|| [key.as_bytes(), value.as_bytes()].concat())
}

/// Returns the forms whose fields the members of an object may have been.
fn form_of(body: &[u8]) -> Option<[Vec<u8>; 2]> {
    let node = super::json::Node::parse(body)?;
    let super::json::Node::Object(members) = node else { return None };
    let text = |atom: &str| serde_json::from_str::<String>(atom).ok();
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (key, value) in &members {
        match value {
            super::json::Node::Atom(atom) => {
                form.append_pair(&text(key)?, &text(atom).unwrap_or_else(|| (*atom).to_owned()));
            }
            super::json::Node::Array(items) => {
                for item in items {
                    let super::json::Node::Atom(atom) = item else { return None };
                    form.append_pair(&text(key)?, &text(atom)?);
                }
            }
            super::json::Node::Object(_) => return None,
        }
    }
    let form = form.finish();
    Some([form.replace('+', "%20").into_bytes(), form.into_bytes()])
}

fn without_entities(body: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok().filter(|text| text.contains('&'))?;
    let in_json = text.starts_with(['{', '[']);
    let quote = if in_json && text.contains('"') { "\\\"" } else { "\"" };
    let text = ENTITIES.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    Some(text.replace("&quot;", quote).replace("&#34;", quote).replace("&amp;", "&").into_bytes())
}

static ENTITIES: [(&str, &str); 8] = [
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&apos;", "'"),
    ("&#x2F;", "/"),
    ("&#x60;", "`"),
    ("&#61;", "="),
];

fn without_nulls(body: &[u8]) -> Option<Vec<u8>> {
    let node = super::json::Node::parse(body)?;
    let other = node.without_nulls();
    (other != node).then(|| super::layout::compact(&other).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_printed_is_read_again() {
        for (now, signed) in [
            (r#"{"type":"Buffer","data":[123,125]}"#, "{}"),
            (r#"{"0":123,"1":34,"2":34,"10":125}"#, "{\"\"}"),
            ("123,125", "{}"),
            (r#"b'{"a":"it\'s\n\xc3\xa9"}'"#, "{\"a\":\"it's\né\"}"),
            (r#"{'a': True, 'b': None, "c": "it's"}"#, r#"{"a": true, "b": null, "c": "it's"}"#),
            (r#"{'a': 1}"#, r#"{"a":1}"#),
            (r#"{"{\"a\":1}":""}"#, r#"{"a":1}"#),
            ("%7B%22a%22%3A1%7D=", r#"{"a":1}"#),
            (r#"{"a":1}="#, r#"{"a":1}"#),
            (r#"{"Body":"hi there","From":"+1"}"#, "Body=hi+there&From=%2B1"),
            (r#"{"a":"x &amp; &lt;y&gt; &quot;z&quot;"}"#, r#"{"a":"x & <y> \"z\""}"#),
            (r#"{"a":1,"b":null,"c":{"d":null}}"#, r#"{"a":1,"c":{}}"#),
        ] {
            let found: Vec<_> =
                likely(now.as_bytes()).map(|(_, body)| String::from_utf8(body).unwrap()).collect();
            assert!(found.iter().any(|body| body == signed), "{now}: {found:?}");
        }
    }

    #[test]
    fn what_is_lost_is_known() {
        for body in ["[object Object]", "\"[object Object]\"", "[B@1f2e3d", "undefined", "#<StringIO:0x1>"] {
            assert!(is_lost(body.as_bytes()), "{body}");
        }
        for body in ["", "{}", "a=b", "java", "Array of x", "com.a=b@c"] {
            assert!(!is_lost(body.as_bytes()), "{body}");
        }
    }
}
