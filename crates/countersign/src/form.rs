//! Fields of a form: form-encoded, or multipart/form-data.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::multipart::Parts;

/// The fields in order, decoded. Files are no fields.
pub(crate) fn fields(body: &[u8]) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    let parts = Parts::of(body);
    let encoded = parts.is_none().then(|| form_urlencoded::parse(body));
    let parts = parts.into_iter().flatten().map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)));
    encoded.into_iter().flatten().chain(parts)
}

/// The first value of a field, decoded.
pub(crate) fn field(body: &[u8], name: &str) -> Option<String> {
    fields(body).find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

/// Whether there are no more fields than this.
pub(crate) fn has_at_most(body: &[u8], fields: usize) -> bool {
    match Parts::of(body) {
        Some(parts) => parts.boundaries().take(fields.saturating_add(2)).count() <= fields.saturating_add(1),
        None => memchr::memchr_iter(b'&', body).take(fields.saturating_add(1)).count() < fields.max(1),
    }
}

/// Key and value of all fields, decoded, in byte order, each distinct pair once: what Twilio signs after the URL.
pub(crate) fn sorted(body: &[u8]) -> String {
    let pairs: BTreeSet<_> = form_urlencoded::parse(body).collect();
    pairs.iter().flat_map(|(key, value)| [key.as_ref(), value.as_ref()]).collect()
}

/// Key and value of all fields, decoded, sorted: what Plivo V3 signs after the URL. Unlike [`sorted`], pairs that are
/// there twice count twice.
pub(crate) fn sorted_pairs(body: &[u8]) -> String {
    let mut pairs: Vec<_> = form_urlencoded::parse(body).collect();
    pairs.sort();
    pairs.iter().flat_map(|(key, value)| [key.as_ref(), value.as_ref()]).collect()
}

/// The fields as `name=value`, decoded, sorted and joined by `&`.
pub(crate) fn pairs(body: &[u8], is_left_out: impl Fn(&str) -> bool) -> String {
    let mut pairs: Vec<_> = form_urlencoded::parse(body).filter(|(name, _)| !is_left_out(name)).collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// All fields but one, sorted by key, as PHP's `serialize` writes an array of strings. Lengths are in bytes.
pub(crate) fn php_serialized(body: &[u8], without: &str) -> String {
    let fields: BTreeMap<_, _> = form_urlencoded::parse(body).filter(|(key, _)| key != without).collect();
    let string = |text: &str| format!("s:{}:\"{text}\";", text.len());
    let members: String = fields.iter().map(|(key, value)| string(key) + &string(value)).collect();
    format!("a:{}:{{{members}}}", fields.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_sorted_and_counted_once() {
        assert_eq!(sorted(b"Digits=5678&Digits=1234&Digits=1234&A=%2B1+x"), "A+1 xDigits1234Digits5678");
        assert_eq!(sorted(b""), "");
    }

    #[test]
    fn pairs_of_plivo_are_all_counted() {
        assert_eq!(sorted_pairs(b"b=2&a=1&a=1"), "a1a1b2");
    }

    #[test]
    fn pairs_are_decoded_sorted_and_joined() {
        let body = b"sign=x&b=2%263&a=%E4%BD%A0+1&sign_type=RSA2&c=";
        assert_eq!(pairs(body, |name| name.starts_with("sign")), "a=\u{4f60} 1&b=2&3&c=");
    }

    #[test]
    fn php_counts_bytes() {
        let body = "name=Zo%C3%AB&p_signature=x&alert_id=7";
        assert_eq!(
            php_serialized(body.as_bytes(), "p_signature"),
            r#"a:2:{s:8:"alert_id";s:1:"7";s:4:"name";s:4:"Zoë";}"#
        );
    }

    #[test]
    fn the_first_value_of_a_field_counts() {
        assert_eq!(field(b"a=1&b=x%20y&b=z", "b").as_deref(), Some("x y"));
        assert_eq!(field(b"a=1", "c"), None);
    }
}
