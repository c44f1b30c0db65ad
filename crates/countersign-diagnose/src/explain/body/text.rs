//! Changes of the body that do not depend on its content: line ends, byte order marks, encodings, wrappers.

use countersign::__private::inspect::member;
use countersign::scheme::Pointer;

use super::quotes::inner_documents;
use crate::explain::Cause;
use crate::explain::case::{Bodies, Case};
use crate::explain::code::{from_base64, from_latin_1, from_percent, to_base64, to_latin_1};

pub(super) fn likely(case: &Case) -> Bodies<'_> {
    changed(&case.body, CHANGES)
}

pub(super) fn rare(case: &Case) -> Bodies<'_> {
    changed(&case.body, RARE_CHANGES)
}

/// Tries each change of a table.
pub(super) fn changed<'b>(body: &'b [u8], changes: &'static [Change]) -> Bodies<'b> {
    Box::new(changes.iter().flat_map(move |(code, sentence, signed)| {
        signed(body).into_iter().map(|signed| (vec![Cause::new(code, sentence)], signed))
    }))
}

/// A change: its code, its sentence, and the bodies that may have been signed if it happened to one of them.
pub(super) type Change = (&'static str, &'static str, fn(&[u8]) -> Vec<Vec<u8>>);

static CHANGES: &[Change] = &[
    (
        "body_trailing_newline",
        "a line break was added to the end of the body after it was signed, and without it the body verifies: \
         verify the bytes as they were received; `echo` and editors add one",
        |body| {
            let end = body.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1);
            [body.strip_suffix(b"\n"), body.strip_suffix(b"\r\n"), body.get(..end)]
                .into_iter()
                .flatten()
                .map(<[u8]>::to_vec)
                .collect()
        },
    ),
    (
        "body_trailing_newline",
        "a line break at the end of the body was removed after it was signed, and with it the body verifies: \
         verify the bytes as they were received",
        |body| ["\n", "\r\n", "\n\n"].map(|end| [body, end.as_bytes()].concat()).to_vec(),
    ),
    (
        "body_white_space",
        "white space was added around the body after it was signed, and without it the body verifies: \
         verify the bytes as they were received",
        |body| vec![body.trim_ascii().to_vec()],
    ),
    (
        "body_line_ends",
        "the line breaks of the body were changed after it was signed, and with LF the body verifies: \
         verify the bytes as they were received, and store captures as binary",
        |body| vec![replace(body, b"\r\n", b"\n"), replace(body, b"\r", b"\n")],
    ),
    (
        "body_line_ends",
        "the line breaks of the body were changed after it was signed, and with CRLF the body verifies: \
         verify the bytes as they were received, and store captures as binary",
        |body| {
            let lines = replace(body, b"\r\n", b"\n");
            vec![replace(&lines, b"\n", b"\r\n"), replace(&lines, b"\n", b"\r")]
        },
    ),
    (
        "body_bom",
        "a byte order mark was added to the body after it was signed, and without it the body verifies: \
         verify the bytes as they were received",
        |body| body.strip_prefix(BOM).into_iter().map(<[u8]>::to_vec).collect(),
    ),
    (
        "body_bom",
        "the byte order mark of the body was removed after it was signed, and with it the body verifies: \
         verify the bytes as they were received",
        |body| vec![[BOM, body].concat()],
    ),
    (
        "body_latin_1",
        "the body is UTF-8 that was read as Latin-1 or Windows-1252 and written again, and without that it verifies: \
         verify the bytes as they were received",
        |body| {
            let once = utf_8(body).and_then(to_latin_1);
            let twice = once.as_deref().and_then(utf_8).and_then(to_latin_1);
            once.into_iter().chain(twice).collect()
        },
    ),
    (
        "body_latin_1",
        "the body is Latin-1 or Windows-1252 now and was UTF-8 when it was signed: \
         verify the bytes as they were received",
        |body| {
            if body.is_ascii() {
                return Vec::new();
            }
            vec![from_latin_1(body, true).into_bytes(), from_latin_1(body, false).into_bytes()]
        },
    ),
    (
        "body_normalized",
        "the accents of the body were joined with their letters, or split from them, after it was signed (Unicode \
         normalization), and without that it verifies: verify the bytes as they were received",
        |body| utf_8(body).filter(|text| !text.is_ascii()).map(normal_forms).unwrap_or_default(),
    ),
    (
        "body_utf_16",
        "the body is UTF-16 now and was UTF-8 when it was signed: verify the bytes as they were received",
        |body| {
            [u16::from_le_bytes, u16::from_be_bytes]
                .into_iter()
                .filter_map(|order| from_utf_16(body, order))
                .collect()
        },
    ),
    ("body_hex", "the body is hexadecimal of what was signed: decode it before it is verified", |body| {
        const_hex::decode(body.trim_ascii()).into_iter().filter(|bytes| !bytes.is_empty()).collect()
    }),
    (
        "body_percent_encoded",
        "the body was percent-encoded after it was signed, as in a form, and decoded it verifies: \
         verify the bytes as they were received",
        |body| {
            let texts = utf_8(body).into_iter().flat_map(|text| [text.to_owned(), text.replace('+', " ")]);
            texts.filter_map(|text| from_percent(&text)).map(String::into_bytes).collect()
        },
    ),
    (
        "body_chunked",
        "the body still has the sizes of its chunks in it, and without them it verifies: \
         let the HTTP library decode `Transfer-Encoding: chunked`",
        |body| from_chunks(body).into_iter().collect(),
    ),
    (
        "body_escaped",
        "the quotes of the body were escaped with backslashes after it was signed, and without that it verifies: \
         verify the bytes as they were received",
        |body| {
            let quotes = replace(body, b"\\\"", b"\"");
            vec![replace(&quotes, b"\\\\", b"\\"), quotes]
        },
    ),
    (
        "body_empty_when_signed",
        "the signature is that of an empty body: the sender signed before it had the body, or something on the way has \
         put another body in its place",
        |_| vec![Vec::new()],
    ),
    (
        "body_null_bytes",
        "zero bytes were added to the body after it was signed, and without them it verifies: \
         verify as many bytes as were received",
        |body| {
            let end = body.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
            body.get(..end).map(<[u8]>::to_vec).into_iter().collect()
        },
    ),
    (
        "body_json_string",
        "the body was wrapped in a JSON string after it was signed, and without that it verifies: \
         verify the bytes as they were received",
        |body| serde_json::from_slice::<String>(body).map(String::into_bytes).into_iter().collect(),
    ),
    (
        "body_base64",
        "the body is Base64 of the signed body, as API gateways pass it: decode it before verification",
        |body| utf_8(body).and_then(|text| from_base64(text.trim())).into_iter().collect(),
    ),
    (
        "body_base64",
        "the body was Base64 when it was signed, and was decoded: verify the bytes as they were received",
        |body| vec![to_base64(body).into_bytes()],
    ),
    (
        "body_wrapped",
        "the body was put into an array after it was signed, and its one item verifies: \
         verify the bytes as they were received",
        |body| {
            let inner = body.trim_ascii().strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
            inner.map(|inner| inner.trim_ascii().to_vec()).into_iter().collect()
        },
    ),
    (
        "body_wrapped",
        "what was signed is a field of the body at hand, which is the event of an API gateway: \
         verify that field, decoded where `isBase64Encoded` says so",
        |body| {
            let found = ["/body", "/rawBody", "/payload"].map(|at| member(body, &Pointer::new(at)));
            let texts = found.iter().flatten();
            texts.flat_map(|text| [Some(text.as_bytes().to_vec()), from_base64(text)]).flatten().collect()
        },
    ),
];

