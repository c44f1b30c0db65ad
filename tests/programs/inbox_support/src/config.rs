use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use countersign::Provider;
use countersign::receiver::Receiver;

use crate::provider::{provider, receiver, secret_name, variable};
use crate::store::StoreUrl;

/// Configuration from environment variables.
///
/// | Variable | Meaning |
/// |---|---|
/// | `ADDR` | the address to listen on; default `127.0.0.1:3000` |
/// | `PROVIDER` | the slug of the provider; default `proxiant` |
/// | `PROXIANT_SECRET`, `STRIPE_SECRET` and so on | the secret of the endpoint, under the slug of its provider |
/// | `PROXIANT_SECRET_PREVIOUS` and so on | the previous secret, during a rotation |
/// | `PAYPAL_WEBHOOK_ID`, `AWS_SNS_TOPICS` and so on | parameters of the declaration, if it has any |
/// | `META_VERIFY_TOKEN` and so on | the token that the provider sends in its handshake, if it sends one |
/// | `PUBLIC_URL` | the public origin, for providers that sign the URL: `https://hooks.example.com` |
/// | `STORE` | `sqlite:PATH`, or a URL `postgres://…` |
/// | `EFFECTS` | the file that handlers append to |
/// | `LEASE_MS` | the time for which a crashed worker keeps its events from others; default 60,000 |
/// | `MAX_ATTEMPTS` | the number of attempts after which an event is a dead letter; default 12 |
/// | `BACKOFF_MS` | the longest pause after the first failure; default 5,000. 0 is treated as 1, so that a worker does not spin |
/// | `HANDLER_MS` | for tests: the duration of a handler; default 0 |
/// | `FAIL_FIRST` | for tests: the number of attempts of each event that fail; default 0 |
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on.
    pub addr: String,
    /// The declaration of the provider.
    pub provider: &'static Provider,
    /// The receiver, which verifies a request on arrival and again before it is handled.
    pub receiver: Receiver,
    /// The store of the events.
    pub store: StoreUrl,
    /// The file that handlers append to.
    pub effects: PathBuf,
    /// The lifetime of a lease without a renewal.
    pub lease: Duration,
    /// The number of attempts after which an event is a dead letter.
    pub max_attempts: u32,
    /// The base of the backoff.
    pub backoff: Duration,
    /// The duration of a handler.
    pub handler: Duration,
    /// The number of attempts of each event that fail.
    pub fail_first: u32,
}

impl Config {
    /// Returns the name of the endpoint, which is part of the key of its events. It must stay the same for as long as
    /// ids are remembered.
    #[must_use]
    pub fn endpoint(&self) -> &'static str {
        &self.provider.slug
    }

    /// Returns the path of the endpoint.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/webhooks/{}", self.provider.slug)
    }

    /// Reads the environment.
    ///
    /// # Errors
    ///
    /// The invalid variable, and the defect.
    pub fn from_env() -> Result<Self, String> {
        let provider = provider()?;
        Ok(Self {
            provider,
            receiver: receiver(provider, required(&secret_name(provider))?)?,
            addr: variable("ADDR")?.unwrap_or_else(|| "127.0.0.1:3000".to_owned()),
            store: required("STORE")?.parse().map_err(|error| format!("STORE: {error}"))?,
            effects: required("EFFECTS")?.into(),
            lease: Duration::from_millis(number("LEASE_MS", 60_000)?),
            max_attempts: number("MAX_ATTEMPTS", 12)?,
            backoff: Duration::from_millis(number("BACKOFF_MS", 5_000_u64)?.max(1)),
            handler: Duration::from_millis(number("HANDLER_MS", 0)?),
            fail_first: number("FAIL_FIRST", 0)?,
        })
    }
}

fn required(name: &str) -> Result<String, String> {
    variable(name)?.ok_or_else(|| format!("{name} is not set"))
}

fn number<N: FromStr>(name: &str, default: N) -> Result<N, String> {
    let Some(text) = variable(name)? else { return Ok(default) };
    text.parse().map_err(|_| format!("{name}: `{text}` is no number from 0 on"))
}
