use http::uri::{Authority, PathAndQuery};

use super::forwarded::{NoUrl, Values};
use crate::head::Headers;

/// A proxy in front of the server whose headers state the URL of the request and are trusted.
///
/// # Danger
///
/// These headers are plain text that any client can send. A client that reaches the server without the proxy
/// chooses the URL itself: a genuine delivery to another endpoint with the same secret can then be replayed to this
/// one. Declare a proxy trusted only if all of the following hold; otherwise use
/// [`PublicUrl::origin`](super::PublicUrl::origin):
///
/// * The server can be reached only through the proxy.
/// * The proxy writes *each* header that is read here, into every request: it replaces the client's value, or
///   appends to it. A header that it merely forwards is the client's.
/// * The proxy accepts requests for your host names only.
///
/// The family of headers, `Forwarded` or `X-Forwarded-*`, is chosen here and never guessed: a proxy that writes one
/// forwards the other unchanged. If a header is missing or malformed, the request did not pass through the declared
/// proxy: it is answered with 500, so that a genuine sender retries, and the log names the header.
#[derive(Clone, Debug)]
#[must_use]
pub struct TrustedProxy {
    headers: Family,
    hops: usize,
}

#[derive(Clone, Debug)]
enum Family {
    Forwarded,
    XForwarded { port: bool, prefix: bool },
}

impl TrustedProxy {
    /// Reads `proto` and `host` from `Forwarded` (RFC 7239).
    pub const fn forwarded() -> Self {
        Self { headers: Family::Forwarded, hops: 1 }
    }

    /// Reads `X-Forwarded-Proto` and `X-Forwarded-Host`.
    pub const fn x_forwarded() -> Self {
        Self { headers: Family::XForwarded { port: false, prefix: false }, hops: 1 }
    }

    /// Also reads the port from `X-Forwarded-Port`. It is used if the host has no port and it is not the default
    /// port of the scheme. Has no effect on [`forwarded`](Self::forwarded), whose `host` includes the port.
    pub const fn with_port(self) -> Self {
        self.with(true, false)
    }

    /// Also reads the path prefix that the proxy has removed from `X-Forwarded-Prefix`; without the header no prefix
    /// was removed. Has no effect on [`forwarded`](Self::forwarded), which has no such field.
    pub const fn with_prefix(self) -> Self {
        self.with(false, true)
    }

    /// Sets the number of trusted proxies in a row, each of which appends to the lists. The value of the outermost
    /// one counts: the value at that position from the end. The default is 1, the last value, which the nearest
    /// proxy wrote. 0 is treated as 1.
    pub const fn with_hops(self, hops: usize) -> Self {
        Self { hops, ..self }
    }

    /// Returns scheme, host, port, and the prefix that was removed from the path.
    pub(super) fn origin<H: Headers>(&self, headers: &H) -> Result<String, NoUrl> {
        let Self { headers: family, hops } = self;
        match *family {
            Family::Forwarded => {
                let forwarded = Values::of(headers, "forwarded")?;
                let (proto, host) = forwarded.proto_and_host(*hops)?;
                Ok(format!("{}://{}", scheme(&forwarded, &proto)?, authority(&forwarded, &host)?))
            }
            Family::XForwarded { port, prefix } => {
                let proto = Values::of(headers, "x-forwarded-proto")?;
                let scheme = scheme(&proto, proto.entry(*hops)?)?;
                let host = Values::of(headers, "x-forwarded-host")?;
                let host = authority(&host, host.entry(*hops)?)?;
                let mut origin = format!("{scheme}://{host}");
                if port {
                    let port = Values::of(headers, "x-forwarded-port")?;
                    origin.push_str(&port_of(&host, scheme, &port, port.entry(*hops)?)?);
                }
                if prefix {
                    origin.push_str(&removed_prefix(&Values::of(headers, "x-forwarded-prefix")?)?);
                }
                Ok(origin)
            }
        }
    }

    const fn with(self, more_port: bool, more_prefix: bool) -> Self {
        let headers = match self.headers {
            Family::Forwarded => Family::Forwarded,
            Family::XForwarded { port, prefix } => {
                Family::XForwarded { port: port || more_port, prefix: prefix || more_prefix }
            }
        };
        Self { headers, ..self }
    }
}

fn scheme(values: &Values, proto: &str) -> Result<&'static str, NoUrl> {
    let is = |scheme: &&&str| proto.eq_ignore_ascii_case(scheme);
    // Some proxies state the scheme of a WebSocket.
    ["https", "http", "wss", "ws"]
        .iter()
        .find(is)
        .copied()
        .ok_or_else(|| values.malformed("is neither `http` nor `https`"))
}

fn authority(values: &Values, host: &str) -> Result<Authority, NoUrl> {
    let authority = host.parse::<Authority>().ok().filter(|authority| !authority.as_str().contains('@'));
    authority.ok_or_else(|| values.malformed("is not a host"))
}

