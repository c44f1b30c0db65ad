//! Checks an endpoint, and creates its acceptor and its sources, when the inbox starts.

use std::collections::HashSet;
use std::sync::Arc;

use countersign::ConfigError;

use super::endpoint::Endpoint;
use super::handlers::Handlers;
use super::subscription::Subscription;
use crate::acceptor::{Acceptor, FanOut};
use crate::identity::IdentityPolicy;
use crate::inbox_store::InboxStore;
use crate::recorder::Recorder;
use crate::store::Durability;

impl Endpoint {
    /// Creates the acceptor after checking that the receiver is complete and the store suitable.
    pub(crate) fn acceptor(
        &self,
        store: &Arc<dyn InboxStore>,
        durability: Durability,
        recorder: &Arc<Recorder>,
    ) -> Result<Acceptor, ConfigError> {
        self.receiver.check()?;
        if self.receiver.observes_only() {
            let problem = "only observes, and an inbox stores what verifies: remove `insecure_observe_only`";
            return Err(ConfigError::new(format!("endpoint.{}.receiver", self.name()), problem));
        }
        let mut fan_out = FanOut::new(&self.identity, self.selection.clone(), self.ordering_key.clone());
        for subscription in &self.subscriptions {
            fan_out.add_subscription(
                subscribed(&self.identity, &subscription.name),
                subscription.selection.clone(),
                subscription.ordering_key.as_ref().or(self.ordering_key.as_ref()).cloned(),
            );
        }
        self.accept.acceptor(store, &self.receiver, fan_out, durability, recorder)
    }

    /// Returns an endpoint for each name under which events are stored: this one, or one for each subscription.
    pub(crate) fn into_sources(self) -> Vec<Self> {
        if self.subscriptions.is_empty() {
            return vec![self];
        }
        let Self { identity, receiver, subscriptions, .. } = self;
        let source = |Subscription { name, handlers, selection, .. }: Subscription| Self {
            identity: subscribed(&identity, &name),
            selection,
            handlers,
            ..Self::new("", receiver.clone())
        };
        subscriptions.into_iter().map(source).collect()
    }

    /// Returns the names under which its events are stored.
    pub(crate) fn source_names(&self) -> Vec<String> {
        if self.subscriptions.is_empty() {
            return vec![self.name().to_owned()];
        }
        let name = |subscription: &Subscription| format!("{}/{}", self.name(), subscription.name);
        self.subscriptions.iter().map(name).collect()
    }

    /// Checks names and selections, as far as no other endpoint and no store is concerned.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.name().is_empty() {
            return Err(ConfigError::new(
                "endpoint",
                "an endpoint has a name, which identifies its events in the store",
            ));
        }
        let provider = self.receiver.declaration();
        self.selection.check(&format!("endpoint.{}", self.name()), provider)?;
        if let Some(key) = &self.ordering_key {
            key.check(self.name())?;
        }
        let mut names = HashSet::new();
        for Subscription { name, selection, ordering_key, .. } in &self.subscriptions {
            if name.is_empty() || name.contains('/') || !names.insert(name) {
                let problem = format!(
                    "the name `{name}` of a subscription is empty, has a `/`, or is that of another one: it follows the \
                     name of the endpoint and a `/`"
                );
                return Err(ConfigError::new(format!("endpoint.{}.subscription", self.name()), problem));
            }
            selection.check(&format!("endpoint.{}/{name}", self.name()), provider)?;
            if let Some(key) = ordering_key {
                key.check(&format!("{}/{name}", self.name()))?;
            }
        }
        if !self.subscriptions.is_empty() && !self.handlers.is_default() {
            let problem = "has subscriptions, and handlers of its own, or options of handlers such as `with_concurrency`: \
                           move them into subscriptions";
            return Err(ConfigError::new(format!("endpoint.{}", self.name()), problem));
        }
        Ok(())
    }

    /// Checks that the endpoint can handle events.
    pub(crate) fn check_handlers(&self) -> Result<(), ConfigError> {
        let provider = self.receiver.declaration();
        if self.subscriptions.is_empty() {
            return self.handlers.check(self.name(), provider, &self.selection);
        }
        for (name, subscription) in self.source_names().iter().zip(&self.subscriptions) {
            subscription.handlers.check(name, provider, &subscription.selection)?;
        }
        let handlers = self.subscriptions.iter().map(|subscription| &subscription.handlers);
        Handlers::check_types(handlers, self.name(), &self.selection)
    }
}

/// Returns the identities of the events of a subscription.
fn subscribed(endpoint: &IdentityPolicy, subscription: &str) -> IdentityPolicy {
    let name = format!("{}/{subscription}", endpoint.name());
    endpoint.clone().with_name(name)
}
