//! URLs of requests: their parts, the forms in which schemes sign them, and the variants that proxies make of them.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Returns path and query of an absolute URL, or the text itself if it is only path and query.
pub(crate) fn target_of(url: &str) -> &str {
    match url.split_once("://") {
        Some((_, rest)) => rest.find(['/', '?']).and_then(|at| rest.get(at..)).unwrap_or("/"),
        None => url,
    }
}

/// Returns the URL up to its query.
pub(crate) fn without_query(url: &str) -> &str {
    url.split_once('?').map_or(url, |(before, _)| before)
}

/// Returns the query of a URL, or nothing.
pub(crate) fn query(url: &str) -> &str {
    url.split_once('?').map_or("", |(_, query)| query)
}

/// Returns the path of an absolute URL.
pub(crate) fn path(url: &str) -> &str {
    let url = without_query(url);
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
}

/// Returns the first parameter of this name, decoded.
pub(crate) fn parameter<'t>(target: &'t str, name: &str) -> Option<Cow<'t, str>> {
    parameters(target).find_map(|(key, value)| (key == name).then_some(value))
}

/// Returns the URL with the parameter, replacing others of the same name.
pub(crate) fn with_parameter(url: &str, name: &str, value: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let is_other =
        |pair: &&str| !pair.is_empty() && form_urlencoded::parse(pair.as_bytes()).all(|(key, _)| key != name);
    let mut pairs: Vec<_> = query.split('&').filter(is_other).map(str::to_owned).collect();
    pairs.push(form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish());
    format!("{base}?{}", pairs.join("&"))
}

/// Returns whether a parameter is present with different values.
pub(crate) fn is_ambiguous(target: &str, name: &str) -> bool {
    let mut values = parameters(target).filter(|(key, _)| key == name).map(|(_, value)| value);
    let first = values.next();
    values.any(|value| Some(value) != first)
}

/// Returns all parameters except `jwt`, sorted by name and encoded as RFC 3986 specifies; values of the same name
/// are sorted and joined by commas. This is the query of Atlassian's canonical request.
///
/// Source: <https://developer.atlassian.com/cloud/bitbucket/query-string-hash/>.
pub(crate) fn canonical_query(target: &str) -> String {
    let encoded =
        |(key, value): (Cow<'_, str>, Cow<'_, str>)| (encode(&key, &UNRESERVED), encode(&value, &UNRESERVED));
    let mut pairs = Vec::with_capacity(most_parameters(query(target)));
    pairs.extend(parameters(target).filter(|(key, _)| key != "jwt").map(encoded));
    pairs.sort_unstable();
    let mut joined = String::with_capacity(length(&pairs));
    let mut last = None;
    for (key, value) in &pairs {
        if last == Some(key) {
            joined.push(',');
        } else {
            joined.push_str(if last.is_some() { "&" } else { "" });
            joined.push_str(key);
            joined.push('=');
        }
        joined.push_str(value);
        last = Some(key);
    }
    joined
}

/// Returns path and query with the query encoded as a component and the result encoded as a URI, as Contentful
/// signs it.
///
/// Source: `contentful/node-apps-toolkit` `src/requests/utils.ts`, `getNormalizedEncodedURI`.
pub(crate) fn encoded_twice(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query = query.split('?').next().unwrap_or_default();
    if query.is_empty() {
        return encode(path, &URI);
    }
    encode(&format!("{path}?{}", encode(query, &COMPONENT)), &URI)
}

/// Returns the URL with its query sorted, including values of the same name. Plivo V3 signs it in front of the form
/// fields.
///
/// Source: `plivo/plivo-python` `plivo/utils/signature_v3.py`, `construct_get_url`.
pub(crate) fn sorted_query(url: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut pairs = Vec::with_capacity(most_parameters(query));
    pairs.extend(form_urlencoded::parse(query.as_bytes()));
    pairs.sort_unstable();
    let mut sorted = String::with_capacity(base.len() + length(&pairs));
    sorted.push_str(base);
    for (number, (key, value)) in pairs.iter().enumerate() {
        sorted.push(if number == 0 { '?' } else { '&' });
        sorted.push_str(key);
        sorted.push('=');
        sorted.push_str(value);
    }
    sorted
}

/// Returns the number of parameters that a query can have: a list of them that grows is there twice.
pub(crate) fn most_parameters(query: &str) -> usize {
    1 + memchr::memchr_iter(b'&', query.as_bytes()).count()
}

/// Returns the length of the parameters, each with two characters.
fn length<T: AsRef<str>>(pairs: &[(T, T)]) -> usize {
    pairs.iter().map(|(key, value)| key.as_ref().len() + value.as_ref().len() + 2).sum()
}

/// Returns the URL with its port removed, or with the default port of its scheme added: Twilio signs either,
/// depending on the client in front of it. Returns `None` if the text is not an absolute URL.
///
/// Source: `twilio-node` `src/webhooks/webhooks.ts`, `validateRequest`.
pub(crate) fn port_variant(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let host_start = authority.rfind('@').map_or(0, |at| at + 1);
    let port = authority.rfind(':').filter(|at| *at > host_start && !authority.ends_with(']'));
    match port.and_then(|at| authority.get(..at)) {
        Some(without) => Some(format!("{scheme}://{without}{path}")),
        None if scheme == "https" => Some(format!("{scheme}://{authority}:443{path}")),
        None if scheme == "http" => Some(format!("{scheme}://{authority}:80{path}")),
        None => None,
    }
}

