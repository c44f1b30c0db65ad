use http::Uri;

use super::forwarded::NoUrl;
use super::trusted_proxy::TrustedProxy;
use crate::error::ConfigError;
use crate::head::Headers;

/// The source of a request's public URL, for providers that sign it: they sign the URL that was registered with
/// them, not the one that arrives behind a proxy.
///
/// | URL | made of | for |
/// |---|---|---|
/// | [`origin`](Self::origin) | a fixed origin, plus path and query of the request | most receivers |
/// | [`exact`](Self::exact) | a fixed URL | providers that sign the configured URL, to the last slash (Square, Mandrill) |
/// | [`from_trusted_proxy`](Self::from_trusted_proxy) | the headers of a proxy, plus path and query of the request | one receiver under several public names |
///
/// Path and query are those that the middleware sees. axum's `nest` removes its prefix for everything inside it, so
/// a layer inside needs [`with_path_prefix`](Self::with_path_prefix), and one around it does not; actix's `scope`
/// removes nothing.
///
/// Without a public URL, [`Receiver::check`](super::Receiver::check) refuses a provider that signs it, and so does
/// the middleware of the adapters.
///
/// A request with `Upgrade: websocket` was sent to a `wss://` URL instead of an `https://` one, and its sender
/// signs that URL (Twilio's Media Streams): the scheme of an origin, fixed or from a proxy, follows the request. An
/// exact URL stays unchanged, and may be `wss://…` itself.
///
/// ```
/// use countersign::receiver::{PublicUrl, Receiver, TrustedProxy};
/// # use countersign::{Secret, Verifier, providers};
/// # let verifier = Verifier::new(&providers::TWILIO, Secret::new("the auth token")?)?;
/// # let receiver = Receiver::builder(verifier);
///
/// // The usual case; a string is enough.
/// let receiver = receiver.with_public_url("https://hooks.example.com");
/// // Behind a proxy that removes `/eu`, inside a router nested at `/webhooks`.
/// let url = PublicUrl::origin("https://hooks.example.com/eu")?.with_path_prefix("/webhooks");
/// let receiver = receiver.with_public_url(url);
/// // As it was entered in the provider's dashboard.
/// let receiver = receiver.with_public_url(PublicUrl::exact("https://hooks.example.com/square/?v=2")?);
/// // Only if the server cannot be reached except through this proxy.
/// let receiver = receiver.with_public_url(PublicUrl::from_trusted_proxy(TrustedProxy::x_forwarded()));
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PublicUrl {
    base: Base,
    prefix: String,
}

#[derive(Clone, Debug)]
enum Base {
    Origin(String),
    Exact(String),
    Proxy(TrustedProxy),
    /// A malformed text. [`Receiver::check`](super::Receiver::check) refuses it.
    Malformed(ConfigError),
}

impl PublicUrl {
    /// Creates a URL from an origin (scheme, host and port: `https://hooks.example.com`), optionally with the path
    /// prefix that a proxy has removed: `https://hooks.example.com/eu`. Path and query of the request are appended.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the text is not an absolute URL with `http`, `https`, `ws` or `wss`, or has a query.
    pub fn origin(origin: impl Into<String>) -> Result<Self, ConfigError> {
        let origin = origin.into();
        if parsed(&origin)?.query().is_some() {
            return Err(malformed("an origin has no query; `PublicUrl::exact` takes a complete URL"));
        }
        Ok(Base::Origin(origin.trim_end_matches('/').to_owned()).into())
    }

    /// Creates a complete, fixed URL, with its query and its final slash, as it is registered with the provider.
    /// Path and query of the request are ignored; the router decides which requests arrive here.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the text is not an absolute URL with `http`, `https`, `ws` or `wss`.
    pub fn exact(url: impl Into<String>) -> Result<Self, ConfigError> {
        let url = url.into();
        parsed(&url)?;
        Ok(Base::Exact(url).into())
    }

    /// Reads the URL from the headers of a proxy. [`TrustedProxy`] lists the conditions under which that is safe.
    pub fn from_trusted_proxy(proxy: TrustedProxy) -> Self {
        Base::Proxy(proxy).into()
    }

