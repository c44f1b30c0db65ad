use std::env::{self, VarError};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use countersign::providers::proxiant;
use countersign::receiver::Receiver;
use countersign::{Secret, Verifier};

use crate::store::StoreUrl;

/// The environment.
///
/// | Variable | |
/// |---|---|
/// | `ADDR` | where to listen; `127.0.0.1:3000` if it is not set |
/// | `PROXIANT_SECRET` | the secret of the endpoint |
/// | `STORE` | `sqlite:PATH`, or a URL `postgres://…` |
/// | `EFFECTS` | the file that handlers append to |
/// | `LEASE_MS` | how long a worker that died keeps its events from others; 60,000 |
/// | `MAX_ATTEMPTS` | after which an event is a dead letter; 12 |
/// | `BACKOFF_MS` | up to which the first failure is followed by a pause; 5,000. 0 is 1: a worker does not spin |
/// | `HANDLER_MS` | for tests: how long a handler takes; 0 |
/// | `FAIL_FIRST` | for tests: so many attempts of each event fail; 0 |
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub addr: String,
    /// Verifies, when a request comes and again before it is handled.
    pub receiver: Receiver,
    /// Where events are kept.
    pub store: StoreUrl,
    /// What handlers write.
    pub effects: PathBuf,
    /// How long a lease lasts when it is not renewed.
    pub lease: Duration,
    /// After so many, an event is a dead letter.
    pub max_attempts: u32,
    /// The base of the backoff.
    pub backoff: Duration,
    /// How long a handler takes.
    pub handler: Duration,
    /// So many attempts of each event fail.
    pub fail_first: u32,
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    ///
    /// The variable that is at fault, and what is wrong with it.
    pub fn from_env() -> Result<Self, String> {
        let secret = required("PROXIANT_SECRET")?;
        let verifier = Secret::new(secret).and_then(|secret| Verifier::new(&proxiant::PROVIDER, secret));
        Ok(Self {
            addr: variable("ADDR")?.unwrap_or_else(|| "127.0.0.1:3000".to_owned()),
            receiver: Receiver::new(verifier.map_err(|error| format!("PROXIANT_SECRET: {error}"))?),
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

fn variable(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8")),
    }
}
