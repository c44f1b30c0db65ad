use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use countersign::{Provider, SecretSet, Signer};
use serde_json::{Map, Value};

use super::declaration::{self, parameter};
use super::{Optional, SecretArgs};
use crate::destination::{AllowHostArgs, Destination, ProtocolArgs};
use crate::error::CliError;

/// The provider that a command sends as, the receiver, and the secret.
#[derive(Args)]
pub(crate) struct SenderArgs {
    /// A declaration of your own, in TOML or JSON, instead of PROVIDER
    #[arg(long, value_name = "FILE")]
    scheme: Option<PathBuf>,
    /// A parameter that the declaration leaves open, for example `webhook_id=…` for PayPal; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    #[command(flatten)]
    secrets: SecretArgs<Optional>,
    /// The receiver
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    #[command(flatten)]
    allowed: AllowHostArgs,
    #[command(flatten)]
    protocol: ProtocolArgs,
    /// The public URL of the receiver, for providers that sign it [default: that of --to]
    #[arg(long)]
    url: Option<String>,
    /// The body: JSON, or a form. Id, type and timestamp in it are replaced [default: sample data]
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// A value in the body: data.total=12.50, /data/total=12.50; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment)]
    values: Vec<(String, Value)>,
    /// Wait for a response this long [default: the provider's limit, or 15s]
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    timeout: Option<Duration>,
}

impl SenderArgs {
    /// Loads the declaration: that of the catalogue with this slug, or that of `--scheme`.
    pub(crate) fn provider(&self, slug: Option<&str>) -> Result<Cow<'static, Provider>, CliError> {
        match (slug, &self.scheme) {
            (Some(_), Some(_)) => Err(CliError::Usage("give a provider or --scheme, not both".to_owned())),
            (slug, path) => declaration::load(slug, path.as_deref(), &self.parameters),
        }
    }

    pub(crate) fn signer(&self, provider: &Provider) -> Result<Signer, CliError> {
        Signer::new(provider.clone(), self.secrets.load()?).map_err(CliError::config("cannot sign"))
    }

    pub(crate) fn secrets(&self) -> Result<SecretSet, CliError> {
        self.secrets.load()
    }

    pub(crate) fn destination(&self) -> Result<Destination, CliError> {
        let to = self
            .to
            .as_deref()
            .ok_or_else(|| CliError::Usage("give --to, the URL of the receiver".to_owned()))?;
        self.resolve(to)
    }

    /// Returns another receiver that the options allow.
    pub(crate) fn resolve(&self, url: &str) -> Result<Destination, CliError> {
        Ok(Destination::resolve(url, &self.allowed)?.over(self.protocol))
    }

    /// Returns the URL that is signed.
    pub(crate) fn signed_url(&self, destination: &Destination) -> String {
        self.url.clone().unwrap_or_else(|| destination.to_string())
    }

    /// Returns whether there is a receiver.
    pub(crate) const fn has_receiver(&self) -> bool {
        self.to.is_some()
    }

    /// Reads the body that was given.
    pub(crate) fn body(&self) -> Result<Option<Value>, CliError> {
        self.body.as_deref().map(read_body).transpose()
    }

    pub(crate) fn values(&self) -> &[(String, Value)] {
        &self.values
    }

    /// Returns the time within which the receiver must respond.
    pub(crate) fn timeout(&self, provider: &Provider) -> Duration {
        let declared = provider.retries.and_then(|retries| retries.ack_secs).map(Duration::from_secs);
        self.timeout.or(declared).unwrap_or(DEFAULT_TIMEOUT)
    }

    /// Returns the time within which the receiver must respond, if it was given.
    pub(crate) const fn given_timeout(&self) -> Option<Duration> {
        self.timeout
    }
}

/// Reads a JSON document, or the fields of a form.
fn read_body(path: &Path) -> Result<Value, CliError> {
    let bytes = fs::read(path).map_err(CliError::unreadable(path))?;
    if let Ok(document) = serde_json::from_slice(&bytes) {
        return Ok(document);
    }
    let fields: Map<_, _> = form_urlencoded::parse(bytes.trim_ascii())
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect();
    if !bytes.contains(&b'=') || bytes.starts_with(b"{") || fields.is_empty() {
        let path = path.display();
        return Err(CliError::Usage(format!("--body {path}: neither JSON nor a form")));
    }
    Ok(Value::Object(fields))
}

/// Parses a name and a value.
pub(crate) fn label(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Parses a place and its value: JSON, or text if it is none.
pub(crate) fn assignment(text: &str) -> Result<(String, Value), &'static str> {
    let (at, value) = text.split_once('=').ok_or("expected PATH=VALUE")?;
    if at.is_empty() {
        return Err("the path before `=` is empty");
    }
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
    Ok((at.to_owned(), value))
}

/// The limit of Svix.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_json_or_text() {
        for (text, at, value) in [
            ("data.total=12.5", "data.total", json!(12.5)),
            ("/data/paid=true", "/data/paid", json!(true)),
            ("a=", "a", json!("")),
            ("a=b=c", "a", json!("b=c")),
            ("a=\"5\"", "a", json!("5")),
            ("a={\"b\":[1]}", "a", json!({ "b": [1] })),
        ] {
            assert_eq!(assignment(text), Ok((at.to_owned(), value)), "{text}");
        }
        assert!(assignment("total").is_err() && assignment("=1").is_err());
    }
}
