use countersign::{ConfigError, Secret};
use countersign_console::Refusal;
use http::HeaderName;
use http::request::Parts;
use subtle::ConstantTimeEq;

/// The proxy in front of the page. Its headers count only with its secret: whatever else reaches the listener, such as another program
/// on this machine, is refused.
pub(crate) struct Proxy(Secret);

impl Proxy {
    /// Creates a proxy with a secret that only it and this program have.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the secret has less than 32 bytes, and could be guessed.
    pub(crate) fn new(secret: Secret) -> Result<Self, ConfigError> {
        if secret.expose_secret().len() < LEAST_SECRET {
            let problem = format!("needs {LEAST_SECRET} bytes: make one with `openssl rand -hex 32`");
            return Err(ConfigError::new("CONSOLE_PROXY_SECRET", problem));
        }
        Ok(Self(secret))
    }

    /// Checks that a request comes from the proxy, which has received it over TLS.
    pub(crate) fn expect(&self, head: &Parts) -> Result<(), Refusal> {
        let given = single(head, &SECRET).unwrap_or_default();
        let is_proxy = bool::from(given.as_bytes().ct_eq(self.0.expose_secret().as_bytes()));
        if is_proxy && single(head, &PROTO) == Some("https") {
            return Ok(());
        }
        Err(Refusal::forbidden().with_text("Use the address of the proxy, with https.\n"))
    }
}

/// Returns the value of a header. `None` if there are several: one of them may be of the browser.
pub(crate) fn single<'h>(head: &'h Parts, name: &HeaderName) -> Option<&'h str> {
    let mut values = head.headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then_some(value)?.to_str().ok()
}

const LEAST_SECRET: usize = 32;
const SECRET: HeaderName = HeaderName::from_static("x-proxy-secret");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
