//! A request with a mistake in its body, a header, the secret or the URL.

use countersign::{Provider, Secret, providers};
use http::HeaderName;

use crate::fixtures;
use crate::sent::{Sent, json};

/// A request with a mistake, and the causes of which one has to be named.
pub(super) struct Variation {
    pub(super) name: &'static str,
    pub(super) sent: Sent,
    pub(super) codes: &'static [&'static str],
}

fn find(slug: &str) -> &'static Provider {
    providers::find(slug).unwrap_or_else(|| panic!("{slug}"))
}

/// A body that was changed after it was signed.
pub(super) fn body(
    name: &'static str,
    slug: &str,
    signed: impl Into<Vec<u8>>,
    received: impl Into<Vec<u8>>,
    codes: &'static [&'static str],
) -> Variation {
    let sent = Sent::new(find(slug), &signed.into()).unwrap_or_else(|| panic!("{slug}"));
    Variation { name, sent: sent.with_body(received), codes }
}

/// The value of a header, changed.
pub(super) fn header(
    name: &'static str,
    slug: &str,
    header: Option<&str>,
    change: impl Fn(&str) -> String,
    codes: &'static [&'static str],
) -> Variation {
    let sent = Sent::new(find(slug), json("1").as_bytes()).unwrap();
    let at: HeaderName =
        header.map_or_else(|| sent.signature_header().unwrap(), |name| name.parse().unwrap());
    let value = change(&sent.header(&at));
    Variation { name, sent: sent.with_lines(&at, &[&value]), codes }
}

/// A secret that is stored otherwise.
pub(super) fn secret(
    name: &'static str,
    slug: &str,
    genuine: &str,
    stored: impl Into<String>,
    codes: &'static [&'static str],
) -> Variation {
    let provider = fixtures::complete(find(slug));
    let key = Secret::new(genuine).unwrap();
    let sent = Sent::signed(&provider, key, &stored.into(), json("1").as_bytes()).unwrap();
    Variation { name, sent, codes }
}

/// A URL that was changed on the way.
pub(super) fn url(name: &'static str, slug: &str, url: &str, codes: &'static [&'static str]) -> Variation {
    let content = find(slug).scheme.content.as_str();
    let body = if content.contains("{form") { "a=1&b=2".to_owned() } else { json("1") };
    let sent = Sent::new(find(slug), body.as_bytes()).unwrap();
    Variation { name, sent: Sent { url: Some(url.to_owned()), ..sent }, codes }
}

pub(super) fn pretty(text: &str, indent: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    let mut out = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent);
    serde::Serialize::serialize(&value, &mut serde_json::Serializer::with_formatter(&mut out, formatter))
        .unwrap();
    String::from_utf8(out).unwrap()
}
