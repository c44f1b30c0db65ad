use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countersign::{Clock, SystemClock};
use http::{HeaderMap, HeaderName, HeaderValue, Request};

use crate::cache::Entries;
use crate::client::HttpClient;
use crate::error::BuildError;
use crate::format::Format;
use crate::pins::Pins;
use crate::place::{MakeRequest, Place};
use crate::source::{HttpKeys, Options};
use crate::transport::Transport;

/// Builds [`HttpKeys`].
#[must_use]
pub struct HttpKeysBuilder {
    publisher: Publisher,
    format: Format,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    headers: HeaderMap,
    timeout: Duration,
    body_limit: usize,
    stale_for: Duration,
    capacity: usize,
    known: Vec<String>,
}

/// What it is built from.
enum Publisher {
    Url(String),
    Pins(Pins),
    PerKey(Arc<MakeRequest>),
}

impl HttpKeys {
    /// A JSON Web Key Set at one address. A request that names a key gets that one; one that names none gets all.
    ///
    /// A name that is not in the set makes it be fetched again, once a minute at most, because it may be new.
    pub fn jwks(url: impl Into<String>) -> HttpKeysBuilder {
        Self::published(url, Format::jwks())
    }

    /// A public key or a certificate in PEM at one address, whatever key a request names.
    pub fn pem(url: impl Into<String>) -> HttpKeysBuilder {
        Self::published(url, Format::pem())
    }

    /// Keys in another format at one address.
    pub fn published(url: impl Into<String>, format: Format) -> HttpKeysBuilder {
        HttpKeysBuilder::new(Publisher::Url(url.into()), format)
    }

    /// Keys and certificates in PEM, each at an address that the request gives: fetched only where it fits the pins.
    ///
    /// What is trusted is the pinned host, by the certificate that it shows in TLS. The fetched certificate is checked
    /// for its validity and its subject; its chain is not, because whoever could put a forged one on that host could
    /// put a public key of his own there as well.
    pub fn certificates(pins: Pins) -> HttpKeysBuilder {
        HttpKeysBuilder::new(Publisher::Pins(pins), Format::pem())
    }

    /// Keys that are asked for by name, with credentials or without. `None`: there is no key of this name.
    ///
    /// The name is the sender's claim: visible ASCII, 256 bytes at most. What it is put into must be escaped.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use countersign_keys::{Format, HttpKeys};
    /// use http::Request;
    ///
    /// // eBay: a PEM within JSON, for those who have an application token. Where do you keep it?
    /// let token = || "v^1.1#i^1";
    /// let keys = HttpKeys::per_key(Format::pem().at("/key"), move |name| {
    ///     let is_id = name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    ///     let url = format!("https://api.ebay.com/commerce/notification/v1/public_key/{name}");
    ///     let request = Request::get(url).header("authorization", format!("Bearer {}", token()));
    ///     is_id.then(|| request.body(Bytes::new()).ok())?
    /// })
    /// .build()?;
    /// # Ok::<(), countersign_keys::BuildError>(())
    /// ```
    pub fn per_key(
        format: Format,
        request: impl Fn(&str) -> Option<Request<Bytes>> + Send + Sync + 'static,
    ) -> HttpKeysBuilder {
        HttpKeysBuilder::new(Publisher::PerKey(Arc::new(request)), format)
    }
}

impl HttpKeysBuilder {
    fn new(publisher: Publisher, format: Format) -> Self {
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

    /// Another client: one that is shared, or one of your own. The default is an [`HttpClient`] for this source alone.
    pub fn with_transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Another clock, for tests.
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// A header of each request for keys: credentials, where a provider wants them. It is marked as sensitive.
    pub fn with_header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self
    }

    /// Another limit on the time of a fetch, from the connection to the last byte. The default is 5 s: providers give up
    /// on a delivery after 5 to 30 s, and the sender waits for the first fetch.
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Another limit on an answer, in bytes. The default is 256 KiB; the largest sets that are known have 20.
    pub const fn with_body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// For how long keys that are no longer fresh are used, while a refresh is tried in the background. The default is a
    /// day: a publisher that is down for so long costs no delivery. So long may a withdrawn key be used, too.
    pub const fn with_stale_for(mut self, time: Duration) -> Self {
        self.stale_for = time;
        self
    }

    /// How many addresses, or names, are kept where requests give them: the least recently used leaves. The default is
    /// 64. As many that hold nothing are remembered apart, so that they push out nothing that is used.
    pub const fn with_capacity(mut self, addresses: usize) -> Self {
        self.capacity = addresses;
        self
    }

    /// Names or addresses that deliveries are known to give, for instance those in use today. They have places of their
    /// own, and are fetched even while strangers name others. [`HttpKeys::prefetch`] fetches them before the first
    /// delivery. Other names are known as soon as keys were fetched for them once. Before that they compete with the
    /// names that strangers invent.
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

    /// The source.
    ///
    /// # Errors
    ///
    /// [`BuildError`] when the address is not HTTPS, when a pin pins nothing, when a known name may not be fetched, or
    /// when this system can make no HTTPS client.
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
            let problem = || BuildError::new("known", format!("`{name}` is none that may be fetched"));
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
