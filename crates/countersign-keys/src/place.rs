use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, Uri};

use crate::error::BuildError;
use crate::pins::CompiledPins;

/// The place of the keys.
pub(crate) enum Place {
    /// All keys at one address.
    Fixed(Uri),
    /// Each key at the address that the request names, among the permitted ones.
    Pinned(CompiledPins),
    /// Each key behind a request that is made from its name.
    PerKey(Arc<MakeRequest>),
}

/// Makes the request for the key of a name.
pub(crate) type MakeRequest = dyn Fn(&str) -> Option<Request<Bytes>> + Send + Sync;

impl Place {
    /// Validates an address given by the developer.
    pub(crate) fn fixed(url: &str) -> Result<Self, BuildError> {
        let problem = |problem: &str| BuildError::new("url", format!("`{url}` {problem}"));
        if url.contains('#') {
            return Err(problem("has a fragment"));
        }
        let uri: Uri = url.parse().map_err(|error| problem("is not a URL").caused_by(error))?;
        if is_https(&uri) { Ok(Self::Fixed(uri)) } else { Err(problem("is not https://, or names a user")) }
    }

    /// Returns the cache key of a place, or `None` if there are no such keys.
    pub(crate) fn locate(&self, key_id: Option<&str>) -> Option<String> {
        match self {
            Self::Fixed(uri) => Some(uri.to_string()),
            Self::Pinned(pins) => pins.admit(key_id?),
            Self::PerKey(_) => key_id.filter(|name| is_name(name)).map(str::to_owned),
        }
    }

    /// Returns the request for the result of [`locate`](Self::locate).
    pub(crate) fn request(&self, address: &str) -> Option<Request<Bytes>> {
        let uri = match self {
            Self::Fixed(uri) => uri.clone(),
            Self::Pinned(_) => address.parse().ok()?,
            Self::PerKey(make) => return make(address),
        };
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri;
        Some(request)
    }

    /// Returns whether the only address is the developer's: a missing file is then an error instead of an absent
    /// key.
    pub(crate) const fn is_fixed(&self) -> bool {
        matches!(self, Self::Fixed(_))
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(uri) => f.debug_tuple("Fixed").field(&uri.host()).finish(),
            Self::Pinned(pins) => f.debug_tuple("Pinned").field(pins).finish(),
            Self::PerKey(_) => f.write_str("PerKey"),
        }
    }
}

/// Returns whether the address is HTTPS without a user.
pub(crate) fn is_https(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTPS)
        && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
}

/// Returns whether the name is visible ASCII, and short enough for the cache.
fn is_name(name: &str) -> bool {
    (1..=256).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_address_is_https() {
        for url in ["https://example.com/a?b=c", "https://example.com:8443/", "https://example.com"] {
            assert!(Place::fixed(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "/jwks.json",
            "example.com/jwks.json",
            "http://example.com/jwks.json",
            "https://user@example.com/jwks.json",
            "https://example.com/jwks.json#a",
            "https:///jwks.json",
            "https://exa mple.com/",
        ] {
            assert_eq!(Place::fixed(url).unwrap_err().field(), "url", "{url}");
        }
    }

    #[test]
    fn names_of_keys_are_visible_and_short() {
        let place = Place::PerKey(Arc::new(|_| None));
        assert!(place.locate(Some("6c5516e1-92dc-479e-a8ff-5a51992e0001")).is_some());
        for name in ["", "a b", "a\n", "ü", &"a".repeat(257)] {
            assert_eq!(place.locate(Some(name)), None, "{name:?}");
        }
        assert_eq!(place.locate(None), None);
    }
}
