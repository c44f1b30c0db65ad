use std::fmt;
use std::sync::Arc;

use countersign::{ConfigError, Provider, SecretSet, Signer, UnixTime};
use reqwest::Url;

use super::Message;

/// An endpoint, and the events that it is to receive.
#[derive(Clone)]
#[must_use]
pub struct ProviderSubscription {
    pub(super) url: String,
    pub(super) signed_url: Option<String>,
    secrets: Option<SecretSet>,
    events: Vec<String>,
    labels: Vec<(String, String)>,
    /// The values that the provider selects by default, of events that have such a value. `None` selects by none.
    defaults: Option<Vec<(String, String)>>,
    pub(super) operational: bool,
}

/// A subscription with the signer of its secret, and the state of its endpoint.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) id: String,
    pub(super) url: Url,
    pub(super) signed_url: String,
    pub(super) signer: Option<Arc<Signer>>,
    pub(super) subscription: ProviderSubscription,
    pub(super) created_at: UnixTime,
    /// The first failure since the last success.
    pub(super) failing_since: Option<UnixTime>,
    pub(super) is_disabled: bool,
    pub(super) in_flight: usize,
    pub(super) last: Option<(UnixTime, bool)>,
}

impl ProviderSubscription {
    /// Creates a subscription to all events, signed with this secret.
    pub fn new(url: impl Into<String>, secrets: impl Into<SecretSet>) -> Self {
        Self { secrets: Some(secrets.into()), ..Self::insecure_unsigned(url) }
    }

    /// Creates a subscription whose deliveries are not signed, as a provider sends them if no secret was given.
    pub fn insecure_unsigned(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            signed_url: None,
            secrets: None,
            events: Vec::new(),
            labels: Vec::new(),
            defaults: Some(Vec::new()),
            operational: false,
        }
    }

    /// Selects events by their types: `audit.completed`, `audit.*`, or `*` for all.
    pub fn with_events<T: Into<String>>(self, types: impl IntoIterator<Item = T>) -> Self {
        Self { events: types.into_iter().map(Into::into).collect(), ..self }
    }

    /// Selects events whose body has this top-level value, or that have this label: `environment`, `event_version`, `partner`.
    pub fn only(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }

    /// Receives events whatever the provider selects by default, for example all versions of the events of
    /// [`PrintPrice`](super::PrintPrice).
    pub fn without_defaults(self) -> Self {
        Self { defaults: None, ..self }
    }

    /// Sets the public URL, for providers that sign it.
    pub fn with_signed_url(self, url: impl Into<String>) -> Self {
        Self { signed_url: Some(url.into()), ..self }
    }

    /// Receives the provider's operational events, for example that an endpoint was disabled, and nothing else.
    pub fn operational(self) -> Self {
        Self { operational: true, ..self }
    }

    /// Selects by a value that the provider selects by default, unless this one selects by it, or by no default.
    pub(super) fn or_default(mut self, name: &str, value: &str) -> Self {
        let is_chosen = self.labels.iter().any(|(other, _)| other == name);
        if let Some(defaults) = self.defaults.as_mut().filter(|_| !is_chosen) {
            defaults.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Returns the values that the provider selects by default.
    pub(super) fn defaults(&self) -> &[(String, String)] {
        self.defaults.as_deref().unwrap_or_default()
    }

    pub(super) fn event_types(&self) -> &[String] {
        &self.events
    }

    pub(super) fn selects(&self, message: &Message) -> bool {
        let is_type =
            self.events.is_empty() || self.events.iter().any(|glob| matches(glob, &message.event_type));
        let has = |label: &(String, String)| message.labels.contains(label);
        let lacks = |name: &str| message.labels.iter().all(|(other, _)| other != name);
        let is_default = self.defaults().iter().all(|label| has(label) || lacks(&label.0));
        !self.operational && is_type && self.labels.iter().all(has) && is_default
    }

    pub(super) fn signer(&self, provider: &Provider) -> Result<Option<Arc<Signer>>, ConfigError> {
        let signer = |secrets: &SecretSet| Signer::new(provider.clone(), secrets.clone()).map(Arc::new);
        self.secrets.as_ref().map(signer).transpose()
    }
}

impl fmt::Debug for ProviderSubscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderSubscription")
            .field("url", &self.url)
            .field("is_signed", &self.secrets.is_some())
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

/// Returns whether a type fits: exactly, or by its beginning before a final `*`.
fn matches(glob: &str, event_type: &str) -> bool {
    match glob.strip_suffix('*') {
        Some(start) => event_type.starts_with(start),
        None => glob == event_type,
    }
}