/// Changes that are not tried together with others.
static RARE_CHANGES: &[Change] = &[
    (
        "body_white_space",
        "white space around the body was removed after it was signed, and with it the body verifies: \
         verify the bytes as they were received, before anything trims them",
        |body| {
            const SPACES: [&str; 6] = ["", " ", "\n", "\r\n", "\t", "  "];
            const ENDS: [&str; 7] = ["", " ", "\n", "\r\n", " \n", " \r\n", "\n\n"];
            let around = SPACES.iter().flat_map(|start| ENDS.iter().map(move |end| (start, end)));
            around.map(|(start, end)| [start.as_bytes(), body, end.as_bytes()].concat()).collect()
        },
    ),
    (
        "body_line_breaks",
        "line breaks between the documents of the body were removed after it was signed, and with them it verifies: \
         verify the bytes as they were received, line by line only afterwards",
        |body| {
            let breaks = ["\n", "\r\n"].into_iter().flat_map(|line| {
                let lines = replace(body, b"}{", format!("}}{line}{{").as_bytes());
                ["", line].map(|end| [lines.as_slice(), end.as_bytes()].concat())
            });
            if memchr::memmem::find(body, b"}{").is_some() { breaks.collect() } else { Vec::new() }
        },
    ),
    (
        "body_unescaped",
        "the escaped line breaks and tabs of the body were decoded after it was signed, and escaped it verifies: \
         verify the bytes as they were received",
        |body| {
            let lines = replace(&replace(body, b"\r", b"\\r"), b"\n", b"\\n");
            vec![replace(body, b"\n", b"\\n"), replace(body, b"\r\n", b"\\n"), replace(&lines, b"\t", b"\\t")]
        },
    ),
    (
        "body_punctuation",
        "typographic punctuation of the body became that of ASCII after it was signed, and before that it verifies: \
         verify the bytes as they were received",
        |body| {
            let pairs = [
                ("'", "\u{2019}"),
                ("'", "\u{2bc}"),
                ("-", "\u{2013}"),
                ("-", "\u{2014}"),
                ("...", "\u{2026}"),
                (" ", "\u{a0}"),
            ];
            pairs.map(|(ascii, own)| replace(body, ascii.as_bytes(), own.as_bytes())).to_vec()
        },
    ),
    (
        "body_wrapped",
        "what was signed is a member of the body at hand, which is an envelope that something has put around it: verify \
         that member as it was received",
        inner_documents,
    ),
];

