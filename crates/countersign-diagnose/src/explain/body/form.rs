//! Forms that were parsed and written again.

use form_urlencoded::{Serializer, byte_serialize, parse};

use crate::explain::Cause;
use crate::explain::case::{Bodies, Case};

pub(super) fn likely(case: &Case) -> Bodies<'_> {
    let body = &*case.body;
    let encoded = if is_form(body) { FORMS } else { &[] };
    let encoded = encoded.iter().flat_map(move |write| write(body)).map(|form| (vec![REENCODED], form));
    // A form whose only field is JSON: a framework may have unwrapped it.
    let wrapped = body.starts_with(b"{").then(|| {
        let form =
            Serializer::new(String::new()).append_pair("payload", &String::from_utf8_lossy(body)).finish();
        [form.replace('+', "%20").into_bytes(), form.into_bytes()]
    });
    let wrapped = wrapped.into_iter().flatten().map(|form| (vec![UNWRAPPED], form));
    Box::new(encoded.chain(wrapped))
}

/// Tries the fields in every other order, if there are few, and in the usual encodings.
pub(super) fn rare(case: &Case) -> Bodies<'_> {
    let body = &*case.body;
    let fields: Vec<_> = if is_form(body) { body.split(|byte| *byte == b'&').collect() } else { Vec::new() };
    let orders = if fields.len() <= MOST_FIELDS { (1..=fields.len()).product() } else { 1 };
    let one = move |order: usize, write: Option<fn(&str) -> String>| {
        let body = super::order::arranged(&fields, order).join(&b'&');
        write.map_or_else(|| body.clone(), |write| pairs(&body, false, write))
    };
    Box::new((1..orders).flat_map(move |order| {
        [None, Some(plus as fn(&str) -> String), Some(percent), Some(component)]
            .map(|write| (vec![REENCODED], one(order, write)))
    }))
}

/// Returns whether the body can be a form and nothing else.
fn is_form(body: &[u8]) -> bool {
    body.contains(&b'=') && body.iter().all(|byte| byte.is_ascii_graphic() && !b"{}\"<>".contains(byte))
}

/// A way to write a form.
type Write = fn(&[u8]) -> Vec<Vec<u8>>;

static FORMS: &[Write] = &[
    |body| vec![replaced(body, "+", "%20"), replaced(body, "%20", "+")],
    |body| vec![pairs(body, false, plus), pairs(body, false, percent), pairs(body, false, component)],
    |body| vec![pairs(body, true, plus), pairs(body, true, percent), pairs(body, true, component)],
    |body| vec![escapes(body, u8::to_ascii_lowercase), escapes(body, u8::to_ascii_uppercase)],
    |body| vec![replaced(body, "*", "%2A"), replaced(body, "~", "%7E"), replaced(body, "%7E", "~")],
    // Decoded once in transit, so that plus signs and ampersands lost their escapes.
    |body| vec![replaced(body, "+", "%2B"), replaced(body, "%20", "%2B"), replaced(body, "%25", "%")],
    |body| vec![replaced(body, "&amp;", "&"), replaced(body, ";", "&")],
];

fn replaced(body: &[u8], from: &str, to: &str) -> Vec<u8> {
    String::from_utf8_lossy(body).replace(from, to).into_bytes()
}

/// Writes the fields again.
fn pairs(body: &[u8], sorted: bool, write: fn(&str) -> String) -> Vec<u8> {
    let mut fields: Vec<_> = parse(body).collect();
    if sorted {
        fields.sort();
    }
    let fields: Vec<_> =
        fields.iter().map(|(key, value)| format!("{}={}", write(key), write(value))).collect();
    fields.join("&").into_bytes()
}

/// Encodes as browsers do.
pub(in crate::explain) fn plus(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// Encodes as RFC 3986 specifies.
pub(in crate::explain) fn percent(text: &str) -> String {
    plus(text).replace('+', "%20").replace('*', "%2A").replace("%7E", "~")
}

/// Encodes as `encodeURIComponent` does.
pub(in crate::explain) fn component(text: &str) -> String {
    let text = percent(text).replace("%2A", "*").replace("%21", "!");
    text.replace("%27", "'").replace("%28", "(").replace("%29", ")")
}

/// Changes the case of the digits after percent signs.
pub(in crate::explain) fn escapes(body: &[u8], case: fn(&u8) -> u8) -> Vec<u8> {
    let mut behind = 3;
    body.iter()
        .map(|byte| {
            behind = if *byte == b'%' { 0 } else { behind + 1 };
            if matches!(behind, 1 | 2) { case(byte) } else { *byte }
        })
        .collect()
}

/// The largest number of fields for which all orders are tried.
const MOST_FIELDS: usize = 5;

const REENCODED: Cause = Cause::new(
    "form_reencoded",
    "the form was decoded and encoded again after it was signed, with `+` for `%20`, in another order or the like: \
     verify the bytes as they were received, before anything parses them",
);
const UNWRAPPED: Cause = Cause::new(
    "form_unwrapped",
    "the body is the decoded field `payload` of the form that was signed: verify the whole form as it was received, \
     or let the provider send JSON",
);
