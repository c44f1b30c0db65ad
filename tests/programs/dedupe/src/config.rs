//! Configuration from environment variables.
//!
//! | Variable | Meaning |
//! |---|---|
//! | `ADDR` | the address to listen on; default `127.0.0.1:3003` |
//! | `FRAMEWORK` | `axum`, the default, or `actix` |
//! | `PROVIDER` | the slug of the provider; default `proxiant` |
//! | `PROXIANT_SECRET`, `STRIPE_SECRET` and so on | the secret of the endpoint, under the slug of its provider |
//! | `PROXIANT_SECRET_PREVIOUS` and so on | the previous secret, during a rotation |
//! | `PAYPAL_WEBHOOK_ID`, `AWS_SNS_TOPICS` and so on | parameters of the declaration, if it has any |
//! | `META_VERIFY_TOKEN` and so on | the token that the provider sends in its handshake, if it sends one |
//! | `PUBLIC_URL` | the public origin, for providers that sign the URL: `https://hooks.example.com` |
//! | `DEMO=1` | uses a demonstration secret of Proxiant, which is printed at start-up |
//! | `STORE` | the store of handled deliveries: `memory`, the default, or `sqlite:PATH`, `postgres://…`, `redis://…` |
//! | `EFFECTS` | the file to which the handler appends a JSON line on each success; default standard output |
//! | `FAIL_FIRST` | the number of attempts at each event that fail before one succeeds, counted by this process; default 0 |
//! | `HANDLER_MS` | the duration of the handler; default 0 |
//! | `LEASE_MS` | the lifetime of a claim without a renewal; default 60000 |
//! | `MAX_ATTEMPTS`, `BACKOFF_MS` | not used: in inline mode, the provider decides on retries |

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use countersign::Provider;
use countersign::receiver::Receiver;
use example_inbox_support::{provider, receiver, secret_name, variable};

use crate::handler::Behaviour;

pub(crate) struct Config {
    pub(crate) addr: String,
    pub(crate) framework: Framework,
    pub(crate) provider: &'static Provider,
    pub(crate) receiver: Receiver,
    pub(crate) store: String,
    pub(crate) effects: Option<PathBuf>,
    pub(crate) behaviour: Behaviour,
    pub(crate) lease: Duration,
}

pub(crate) enum Framework {
    Axum,
    Actix,
}

impl Config {
    /// Reads the environment. An error names the invalid variable.
    pub(crate) fn from_env() -> Result<Self, String> {
        for name in ["MAX_ATTEMPTS", "BACKOFF_MS"] {
            if variable(name)?.is_some() {
                tracing::info!(
                    "{name} has no meaning in inline mode: the provider decides when it tries again"
                );
            }
        }
        let provider = provider()?;
        Ok(Self {
            provider,
            receiver: receiver(provider, secret(&secret_name(provider))?)?,
            addr: variable("ADDR")?.unwrap_or_else(|| "127.0.0.1:3003".to_owned()),
            framework: framework()?,
            store: variable("STORE")?.unwrap_or_else(|| "memory".to_owned()),
            effects: variable("EFFECTS")?.map(PathBuf::from),
            behaviour: Behaviour {
                fail_first: number("FAIL_FIRST", 0)?,
                takes: Duration::from_millis(number("HANDLER_MS", 0)?),
            },
            lease: Duration::from_millis(number("LEASE_MS", 60_000)?),
        })
    }
}

fn framework() -> Result<Framework, String> {
    match variable("FRAMEWORK")?.as_deref() {
        None | Some("axum") => Ok(Framework::Axum),
        Some("actix") => Ok(Framework::Actix),
        Some(other) => Err(format!("FRAMEWORK={other}: it is `axum` or `actix`")),
    }
}

fn secret(name: &str) -> Result<String, String> {
    match variable(name)? {
        Some(secret) => Ok(secret),
        None if name == DEMO_NAME && variable("DEMO")?.is_some_and(|demo| demo == "1") => {
            eprintln!("DEMO: {name}={DEMO_SECRET}");
            Ok(DEMO_SECRET.to_owned())
        }
        None if name == DEMO_NAME => {
            Err(format!("{name} is not set (DEMO=1 takes a secret for demonstrations)"))
        }
        None => Err(format!("{name} is not set")),
    }
}

fn number<N: FromStr>(name: &str, default: N) -> Result<N, String> {
    let Some(text) = variable(name)? else { return Ok(default) };
    text.parse().map_err(|_| format!("{name}={text}: it is a whole number"))
}

const DEMO_NAME: &str = "PROXIANT_SECRET";
const DEMO_SECRET: &str = "whsec_proxiant-demo-secret";
