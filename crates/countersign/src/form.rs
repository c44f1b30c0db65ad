//! Fields of a form-encoded body.

use std::collections::BTreeSet;

/// The first value of a field, decoded.
pub(crate) fn field(body: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(body).find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

/// Key and value of all fields, decoded, in byte order, each distinct pair once: what Twilio signs after the URL.
pub(crate) fn sorted(body: &[u8]) -> String {
    let pairs: BTreeSet<_> = form_urlencoded::parse(body).collect();
    pairs.iter().flat_map(|(key, value)| [key.as_ref(), value.as_ref()]).collect()
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
    fn the_first_value_of_a_field_counts() {
        assert_eq!(field(b"a=1&b=x%20y&b=z", "b").as_deref(), Some("x y"));
        assert_eq!(field(b"a=1", "c"), None);
    }
}
