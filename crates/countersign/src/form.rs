//! Fields of a form: form-encoded or multipart/form-data.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::percent_decode;

use crate::multipart::Parts;
use crate::work;

/// A name or a value of a field, in its encoded form.
#[derive(Clone, Copy)]
enum Written<'b> {
    /// Form-encoded.
    Encoded(&'b [u8]),
    /// Unencoded, in multipart.
    Plain(&'b str),
}

impl<'b> Written<'b> {
    /// Returns the decoded bytes. They need not be UTF-8: a sender signs them as they are.
    fn bytes(self) -> Cow<'b, [u8]> {
        match self {
            Self::Plain(text) => Cow::Borrowed(text.as_bytes()),
            Self::Encoded(bytes) => {
                if memchr::memchr2(b'%', b'+', bytes).is_none() {
                    work::read(bytes.len());
                    return Cow::Borrowed(bytes);
                }
                let has_escapes = memchr::memchr(b'%', bytes).is_some();
                work::converted(if has_escapes { bytes.len() } else { bytes.len() / 2 });
                if memchr::memchr(b'+', bytes).is_none() {
                    return percent_decode(bytes).into();
                }
                let space = |byte: &u8| if *byte == b'+' { b' ' } else { *byte };
                let spaced: Vec<u8> = bytes.iter().map(space).collect();
                let decoded = match Cow::from(percent_decode(&spaced)) {
                    Cow::Owned(decoded) => Some(decoded),
                    Cow::Borrowed(_) => None,
                };
                Cow::Owned(decoded.unwrap_or(spaced))
            }
        }
    }

    /// Returns the decoded text. Invalid UTF-8 is replaced.
    fn decode(self) -> Cow<'b, str> {
        match self.bytes() {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(
                String::from_utf8(bytes)
                    .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
            ),
        }
    }

    /// Returns whether the decoded text equals `text`. Most comparisons fail on the length, without decoding.
    fn is(self, text: &str) -> bool {
        match self {
            Self::Plain(own) => own == text,
            Self::Encoded(own) if memchr::memchr2(b'%', b'+', own).is_none() => own == text.as_bytes(),
            // One escape encodes one byte.
            Self::Encoded(own) => (text.len()..=text.len() * 3).contains(&own.len()) && self.decode() == text,
        }
    }
}

/// Returns the fields in order. Files are skipped.
fn fields(body: &[u8]) -> impl Iterator<Item = (Written<'_>, Written<'_>)> {
    let parts = Parts::of(body);
    let encoded = parts.is_none().then(|| encoded(body));
    let parts = parts.into_iter().flatten();
    let encoded = encoded.into_iter().flatten();
    encoded.chain(parts.map(|(name, value)| (Written::Plain(name), Written::Plain(value))))
}

/// Returns the fields of a form-encoded body, in order.
fn encoded(body: &[u8]) -> impl Iterator<Item = (Written<'_>, Written<'_>)> {
    work::read(body.len());
    body.split(|byte| *byte == b'&').filter(|field| !field.is_empty()).map(|field| {
        let end = memchr::memchr(b'=', field).unwrap_or(field.len());
        let value = field.get(end + 1..).unwrap_or_default();
        (Written::Encoded(field.get(..end).unwrap_or_default()), Written::Encoded(value))
    })
}

/// Returns the decoded fields of a form-encoded body, in order.
fn decoded(body: &[u8]) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    work::parts(1);
    encoded(body).map(|(name, value)| (name.bytes(), value.bytes()))
}

/// Returns the first value of a field, decoded.
pub(crate) fn field(body: &[u8], name: &str) -> Option<String> {
    fields(body).find_map(|(key, value)| key.is(name).then(|| value.decode().into_owned()))
}

/// Returns the bytes of the first value of a field.
pub(crate) fn field_bytes<'b>(body: &'b [u8], name: &str) -> Option<Cow<'b, [u8]>> {
    fields(body).find_map(|(key, value)| key.is(name).then(|| value.bytes()))
}