/// Returns the URL with a slash added to the end of its path, or removed from it: proxies and routers add and remove
/// them. Returns `None` if the path ends in several slashes, so that all URLs with one signature have the same shorter
/// form.
///
/// Source: `truelayer-signing` `rust/src/verify/custom_verifer.rs`, `verify_parsed_with`.
pub(crate) fn slash_variant(url: &str) -> Option<String> {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let (path, rest) = url.split_at_checked(end)?;
    match path.strip_suffix('/') {
        Some(without) if without.ends_with('/') => None,
        Some(without) => Some(format!("{without}{rest}")),
        None => Some(format!("{path}/{rest}")),
    }
}

fn parameters(target: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query(target).as_bytes())
}

fn encode(text: &str, set: &'static AsciiSet) -> String {
    utf8_percent_encode(text, set).to_string()
}

/// The unreserved characters of RFC 3986, section 2.3.
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The characters that JavaScript's `encodeURIComponent` encodes.
const COMPONENT: AsciiSet = UNRESERVED.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');

/// The characters that JavaScript's `encodeURI` encodes.
const URI: AsciiSet = COMPONENT
    .remove(b';')
    .remove(b',')
    .remove(b'/')
    .remove(b'?')
    .remove(b':')
    .remove(b'@')
    .remove(b'&')
    .remove(b'=')
    .remove(b'+')
    .remove(b'$')
    .remove(b'#');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_query_is_that_of_atlassian() {
        let target =
            "/path/to/service?zee_last=param&repeated=parameter 1&first=param&repeated=parameter 2&jwt=x";
        assert_eq!(
            canonical_query(target),
            "first=param&repeated=parameter%201,parameter%202&zee_last=param"
        );
        assert_eq!(canonical_query("/path"), "");
    }

    #[test]
    fn parameters_are_decoded() {
        assert_eq!(parameter("/hook?data.id=A%2FB&type=x", "data.id").as_deref(), Some("A/B"));
        assert_eq!(parameter("/hook?type=x", "id"), None);
        assert!(is_ambiguous("/hook?a=1&a=2", "a") && !is_ambiguous("/hook?a=1&b=2&a=1", "a"));
    }

    #[test]
    fn a_parameter_is_set_in_the_place_of_others_of_its_name() {
        assert_eq!(with_parameter("https://a/b", "c", "d e"), "https://a/b?c=d+e");
        assert_eq!(with_parameter("https://a/b?%63=1&x=%20&c=2", "c", "3"), "https://a/b?x=%20&c=3");
    }

    #[test]
    fn the_query_is_encoded_twice() {
        assert_eq!(encoded_twice("/api/hooks"), "/api/hooks");
        assert_eq!(encoded_twice("/api?a=1&b=x y"), "/api?a%253D1%2526b%253Dx%2520y");
    }

    #[test]
    fn the_query_is_sorted_as_plivo_sorts_it() {
        assert_eq!(sorted_query("https://a.b/c"), "https://a.b/c");
        assert_eq!(sorted_query("https://a.b/c?"), "https://a.b/c");
        assert_eq!(sorted_query("https://a.b/c?b=2&a=1"), "https://a.b/c?a=1&b=2");
    }

    #[test]
    fn parts_of_a_url() {
        let url = "https://example.com:8443/a/b?x=1&y=2";
        assert_eq!((path(url), query(url)), ("/a/b", "x=1&y=2"));
        assert_eq!(without_query(url), "https://example.com:8443/a/b");
        assert_eq!((path("https://example.com"), query("https://example.com")), ("/", ""));
    }

    #[test]
    fn a_target_begins_behind_the_host() {
        for (url, target) in [
            ("https://a.b:1/c?d", "/c?d"),
            ("https://a.b", "/"),
            ("https://a.b?x=1", "?x=1"),
            ("/c?d", "/c?d"),
        ] {
            assert_eq!(target_of(url), target);
        }
    }

    #[test]
    fn slashes_are_removed_or_added() {
        for (url, variant) in [
            ("https://a.b/p", Some("https://a.b/p/")),
            ("https://a.b/p/?x=1/", Some("https://a.b/p?x=1/")),
            ("https://a.b/p?x=/", Some("https://a.b/p/?x=/")),
            ("https://a.b/p//", None),
            ("/p#a", Some("/p/#a")),
        ] {
            assert_eq!(slash_variant(url).as_deref(), variant, "{url}");
        }
    }

    #[test]
    fn ports_are_removed_or_added() {
        for (url, variant) in [
            ("https://a.b:1234/p?x=1:2", Some("https://a.b/p?x=1:2")),
            ("https://a.b/p?x=1", Some("https://a.b:443/p?x=1")),
            ("http://a.b", Some("http://a.b:80")),
            ("http://user:pass@a.b/p", Some("http://user:pass@a.b:80/p")),
            ("https://user@:8443/p", Some("https://user@:8443:443/p")),
            ("https://[::1]:8443/", Some("https://[::1]/")),
            ("https://[::1]/", Some("https://[::1]:443/")),
            ("wss://a.b/p", None),
            ("/only/a/path", None),
        ] {
            assert_eq!(port_variant(url).as_deref(), variant, "{url}");
        }
    }
}