    /// Sets the part of the path that a router in front of the middleware has removed, such as axum's `nest` if the
    /// layer is inside it. Has no effect on an [`exact`](Self::exact) URL.
    ///
    /// Variable prefixes such as `nest("/{tenant}", …)` cannot be restored. Nor can a layer inside tell whether the
    /// path was the prefix alone or had a slash after it: both look like `/`. A layer around the nesting router sees
    /// either.
    pub fn with_path_prefix(self, prefix: impl AsRef<str>) -> Self {
        let path = prefix.as_ref().trim_matches('/');
        let prefix = if path.is_empty() { String::new() } else { format!("/{path}") };
        Self { prefix, ..self }
    }

    /// Returns the URL of a request to `target` (path and query).
    pub(super) fn of<H: Headers>(&self, target: &str, headers: &H) -> Result<String, NoUrl> {
        let prefix = &self.prefix;
        let complete = |origin: &str| {
            let scheme = if is_websocket_upgrade(headers) { websocket_scheme(origin) } else { None };
            match scheme {
                Some((scheme, rest)) => format!("{scheme}{rest}{prefix}{target}"),
                None => format!("{origin}{prefix}{target}"),
            }
        };
        match &self.base {
            Base::Origin(origin) => Ok(complete(origin)),
            Base::Exact(url) => Ok(url.clone()),
            Base::Proxy(proxy) => proxy.origin(headers).map(|origin| complete(&origin)),
            Base::Malformed(error) => Err(NoUrl::new(error.to_string())),
        }
    }

    /// Returns whether the origin is read from headers.
    pub(super) const fn is_in_headers(&self) -> bool {
        matches!(self.base, Base::Proxy(_))
    }

    /// Checks that the URL is well-formed.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        match &self.base {
            Base::Malformed(error) => Err(error.clone()),
            Base::Origin(_) | Base::Exact(_) | Base::Proxy(_) => Ok(()),
        }
    }
}

impl From<Base> for PublicUrl {
    fn from(base: Base) -> Self {
        Self { base, prefix: String::new() }
    }
}

/// Creates an [`origin`](PublicUrl::origin). [`Receiver::check`](super::Receiver::check) refuses a malformed one.
impl From<&str> for PublicUrl {
    fn from(origin: &str) -> Self {
        Self::origin(origin).unwrap_or_else(|error| Base::Malformed(error).into())
    }
}

impl From<&String> for PublicUrl {
    fn from(origin: &String) -> Self {
        Self::from(origin.as_str())
    }
}

impl From<String> for PublicUrl {
    fn from(origin: String) -> Self {
        Self::from(origin.as_str())
    }
}

fn parsed(url: &str) -> Result<Uri, ConfigError> {
    let is_known = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https" | "ws" | "wss"));
    let uri = url.parse::<Uri>().ok().filter(is_known);
    uri.filter(|_| !url.contains('#'))
        .ok_or_else(|| malformed("is not an absolute `http` or `https` URL like `https://hooks.example.com`"))
}

/// Returns whether the request asks for a WebSocket (RFC 6455, section 4.1).
fn is_websocket_upgrade<H: Headers>(headers: &H) -> bool {
    let mut found = false;
    headers.for_each(|name, value| {
        let mut protocols = value.split(|byte| *byte == b',');
        found |=
            name == "upgrade" && protocols.any(|name| name.trim_ascii().eq_ignore_ascii_case(b"websocket"));
    });
    found
}

/// Returns the WebSocket scheme for this origin, and the rest after the scheme. Returns `None` if it has that
/// scheme already.
fn websocket_scheme(origin: &str) -> Option<(&'static str, &str)> {
    let (scheme, rest) = origin.split_at_checked(origin.find(':')?)?;
    if scheme.eq_ignore_ascii_case("https") {
        Some(("wss", rest))
    } else if scheme.eq_ignore_ascii_case("http") {
        Some(("ws", rest))
    } else {
        None
    }
}