/// Returns whether no field is present twice with different values.
pub(crate) fn has_unique_fields(body: &[u8]) -> bool {
    let mut fields: Vec<_> = fields(body).map(|(name, value)| (name.bytes(), value)).collect();
    work::parts(fields.len());
    fields.sort_by(|(one, _), (other, _)| one.cmp(other));
    fields.windows(2).all(|pair| match pair {
        [(one, first), (other, second)] => one != other || first.bytes() == second.bytes(),
        _ => true,
    })
}

/// Returns whether there are at most this many fields and no head of a part exceeds its limit.
pub(crate) fn has_at_most(body: &[u8], fields: usize) -> bool {
    match Parts::of(body) {
        Some(parts) => {
            parts.boundaries().take(fields.saturating_add(2)).count() <= fields.saturating_add(1)
                && parts.has_short_heads()
        }
        None => memchr::memchr_iter(b'&', body).take(fields.saturating_add(1)).count() < fields.max(1),
    }
}

/// Appends key and value of all fields, decoded, in byte order, each distinct pair once. Twilio signs this after
/// the URL.
pub(crate) fn sorted(body: &[u8], out: &mut Vec<u8>) {
    let mut pairs: Vec<_> = decoded(body).collect();
    work::parts(pairs.len());
    pairs.sort_unstable();
    pairs.dedup();
    write(&pairs, out);
}

/// Appends key and value of all fields, decoded and sorted, after the character that joins them to the URL. Plivo
/// V3 signs this after the URL. Unlike in [`sorted`], repeated pairs count each time. Without fields there is no
/// joining character, whatever the method is.
///
/// Source: `plivo/plivo-python` `plivo/utils/signature_v3.py`, `construct_post_url`.
pub(crate) fn sorted_after_url(url: &[u8], body: &[u8], out: &mut Vec<u8>) {
    let mut pairs: Vec<_> = decoded(body).collect();
    work::parts(pairs.len());
    pairs.sort_unstable();
    if !pairs.is_empty() {
        out.push(if url.contains(&b'?') { b'.' } else { b'?' });
    }
    write(&pairs, out);
}

/// Appends the fields as `name=value`, decoded, sorted and joined by `&`.
pub(crate) fn joined_pairs(body: &[u8], is_left_out: impl Fn(&[u8]) -> bool, out: &mut Vec<u8>) {
    let mut pairs: Vec<_> = decoded(body).filter(|(name, _)| !is_left_out(name)).collect();
    work::parts(pairs.len());
    pairs.sort();
    out.reserve(pairs.iter().map(|(name, value)| name.len() + value.len() + 2).sum());
    for (number, (name, value)) in pairs.iter().enumerate() {
        if number > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend_from_slice(value);
    }
}

/// Appends the fields that are not left out, sorted by key, in the form of PHP's `serialize` for an array of strings.
/// Lengths are in bytes.
pub(crate) fn php_serialized(body: &[u8], is_left_out: impl Fn(&[u8]) -> bool, out: &mut Vec<u8>) {
    let fields: BTreeMap<_, _> = decoded(body).filter(|(key, _)| !is_left_out(key)).collect();
    work::parts(fields.len());
    // Bytes that grow are there twice.
    out.reserve(fields.iter().map(|(key, value)| key.len() + value.len() + 2 * PHP_STRING).sum());
    out.extend_from_slice(format!("a:{}:{{", fields.len()).as_bytes());
    for text in fields.iter().flat_map(|(key, value)| [key, value]) {
        out.extend_from_slice(format!("s:{}:\"", text.len()).as_bytes());
        out.extend_from_slice(text);
        out.extend_from_slice(b"\";");
    }
    out.push(b'}');
}

/// The most bytes around a string: `s:`, its length, `:""` and `;`.
const PHP_STRING: usize = 26;

type Pair<'b> = (Cow<'b, [u8]>, Cow<'b, [u8]>);

