use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countersign::{Clock, SystemClock};
use http::{HeaderMap, HeaderName, HeaderValue, Request};

use crate::cache::Entries;
use crate::client::HttpClient;
use crate::error::BuildError;
use crate::format::KeySetFormat;
use crate::pins::Pins;
use crate::place::{MakeRequest, Place};
use crate::source::{HttpKeys, Options};
use crate::transport::Transport;

/// Builds [`HttpKeys`].
#[must_use]
pub struct HttpKeysBuilder {
    publisher: Publisher,
    format: KeySetFormat,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    headers: HeaderMap,
    timeout: Duration,
    body_limit: usize,
    stale_for: Duration,
    capacity: usize,
    known: Vec<String>,
}

/// The publisher of the keys.
enum Publisher {
    Url(String),
    Pins(Pins),
    PerKey(Arc<MakeRequest>),
}

impl HttpKeys {
    /// Creates a source with a JSON Web Key Set at one address. A request that names a key gets that one; one that
    /// names none gets all.
    ///
    /// A name that is not in the set causes a new fetch, at most once a minute, because the key may be new.
    pub fn jwks(url: impl Into<String>) -> HttpKeysBuilder {
        Self::published(url, KeySetFormat::jwks())
    }

    /// Creates a source with a public key or a certificate in PEM at one address, whatever key a request names.
    pub fn pem(url: impl Into<String>) -> HttpKeysBuilder {
        Self::published(url, KeySetFormat::pem())
    }

    /// Creates a source with keys in another format at one address.
    pub fn published(url: impl Into<String>, format: KeySetFormat) -> HttpKeysBuilder {
        HttpKeysBuilder::new(Publisher::Url(url.into()), format)
    }

    /// Creates a source with keys and certificates in PEM, each at an address that the request gives. Only addresses
    /// that match the pins are fetched.
    ///
    /// Trust is based on the pinned host, authenticated by its TLS certificate. The fetched certificate is checked
    /// for its validity and its subject, but not for its chain: an attacker who could put a forged one on that host
    /// could put a public key there as well.
    pub fn certificates(pins: Pins) -> HttpKeysBuilder {
        HttpKeysBuilder::new(Publisher::Pins(pins), KeySetFormat::pem())
    }

    /// Creates a source with keys that are requested by name, optionally with credentials. `request` returns `None`
    /// if there is no key of this name.
    ///
    /// The name comes from the sender: visible ASCII, at most 256 bytes. Escape it for its use in the request.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use countersign_keys::{KeySetFormat, HttpKeys};
    /// use http::Request;
    ///
    /// // eBay: a PEM inside JSON, for holders of an application token. The token comes from your own storage.
    /// let token = || "v^1.1#i^1";
    /// let keys = HttpKeys::per_key(KeySetFormat::pem().at("/key"), move |name| {
    ///     let is_id = name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    ///     let url = format!("https://api.ebay.com/commerce/notification/v1/public_key/{name}");
    ///     let request = Request::get(url).header("authorization", format!("Bearer {}", token()));
    ///     is_id.then(|| request.body(Bytes::new()).ok())?
    /// })
    /// .build()?;
    /// # Ok::<(), countersign_keys::BuildError>(())
    /// ```
    pub fn per_key(
        format: KeySetFormat,
        request: impl Fn(&str) -> Option<Request<Bytes>> + Send + Sync + 'static,
    ) -> HttpKeysBuilder {
        HttpKeysBuilder::new(Publisher::PerKey(Arc::new(request)), format)
    }
}

impl HttpKeysBuilder {
    fn new(publisher: Publisher, format: KeySetFormat) -> Self {
        Self {
            publisher,
            format,
            transport: None,
            clock: Arc::new(SystemClock),
            headers: HeaderMap::new(),
            timeout: Duration::from_secs(5),
            body_limit: 256 << 10,
            stale_for: Duration::from_secs(24 * 60 * 60),
            capacity: 64,
            known: Vec::new(),
        }
    }

    /// Sets the client: a shared one, or your own. The default is an [`HttpClient`] for this source alone.
    pub fn with_transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Sets the clock, for tests.
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Adds a header to each request for keys, for example credentials. It is marked as sensitive.
    pub fn with_header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self
    }

    /// Sets the timeout of a fetch, from the connection to the last byte. The default is 5 s: providers time out
    /// after 5 to 30 s, and the sender waits for the first fetch.
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the limit on a response, in bytes. The default is 256 KiB; the largest known sets have 20.
    pub const fn with_body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sets how long stale keys are used while a refresh is tried in the background. The default is a day, so that
    /// an outage of the publisher of that length loses no delivery. A withdrawn key may be used for as long.
    pub const fn with_stale_for(mut self, time: Duration) -> Self {
        self.stale_for = time;
        self
    }

    /// Sets how many addresses or names that requests give are cached; the least recently used one is evicted. The
    /// default is 64. As many without keys are cached separately, so that they do not evict addresses in use.
    pub const fn with_capacity(mut self, addresses: usize) -> Self {
        self.capacity = addresses;
        self
    }

    /// Adds names or addresses that deliveries are known to give, for example those in use today. They have separate
    /// places, and are fetched even while other senders name unknown ones. [`HttpKeys::prefetch`] fetches them
    /// before the first delivery. Other names become known once keys were fetched for them; before that they compete
    /// with names that attackers invent.
    ///
    /// ```
    /// use countersign_keys::HttpKeys;
    ///
    /// let certificate = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-9c6465fa.pem";
    /// let keys = HttpKeys::aws_sns().with_known([certificate]).build()?;
    /// # Ok::<(), countersign_keys::BuildError>(())
    /// ```
    pub fn with_known<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.known.extend(names.into_iter().map(Into::into));
        self
    }

    /// Builds the source.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the address is not HTTPS, a pin restricts nothing, a known name may not be fetched, or this
    /// system cannot create an HTTPS client.
    pub fn build(self) -> Result<HttpKeys, BuildError> {
        let (place, subjects) = match self.publisher {
            Publisher::Url(url) => (Place::fixed(&url)?, Vec::new()),
            Publisher::Pins(pins) => {
                let (pins, subjects) = pins.compile()?;
                (Place::Pinned(pins), subjects)
            }
            Publisher::PerKey(request) => (Place::PerKey(request), Vec::new()),
        };
        let known = self.known.iter().map(|name| {
            let problem = || BuildError::new("known", format!("`{name}` is not a URL that may be fetched"));
            place.locate(Some(name)).ok_or_else(problem)
        });
        let known = known.collect::<Result<_, _>>()?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpClient::new()?),
        };
        Ok(HttpKeys::new(Options {
            place,
            format: self.format,
            subjects,
            transport,
            clock: self.clock,
            headers: self.headers,
            timeout: self.timeout,
            body_limit: self.body_limit,
            entries: Entries::new(self.capacity, self.stale_for, known).into(),
        }))
    }
}

impl fmt::Debug for HttpKeysBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpKeysBuilder").field("format", &self.format).finish_non_exhaustive()
    }
}