fn malformed(problem: &str) -> ConfigError {
    ConfigError::new("public_url", problem)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;
    use crate::providers::TWILIO;
    use crate::receiver::{EarlyResponse, Receiver};
    use crate::secret::Secret;
    use crate::verifier::Verifier;

    fn of(url: PublicUrl) -> String {
        url.of("/in?a=1", &HeaderMap::new()).unwrap()
    }

    #[test]
    fn path_and_query_follow_an_origin() {
        for text in ["https://a.example", "https://a.example/", "https://a.example//"] {
            assert_eq!(of(text.into()), "https://a.example/in?a=1");
            assert_eq!(of(PublicUrl::origin(text).unwrap()), "https://a.example/in?a=1");
        }
        assert_eq!(of("http://a.example:8080/eu/".into()), "http://a.example:8080/eu/in?a=1");
    }

    #[test]
    fn what_a_router_took_away_is_put_before_the_path() {
        for prefix in ["/hooks", "hooks", "/hooks/"] {
            let url = PublicUrl::from("https://a.example/eu").with_path_prefix(prefix);
            assert_eq!(of(url), "https://a.example/eu/hooks/in?a=1");
        }
        assert_eq!(
            of(PublicUrl::from("https://a.example").with_path_prefix("/")),
            "https://a.example/in?a=1"
        );
    }

    #[test]
    fn the_scheme_of_an_origin_is_that_of_a_websocket_where_one_is_asked_for() {
        let ask = |url: PublicUrl, upgrade: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("upgrade", HeaderValue::from_static(upgrade));
            headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
            headers.insert("x-forwarded-host", HeaderValue::from_static("a.example"));
            url.of("/in", &headers).unwrap()
        };
        for upgrade in ["websocket", "WebSocket", "h2c, websocket"] {
            assert_eq!(ask("https://a.example".into(), upgrade), "wss://a.example/in");
            assert_eq!(ask("http://a.example:81/eu".into(), upgrade), "ws://a.example:81/eu/in");
            assert_eq!(ask("wss://a.example".into(), upgrade), "wss://a.example/in");
            let proxy = PublicUrl::from_trusted_proxy(TrustedProxy::x_forwarded());
            assert_eq!(ask(proxy, upgrade), "wss://a.example/in");
            let exact = "wss://a.example/stream?x=1";
            assert_eq!(ask(PublicUrl::exact(exact).unwrap(), upgrade), exact);
        }
        assert_eq!(ask("https://a.example".into(), "h2c"), "https://a.example/in");
    }

    #[test]
    fn an_exact_url_stays_as_it_is() {
        for url in ["https://a.example", "https://a.example/hook/?b=2", "https://a.example/%7e"] {
            assert_eq!(of(PublicUrl::exact(url).unwrap().with_path_prefix("/x")), url);
        }
    }

    #[test]
    fn what_is_no_public_url_is_refused() {
        for url in
            ["", "hooks.example.com", "/hooks", "ftp://a.example", "https://", "https://a b", "https://a/#x"]
        {
            assert_eq!(PublicUrl::exact(url).unwrap_err().field(), "public_url", "{url}");
            assert!(PublicUrl::origin(url).is_err(), "{url}");
            let error = PublicUrl::from(url).of("/", &HeaderMap::new()).unwrap_err().to_string();
            assert!(error.contains("`public_url`: is not an absolute"), "{error}");
        }
        assert!(PublicUrl::origin("https://a.example/?b=2").is_err());
    }

    #[test]
    fn the_error_names_what_is_missing() {
        let secret = Secret::new("the auth token").unwrap();
        let receiver = Receiver::new(Verifier::new(&TWILIO, secret).unwrap());
        let mut headers = HeaderMap::new();
        headers.insert("x-twilio-signature", HeaderValue::from_static("c2lnbmF0dXJl"));
        let message_of = |receiver: Receiver| {
            let Err(EarlyResponse::Rejected(rejection)) = receiver.begin("POST", "/", &headers, None) else {
                panic!("there is no URL")
            };
            assert_eq!(rejection.status(), 500);
            rejection.causes().unwrap().to_string()
        };
        assert!(message_of(receiver.clone()).contains("set the receiver's public URL"));
        let proxy = PublicUrl::from_trusted_proxy(TrustedProxy::x_forwarded());
        let behind_proxy = receiver.to_builder().with_public_url(proxy).build().unwrap();
        assert!(message_of(behind_proxy).contains("`x-forwarded-proto` has no value"));
        let malformed = receiver.to_builder().with_public_url("hooks.example.com").build().unwrap_err();
        assert!(malformed.to_string().contains("is not an absolute"), "{malformed}");
    }
}
