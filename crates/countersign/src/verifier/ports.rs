/// Returns the URL with its port removed, or with the default port of its scheme added: Twilio signs either,
/// depending on the client in front of it. Returns `None` if the text is not an absolute URL.
///
/// Source: `twilio-node` `src/webhooks/webhooks.ts`, `validateRequest`.
pub(super) fn port_variant(url: &str) -> Option<String> {
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
pub(super) fn slash_variant(url: &str) -> Option<String> {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let (path, rest) = url.split_at_checked(end)?;
    match path.strip_suffix('/') {
        Some(without) if without.ends_with('/') => None,
        Some(without) => Some(format!("{without}{rest}")),
        None => Some(format!("{path}/{rest}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{port_variant, slash_variant};

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
