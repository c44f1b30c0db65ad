use std::error::Error;
use std::fmt;

use crate::head::Headers;

/// The values of a header that proxies set, in order.
pub(super) struct Values {
    name: &'static str,
    values: Vec<String>,
}

impl Values {
    /// # Errors
    ///
    /// [`NoUrl`] if a value is not visible ASCII.
    pub(super) fn of<H: Headers>(headers: &H, name: &'static str) -> Result<Self, NoUrl> {
        let mut found = Vec::new();
        headers.for_each(|other, value| {
            if other == name {
                found.push(value.to_vec());
            }
        });
        let mut values = Self { name, values: Vec::new() };
        for value in found {
            let text = String::from_utf8(value).ok().filter(|text| text.bytes().all(is_text));
            let text = text.ok_or_else(|| values.malformed("is not visible ASCII"))?;
            values.values.push(text);
        }
        Ok(values)
    }

    /// Returns the entry of the comma-separated list at this position from the end; 1 is the last.
    pub(super) fn entry(&self, hops: usize) -> Result<&str, NoUrl> {
        let entries = self.values.iter().flat_map(|value| value.split(',')).map(str::trim);
        let entries: Vec<_> = entries.collect();
        let entry = entries.iter().rev().nth(hops.saturating_sub(1)).filter(|entry| !entry.is_empty());
        entry.copied().ok_or_else(|| self.missing())
    }

    /// Returns the value, if there is one.
    pub(super) fn only(&self) -> Result<Option<&str>, NoUrl> {
        match self.values.as_slice() {
            [] => Ok(None),
            [value] => Ok(Some(value.trim())),
            _ => Err(self.malformed("is there more than once")),
        }
    }

    /// Returns `proto` and `host` of the element of `Forwarded` at this position from the end; 1 is the last.
    pub(super) fn proto_and_host(&self, hops: usize) -> Result<(String, String), NoUrl> {
        let mut elements = Vec::new();
        for value in &self.values {
            elements
                .extend(split(value, ',').ok_or_else(|| self.malformed("has a quote that is not closed"))?);
        }
        let element = elements.iter().rev().nth(hops.saturating_sub(1)).ok_or_else(|| self.missing())?;
        let (mut proto, mut host) = (None, None);
        for pair in split(element, ';').unwrap_or_default() {
            let (name, value) =
                pair.split_once('=').ok_or_else(|| self.malformed("has a part without `=`"))?;
            let place = match name.trim_ascii() {
                name if name.eq_ignore_ascii_case("proto") => &mut proto,
                name if name.eq_ignore_ascii_case("host") => &mut host,
                _ => continue,
            };
            if place.replace(unquoted(value)).is_some() {
                return Err(self.malformed("has a part twice"));
            }
        }
        proto.zip(host).ok_or_else(|| self.malformed("lacks `proto` or `host`"))
    }

    pub(super) fn malformed(&self, problem: &str) -> NoUrl {
        NoUrl::new(format!("`{}` of the trusted proxy {problem}", self.name))
    }

    fn missing(&self) -> NoUrl {
        NoUrl::new(format!(
            "`{}` has no value of the trusted proxy: does it set the header, and did the request come through it?",
            self.name
        ))
    }
}

/// Splits at separators outside quotes and trims the parts. Returns `None` if a quote is not closed.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut parts, mut from) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == separator && !quoted => {
                parts.push(text.get(from..at)?.trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(from..)?.trim());
    (!quoted).then_some(parts)
}

/// Returns a token, or the content of a quoted string.
fn unquoted(value: &str) -> String {
    let value = value.trim();
    let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return value.to_owned();
    };
    let mut escaped = false;
    let keep = |character: &char| {
        escaped = *character == '\\' && !escaped;
        !escaped
    };
    inner.chars().filter(keep).collect()
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t')
}

/// The reason why the public URL of a request is unknown, for the operator. It names headers, never their values.
#[derive(Clone, Debug)]
pub(super) struct NoUrl {
    reason: String,
}

impl NoUrl {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

impl fmt::Display for NoUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the scheme signs the URL, and the public one is not known: {}", self.reason)
    }
}

impl Error for NoUrl {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str], hops: usize) -> Option<(String, String)> {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Values { name: "forwarded", values }.proto_and_host(hops).ok()
    }

    fn pair(proto: &str, host: &str) -> Option<(String, String)> {
        Some((proto.to_owned(), host.to_owned()))
    }

    #[test]
    fn elements_are_counted_from_the_end() {
        let values =
            ["proto=http;host=a", "for=_x, for=\"[2001:db8::1]:4711\" ; Proto=https;HOST=\"b:8443\""];
        assert_eq!(read(&values, 1), pair("https", "b:8443"));
        assert_eq!(read(&values, 2), None);
        assert_eq!(read(&values, 3), pair("http", "a"));
        assert_eq!(read(&values, 4), None);
    }

    #[test]
    fn separators_in_quotes_separate_nothing() {
        assert_eq!(read(&[r#"for="a,b;c\",d";proto=https;host=e"#], 1), pair("https", "e"));
        assert_eq!(read(&[r#"proto=https;host="a\b""#], 1), pair("https", "ab"));
        assert_eq!(
            read(&[r"proto=https;host=a\;by=b"], 1),
            pair("https", r"a\"),
            "no escape outside of quotes"
        );
    }

    #[test]
    fn a_sender_cannot_hide_the_address_that_the_proxy_appends() {
        for sent in [r#"for=""#, r#"for="x\"#, "for=\"a, proto=http;host=evil", "proto", ""] {
            let appended = format!("{sent}, for=\"[::1]\";proto=https;host=a.example");
            let read = read(&[&appended], 1);
            assert!(read.is_none() || read == pair("https", "a.example"), "{sent}: {read:?}");
        }
    }

    #[test]
    fn a_value_is_visible_ascii_with_spaces_and_tabs() {
        let read = |value: &[u8]| {
            let mut headers = http::HeaderMap::new();
            headers.insert("forwarded", http::HeaderValue::from_bytes(value).unwrap());
            Values::of(&headers, "forwarded").is_ok()
        };
        assert!(read(b"proto=https; host=a") && read(b"proto=https;\thost=~"));
        assert!(!read(b"host=\xc3\xa9") && !read(b"host=\xff"));
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for value in [
            "",
            "proto=https",
            "host=a",
            "proto=https;host=a;host=b",
            "proto=https;host",
            "proto=https;host=\"a",
        ] {
            assert_eq!(read(&[value], 1), None, "{value}");
        }
        assert_eq!(read(&[], 1), None);
    }
}
