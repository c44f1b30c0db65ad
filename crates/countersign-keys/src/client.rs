use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use reqwest::redirect;
use x509_cert::Certificate;

use crate::error::{BuildError, FetchError};
use crate::transport::{Transport, TransportFuture};

/// The default client: HTTPS only, without redirects, decompression or cookies. Cheap to clone, so that several
/// sources can share its connections.
///
/// It trusts the root certificates of the operating system. A proxy in the environment (`HTTPS_PROXY`) is used,
/// with TLS through it to the provider.
///
/// ```
/// use countersign_keys::{HttpClient, HttpKeys};
///
/// let client = HttpClient::builder().without_proxy().build()?;
/// let fal = HttpKeys::fal().with_transport(client.clone()).build()?;
/// let turnkey = HttpKeys::turnkey().with_transport(client).build()?;
/// # Ok::<(), countersign_keys::BuildError>(())
/// ```
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: reqwest::Client,
}

/// Builds an [`HttpClient`].
#[derive(Clone, Debug)]
#[must_use]
pub struct HttpClientBuilder {
    connect_timeout: Duration,
    root_certificates: Vec<Vec<u8>>,
    proxy: bool,
}

impl HttpClient {
    /// Creates a client with the defaults.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the system's root certificates cannot be read.
    pub fn new() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// Creates a builder, for other settings.
    pub const fn builder() -> HttpClientBuilder {
        HttpClientBuilder { connect_timeout: CONNECT_TIMEOUT, root_certificates: Vec::new(), proxy: true }
    }
}

impl HttpClientBuilder {
    /// Sets the timeout of a connection, including TLS. The default is 3 s, so that a host that does not answer
    /// leaves time for a second address.
    pub const fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Adds a root certificate in PEM, or a bundle of them: for self-hosted services (FusionAuth, Lago) with a
    /// private CA.
    pub fn with_root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Disables proxies, whatever the environment contains.
    pub const fn without_proxy(mut self) -> Self {
        self.proxy = false;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if a root certificate is invalid, or the system's cannot be read.
    pub fn build(self) -> Result<HttpClient, BuildError> {
        let mut builder = reqwest::Client::builder()
            .https_only(true)
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .user_agent(USER_AGENT);
        if !self.proxy {
            builder = builder.no_proxy();
        }
        let mut roots = Vec::new();
        for pem in &self.root_certificates {
            roots.extend(certificates(pem)?);
        }
        if !roots.is_empty() {
            builder = builder.tls_certs_merge(roots);
        }
        let client = builder
            .build()
            .map_err(|error| BuildError::new("client", "cannot be made on this system").caused_by(error))?;
        Ok(HttpClient { client })
    }
}

impl Transport for HttpClient {
    fn send(&self, request: Request<Bytes>, body_limit: usize) -> TransportFuture {
        let client = self.client.clone();
        Box::pin(async move {
            let mut answer =
                client.execute(request.try_into().map_err(no_answer)?).await.map_err(no_answer)?;
            let too_large = FetchError::TooLarge { limit: body_limit };
            if answer.content_length().is_some_and(|length| length > body_limit as u64) {
                return Err(too_large);
            }
            let mut body = BytesMut::new();
            while let Some(chunk) = answer.chunk().await.map_err(no_answer)? {
                if body.len().saturating_add(chunk.len()) > body_limit {
                    return Err(too_large);
                }
                body.extend_from_slice(&chunk);
            }
            let mut response = Response::new(body.freeze());
            *response.status_mut() = answer.status();
            std::mem::swap(response.headers_mut(), answer.headers_mut());
            Ok(response)
        })
    }
}

/// Returns the certificates of a PEM file. Checked before reqwest, which treats an invalid file as empty.
fn certificates(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, BuildError> {
    let problem = || BuildError::new("root_certificate", "is not a certificate in PEM");
    let found = Certificate::load_pem_chain(pem).map_err(|error| problem().caused_by(error))?;
    let certificates =
        reqwest::Certificate::from_pem_bundle(pem).map_err(|error| problem().caused_by(error))?;
    if found.is_empty() || found.len() != certificates.len() { Err(problem()) } else { Ok(certificates) }
}

/// Omits the URL, which may contain credentials.
fn no_answer(error: reqwest::Error) -> FetchError {
    FetchError::Connection(error.without_url().into())
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const USER_AGENT: &str = concat!("countersign/", env!("CARGO_PKG_VERSION"));