/// Returns the host with the port, unless it has a port already or the port is the default of the scheme.
fn port_of(host: &Authority, scheme: &str, values: &Values, port: &str) -> Result<String, NoUrl> {
    let port: u16 = port.parse().map_err(|_| values.malformed("is not a port"))?;
    let is_default = matches!((scheme, port), ("https" | "wss", 443) | ("http" | "ws", 80));
    Ok(if is_default || host.port().is_some() { String::new() } else { format!(":{port}") })
}

/// Returns the removed prefix. There is one value, whatever the number of proxies: they do not agree on the order of
/// a list.
fn removed_prefix(values: &Values) -> Result<String, NoUrl> {
    let Some(prefix) = values.only()? else { return Ok(String::new()) };
    let path = prefix.parse::<PathAndQuery>().ok();
    let path = path.filter(|path| prefix.starts_with('/') && path.path() == prefix);
    let path = path.ok_or_else(|| values.malformed("is not a path"))?;
    Ok(path.path().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    fn origin(proxy: TrustedProxy, headers: &[(&'static str, &'static str)]) -> Result<String, String> {
        let pairs = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(name, value);
        }
        proxy.origin(&map).map_err(|error| error.to_string())
    }

    #[test]
    fn the_last_value_counts() {
        let headers = [
            ("x-forwarded-proto", "http, https"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-host", "a.example:8443"),
        ];
        assert_eq!(origin(TrustedProxy::x_forwarded(), &headers).unwrap(), "https://a.example:8443");
        let two = TrustedProxy::x_forwarded().with_hops(2);
        assert_eq!(origin(two, &headers).unwrap(), "http://evil.example");
        assert!(origin(TrustedProxy::x_forwarded().with_hops(3), &headers).is_err());
        assert!(origin(TrustedProxy::x_forwarded().with_hops(0), &headers).is_ok());
    }

    #[test]
    fn one_family_is_not_the_other() {
        let standard = [("forwarded", "for=1.2.3.4;proto=https;host=a.example")];
        let other = [("x-forwarded-proto", "https"), ("x-forwarded-host", "b.example")];
        assert_eq!(origin(TrustedProxy::forwarded(), &standard).unwrap(), "https://a.example");
        assert!(origin(TrustedProxy::x_forwarded(), &standard).is_err());
        let error = origin(TrustedProxy::forwarded(), &other).unwrap_err();
        assert!(error.contains("`forwarded`"), "{error}");
        let both = [standard[0], other[0], other[1]];
        assert_eq!(origin(TrustedProxy::forwarded(), &both).unwrap(), "https://a.example");
        assert_eq!(origin(TrustedProxy::x_forwarded(), &both).unwrap(), "https://b.example");
    }

    #[test]
    fn port_and_prefix_are_read_where_they_are_declared() {
        let of = |proxy, host, port, prefix| {
            let basic = [("x-forwarded-proto", "HTTPS"), ("x-forwarded-host", host)];
            let more = [("x-forwarded-port", port), ("x-forwarded-prefix", prefix)];
            origin(proxy, &[basic, more].concat())
        };
        let plain = TrustedProxy::x_forwarded();
        assert_eq!(of(plain.clone(), "a.example", "8443", "/eu").unwrap(), "https://a.example");
        let both = plain.with_port().with_prefix();
        for (host, port, prefix, expected) in [
            ("a.example", "8443", "/eu/", "https://a.example:8443/eu"),
            ("a.example", "443", "/", "https://a.example"),
            ("a.example:9", "8443", "/eu/v1", "https://a.example:9/eu/v1"),
            ("[::1]", "80", "/eu", "https://[::1]:80/eu"),
        ] {
            assert_eq!(of(both.clone(), host, port, prefix).unwrap(), expected);
        }
        for (port, prefix) in [
            ("", "/eu"),
            ("x", "/eu"),
            ("65536", "/eu"),
            ("1", "eu"),
            ("1", "/a?b"),
            ("1", "/a, /b"),
            ("1", "/a#b"),
        ] {
            assert!(of(both.clone(), "a.example", port, prefix).is_err(), "{port} {prefix}");
        }
    }

    #[test]
    fn a_prefix_may_be_missing_and_a_port_may_not() {
        let headers = [("x-forwarded-proto", "https"), ("x-forwarded-host", "a.example")];
        assert_eq!(origin(TrustedProxy::x_forwarded().with_prefix(), &headers).unwrap(), "https://a.example");
        let error = origin(TrustedProxy::x_forwarded().with_port(), &headers).unwrap_err();
        assert!(error.contains("`x-forwarded-port`"), "{error}");
    }

    #[test]
    fn what_is_no_scheme_or_host_is_refused() {
        for (proto, host) in [
            ("ftp", "a.example"),
            ("", "a.example"),
            ("https", ""),
            ("https", "a.example,"),
            ("https", "user@a.example"),
            ("https", "a.example/path"),
            ("https", "a example"),
        ] {
            let headers = [("x-forwarded-proto", proto), ("x-forwarded-host", host)];
            assert!(origin(TrustedProxy::x_forwarded(), &headers).is_err(), "{proto} {host}");
        }
    }
}