fn write(pairs: &[Pair<'_>], out: &mut Vec<u8>) {
    out.reserve(pairs.iter().map(|(name, value)| name.len() + value.len()).sum());
    for (name, value) in pairs {
        out.extend_from_slice(name);
        out.extend_from_slice(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(make: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        make(&mut out);
        out
    }

    #[test]
    fn pairs_are_decoded_sorted_and_counted_once() {
        let sorted = |body: &[u8]| made(|out| sorted(body, out));
        assert_eq!(sorted(b"Digits=5678&Digits=1234&Digits=1234&A=%2B1+x"), b"A+1 xDigits1234Digits5678");
        assert_eq!(sorted(b""), b"");
        // The sender signed these bytes: invalid UTF-8 must not become equal to other bytes.
        assert_eq!(sorted(b"a=%ff+%fe&\xe9=1"), b"a\xff \xfe\xe91");
    }

    #[test]
    fn pairs_of_plivo_are_all_counted() {
        assert_eq!(made(|out| sorted_after_url(b"https://a.b/c", b"b=2&a=1&a=1", out)), b"?a1a1b2");
        assert_eq!(made(|out| sorted_after_url(b"https://a.b/c?d=e", b"b=2&a=1&a=1", out)), b".a1a1b2");
    }

    #[test]
    fn nothing_joins_a_url_of_plivo_and_no_fields() {
        for body in [&b""[..], b"&", b"&&"] {
            assert_eq!(made(|out| sorted_after_url(b"https://a.b/c", body, out)), b"");
            assert_eq!(made(|out| sorted_after_url(b"https://a.b/c?d=e", body, out)), b"");
        }
    }

    #[test]
    fn pairs_are_decoded_sorted_and_joined() {
        let body = b"sign=x&b=2%263&a=%E4%BD%A0+1&sign_type=RSA2&c=";
        let joined = made(|out| joined_pairs(body, |name| name.starts_with(b"sign"), out));
        assert_eq!(String::from_utf8(joined).unwrap(), "a=\u{4f60} 1&b=2&3&c=");
    }

    #[test]
    fn php_counts_bytes() {
        let body = "name=Zo%C3%AB&p_signature=x&alert_id=7";
        assert_eq!(
            String::from_utf8(made(|out| php_serialized(
                body.as_bytes(),
                |name| name == b"p_signature",
                out
            )))
            .unwrap(),
            r#"a:2:{s:8:"alert_id";s:1:"7";s:4:"name";s:4:"Zoë";}"#
        );
    }

    #[test]
    fn a_field_may_be_repeated_but_not_changed() {
        assert!(has_unique_fields(b"a=1&b=2&a=1") && has_unique_fields(b"") && has_unique_fields(b"a=1&b=1"));
        assert!(has_unique_fields(b"a=1&a=%31&%61=1"));
        assert!(!has_unique_fields(b"a=1&a=2") && !has_unique_fields(b"a=1&%61=2"));
        assert!(!has_unique_fields(b"a=1&a=1&b=3&a=2") && !has_unique_fields(b"a+b=1&a%20b=2"));
    }

    #[test]
    fn fields_are_read_as_browsers_write_them() {
        for body in [
            &b"a=1&b=x+y&a+b=%2B&=c&d&e=f=g&&%zz=%&%e9=%ff%fe&a%3db=1"[..],
            b"",
            b"&",
            b"=",
            b"a%=b+&\xff\xfe=\x00",
        ] {
            let read: Vec<_> = fields(body).map(|(name, value)| (name.decode(), value.decode())).collect();
            let expected: Vec<_> = form_urlencoded::parse(body).collect();
            assert_eq!(read, expected, "{}", String::from_utf8_lossy(body));
            // No field that is looked up has a name outside UTF-8.
            for (name, value) in expected.iter().filter(|(name, _)| !name.contains('\u{fffd}')) {
                let first = expected.iter().find(|(other, _)| other == name).unwrap();
                assert_eq!(field(body, name).as_deref(), Some(&*first.1), "{name} {value}");
            }
        }
    }

    #[test]
    fn the_first_value_of_a_field_counts() {
        assert_eq!(field(b"a=1&b=x%20y&b=z", "b").as_deref(), Some("x y"));
        assert_eq!(field(b"a=1", "c"), None);
    }
}