fn normal_forms(text: &str) -> Vec<Vec<u8>> {
    use unicode_normalization::UnicodeNormalization;
    [text.nfc().collect::<String>(), text.nfd().collect()].map(String::into_bytes).to_vec()
}

fn utf_8(body: &[u8]) -> Option<&str> {
    std::str::from_utf8(body).ok().filter(|text| !text.is_empty())
}

/// Decodes UTF-16, with or without its byte order mark.
fn from_utf_16(body: &[u8], order: fn([u8; 2]) -> u16) -> Option<Vec<u8>> {
    let (units, rest) = body.as_chunks();
    let units = units.iter().copied().map(order);
    let text: String = char::decode_utf16(units).collect::<Result<_, _>>().ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    (rest.is_empty() && !text.is_empty()).then(|| text.as_bytes().to_vec())
}

/// Joins the chunks of `Transfer-Encoding: chunked` (RFC 9112, 7.1).
fn from_chunks(body: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut rest) = (Vec::new(), body);
    loop {
        let end = memchr::memmem::find(rest, b"\r\n")?;
        let (line, after) = rest.split_at_checked(end)?;
        let digits = line.split(|byte| *byte == b';').next()?;
        let size = usize::from_str_radix(std::str::from_utf8(digits).ok()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(out);
        }
        let (chunk, after) = after.get(2..)?.split_at_checked(size)?;
        out.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n")?;
    }
}

pub(super) fn replace(body: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, after)) =
        memchr::memmem::find(rest, from).and_then(|at| rest.split_at_checked(at))
    {
        out.extend_from_slice(before);
        out.extend_from_slice(to);
        rest = after.get(from.len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

const BOM: &[u8] = b"\xef\xbb\xbf";
