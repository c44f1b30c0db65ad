//! Bodies that are independent of a declaration.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;

/// The size of the bodies.
pub const BYTES: usize = 1 << 20;

/// The parser of a body.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Text,
    Json,
    Form,
    Token,
}

/// Bodies that are independent of a declaration.
pub(super) static COMMON: LazyLock<Vec<(&str, Kind, Bytes)>> = LazyLock::new(|| {
    let numbered = |before: &str, piece: &dyn Fn(usize) -> String, after: &str| {
        let mut body = before.to_owned();
        let mut number = 0;
        while body.len() + after.len() + piece(number).len() < BYTES {
            body.push_str(&piece(number));
            number += 1;
        }
        body + after
    };
    let repeated = |before: &str, piece: &str, after: &str| {
        let times = (BYTES - before.len() - after.len()) / piece.len();
        format!("{before}{}{after}", piece.repeat(times))
    };
    let deep = format!("{}0{},", r#"{"a":"#.repeat(100), "}".repeat(100));
    let part = "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x";
    let texts = [
        ("text", Kind::Text, repeated("", "x", "")),
        ("spaces", Kind::Json, repeated("", " ", "{}")),
        ("zeros", Kind::Json, repeated("", "\0", "")),
        ("padding", Kind::Text, repeated("", "\u{80}\0\0\0\0\0\0\u{0}", "")),
        ("dots and brackets", Kind::Json, repeated("", ".{", "")),
        ("dots", Kind::Json, repeated("", ".", "")),
        ("line breaks", Kind::Json, repeated("", "\n", "")),
        ("members", Kind::Json, numbered("{", &|n| format!("\"{n}\":0,"), "\"\":0}")),
        ("equal members", Kind::Json, repeated("{", "\"id\":1,", "\"\":0}")),
        ("escaped names", Kind::Json, numbered("{", &|n| format!("\"\\u0061{n}\":0,"), "\"\":0}")),
        (
            "long escaped names",
            Kind::Json,
            numbered("{", &|n| format!("\"{}{n}\":0,", "\\u0061".repeat(20)), "\"\":0}"),
        ),
        ("few long names", Kind::Json, numbered("{", &|n| format!("\"{n:0100}\":0,"), "\"\":0}")),
        (
            "few long names beyond ASCII",
            Kind::Json,
            numbered("{", &|n| format!("\"{}{n:05}\":0,", "é".repeat(50)), "\"\":0}"),
        ),
        ("numbers", Kind::Json, repeated("[", "0,", "0]")),
        ("long number", Kind::Json, repeated("", "1", "")),
        ("fractions", Kind::Json, repeated("[", "1.2345678901234567e-300,", "0]")),
        ("strings", Kind::Json, repeated("[", "\"\",", "0]")),
        ("escapes", Kind::Json, repeated("\"", "\\u0061", "\"")),
        ("surrogates", Kind::Json, repeated("[\"", "\\ud83d\\ude00", "\"]")),
        ("quotes", Kind::Json, repeated("", "\"", "")),
        ("backslashes", Kind::Json, repeated("[\"", "\\\\", "\"]")),
        ("open string", Kind::Json, repeated("{\"id\":\"", "a", "")),
        ("arrays", Kind::Json, repeated("", "[", "")),
        ("objects", Kind::Json, repeated("", "{\"a\":", "")),
        ("empty objects", Kind::Json, repeated("[", "{},", "0]")),
        ("deep objects", Kind::Json, repeated("[", &deep, "0]")),
        ("colons", Kind::Json, repeated("{\"a\":\"", ":", "\"}")),
        ("fields", Kind::Form, numbered("", &|n| format!("a{n}=&"), "")),
        ("equal fields", Kind::Form, repeated("", "a&", "")),
        ("escaped fields", Kind::Form, numbered("", &|n| format!("%61{n}=%62&"), "")),
        ("escaped field", Kind::Form, repeated("a=", "%61", "")),
        ("broken escapes", Kind::Form, repeated("a=", "%%", "")),
        ("plus signs", Kind::Form, repeated("a=", "+", "")),
        ("ampersands", Kind::Form, repeated("", "&", "")),
        ("few fields", Kind::Form, numbered("", &|n| format!("a{n}={}&", "%61".repeat(350)), "")),
        ("parts", Kind::Form, repeated("--x", part, "--\r\n")),
        ("lines of parts", Kind::Form, repeated("--x\r\n", "--x", "")),
        ("near lines of parts", Kind::Form, repeated(&format!("--{}\r\n", "a".repeat(69)), "a", "")),
        ("head of a part", Kind::Form, repeated("--x\r\n", "a: b\r\n", "\r\n\r\n1\r\n--x--")),
        (
            "parameters of a part",
            Kind::Form,
            repeated("--x\r\nContent-Disposition: form-data", "; a=b", "; name=a\r\n\r\n1\r\n--x--"),
        ),
        (
            "token",
            Kind::Token,
            format!("{}.{}.{}", "a".repeat(BYTES / 3), "a".repeat(BYTES / 3), "a".repeat(BYTES / 3)),
        ),
        ("token of brackets", Kind::Token, token(&"[".repeat(BYTES / 2), "{}")),
        (
            "token of members",
            Kind::Token,
            token(&numbered("{", &|n| format!("\"{n}\":0,"), "\"alg\":\"RS256\"}"), "{}"),
        ),
    ];
    let mut all: Vec<_> = texts
        .into_iter()
        .map(|(name, kind, text)| {
            let mut bytes = text.into_bytes();
            bytes.truncate(BYTES);
            (name, kind, Bytes::from(bytes))
        })
        .collect();
    all.push(("bytes 0x80", Kind::Text, Bytes::from(vec![0x80; BYTES])));
    let padding: Vec<u8> = std::iter::once(0x80).chain([0; 129]).cycle().take(BYTES).collect();
    all.push(("padding of hashes", Kind::Text, Bytes::from(padding)));
    all.push(("no UTF-8", Kind::Form, Bytes::from(vec![0xff; BYTES])));
    all
});

fn token(header: &str, payload: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let mut header = part(header);
    header.truncate(BYTES - 1000);
    format!("{header}.{}.{}", part(payload), "A".repeat(342))
}
