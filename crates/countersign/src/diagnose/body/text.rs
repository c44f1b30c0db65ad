//! Changes of the body that do not depend on its content: line ends, byte order marks, encodings, wrappers.

use super::Bodies;
use crate::diagnose::Cause;
use crate::diagnose::case::Case;
use crate::diagnose::code::{from_base64, from_latin_1, to_base64, to_latin_1};
use crate::pick::pick;

pub(super) fn likely(case: &Case) -> Bodies<'_> {
    let body = &*case.body;
    Box::new(CHANGES.iter().flat_map(move |(code, sentence, signed)| {
        signed(body).into_iter().map(|signed| (vec![Cause::new(code, sentence)], signed))
    }))
}

/// Returns the bodies that may have been signed if this change happened to one of them.
type Signed = fn(&[u8]) -> Vec<Vec<u8>>;

static CHANGES: &[(&str, &str, Signed)] = &[
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
        |body| vec![[body, b"\n"].concat(), [body, b"\r\n"].concat()],
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
        |body| utf_8(body).and_then(to_latin_1).into_iter().collect(),
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
        "what was signed is a field of the body at hand, which is the event of an API gateway: \
         verify that field, decoded where `isBase64Encoded` says so",
        |body| {
            let steps = ["body", "rawBody", "payload"].map(|step| [step.to_owned()]);
            let found = pick(body, [Some(&steps[0][..]), Some(&steps[1]), Some(&steps[2])]);
            let texts = found.iter().flatten().map(|found| found.as_str(body));
            texts.flat_map(|text| [Some(text.as_bytes().to_vec()), from_base64(text)]).flatten().collect()
        },
    ),
];

fn utf_8(body: &[u8]) -> Option<&str> {
    std::str::from_utf8(body).ok().filter(|text| !text.is_empty())
}

fn replace(body: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
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
