//! Configuration from environment variables. `example-actix` has this file, too.
//!
//! | Variable | Meaning |
//! |---|---|
//! | `ADDR` | the address to listen on; default `127.0.0.1:3000` with axum, and `127.0.0.1:3001` with actix-web |
//! | `PREFLIX_SECRET`, `GITHUB_SHA256_SECRET` and so on | the secret of the provider with this slug |
//! | `PREFLIX_SECRET_PREVIOUS` and so on | the previous secret, during a rotation |
//! | `META_VERIFY_TOKEN` and so on | the token that the provider sends in its handshake |
//! | `PAYPAL_WEBHOOK_ID`, `AWS_SNS_TOPICS` and so on | parameters of the declaration, if it has any |
//! | `PUBLIC_URL` | the public origin, for providers that sign the URL: `https://hooks.example.com` |
//! | `DEMO=1` | uses demonstration secrets, which are printed at start-up |

use std::borrow::Cow;
use std::env::{self, VarError};

use countersign::receiver::{Budget, HandshakePolicy, PublicUrl, Receiver};
use countersign::{ConfigError, Provider, Secret, SecretSet, Verifier, providers};

pub(crate) struct Config {
    pub(crate) addr: String,
    /// One receiver for each provider with a secret.
    pub(crate) receivers: Vec<Receiver>,
}

impl Config {
    /// Reads the environment. The address is `addr` without `ADDR`. An error names the invalid variable.
    pub(crate) fn from_env(addr: &str) -> Result<Self, String> {
        let addr = variable("ADDR")?.unwrap_or_else(|| addr.to_owned());
        let public_url = variable("PUBLIC_URL")?.map(PublicUrl::origin).transpose();
        let public_url = public_url.map_err(|error| format!("PUBLIC_URL: {error}"))?;
        let demo = variable("DEMO")?.is_some_and(|demo| demo == "1");
        // Shared by all providers, to limit their memory together.
        let budget = Budget::default();
        let mut receivers = Vec::new();
        for provider in providers::all() {
            let name = format!("{}_SECRET", provider.slug.to_uppercase().replace('-', "_"));
            let Some(text) = secret(&name, provider, demo)? else { continue };
            let Some(provider) = complete(provider)? else { continue };
            let verifier = verifier(&name, provider, text)?;
            let mut builder =
                Receiver::builder(verifier).with_budget(budget.clone()).with_handshakes(handshakes(&name)?);
            if let Some(url) = &public_url {
                builder = builder.with_public_url(url.clone());
            }
            match builder.build() {
                Ok(receiver) => receivers.push(receiver),
                // An error that would surface with the first delivery, of this provider only.
                Err(error) => tracing::warn!("{}: it is not served", mistake(&name, &error)),
            }
        }
        Ok(Self { addr, receivers })
    }
}

/// Returns the error with the variable that cures it.
fn mistake(name: &str, error: &ConfigError) -> String {
    let variable = match error.field() {
        "public_url" => "PUBLIC_URL".to_owned(),
        _ => name.replace("_SECRET", "_VERIFY_TOKEN"),
    };
    format!("{variable} (with {name}): {error}")
}

/// Sets the parameters of the declaration, for example the account. Returns `None` if one is missing.
fn complete(provider: &'static Provider) -> Result<Option<Cow<'static, Provider>>, String> {
    let mut complete = Cow::Borrowed(provider);
    for parameter in provider.open_parameters() {
        let name = format!("{}_{parameter}", provider.slug).to_uppercase().replace('-', "_");
        let Some(value) = variable(&name)? else {
            tracing::warn!("{name} is not set: /webhooks/{} is not served", provider.slug);
            return Ok(None);
        };
        complete = Cow::Owned(complete.into_owned().with_parameter(&parameter, &value));
    }
    Ok(Some(complete))
}

/// Returns the secret, which is required for the four founding providers only.
fn secret(name: &str, provider: &Provider, demo: bool) -> Result<Option<String>, String> {
    let founding = DEMO_SECRETS.iter().find(|(slug, _)| *slug == provider.slug);
    match (variable(name)?, founding) {
        (None, Some((_, text))) if demo => {
            eprintln!("DEMO: {name}={text}");
            Ok(Some((*text).to_owned()))
        }
        (None, Some(_)) => Err(format!("{name} is not set (DEMO=1 takes a secret for demonstrations)")),
        (text, _) => Ok(text),
    }
}

/// Returns the policy with the token of the provider's handshake, if it has one.
fn handshakes(name: &str) -> Result<HandshakePolicy, String> {
    let name = name.replace("_SECRET", "_VERIFY_TOKEN");
    let Some(text) = variable(&name)? else { return Ok(HandshakePolicy::new()) };
    let token = Secret::new(text).map_err(|error| format!("{name}: {error}"))?;
    Ok(HandshakePolicy::new().with_verify_token(token))
}

/// Builds the verifier. During a rotation the previous secret verifies, too.
fn verifier(name: &str, provider: Cow<'static, Provider>, text: String) -> Result<Verifier, String> {
    let secret = |name: &str, text| Secret::new(text).map_err(|error| format!("{name}: {error}"));
    let secrets = SecretSet::new(secret(name, text)?);
    let verifier = Verifier::new(provider, secrets.clone()).map_err(|error| format!("{name}: {error}"))?;
    let name = format!("{name}_PREVIOUS");
    let Some(previous) = variable(&name)? else { return Ok(verifier) };
    let secrets = secrets.with("previous", secret(&name, previous)?);
    verifier.with_secrets(&secrets).map_err(|error| format!("{name}: {error}"))
}

fn variable(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8")),
    }
}

const DEMO_SECRETS: [(&str, &str); 4] = [
    ("preflix", "preflix-demo-secret"),
    ("redpin", "whsec_cmVkcGluLWRlbW8tc2VjcmV0LTI0Ynl0ZXM="),
    ("printprice", "whsec_cHJpbnRwcmljZS1kZW1vLXNlY3JldC0yNGI="),
    ("proxiant", "whsec_proxiant-demo-secret"),
];
