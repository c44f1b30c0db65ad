use std::sync::Arc;

use countersign::Delivery;

use super::telemetry::Telemetry;
use crate::identity::{Identity, IdentityPolicy};
use crate::selection::{OrderingKey, Selection};

/// Decides under which names a delivery is stored: that of the endpoint, or those of its subscriptions.
#[derive(Debug)]
pub(crate) struct FanOut {
    endpoint: IdentityPolicy,
    /// The rules for all.
    selection: Selection,
    /// Empty if the endpoint has no subscriptions.
    subscriptions: Vec<Arc<Target>>,
    whole: Arc<Target>,
}

/// A name under which deliveries are stored.
#[derive(Debug)]
pub(super) struct Target {
    identity: IdentityPolicy,
    selection: Selection,
    ordering_key: Option<OrderingKey>,
    pub(super) telemetry: Telemetry,
}

impl FanOut {
    pub(crate) fn new(
        endpoint: &IdentityPolicy,
        selection: Selection,
        ordering_key: Option<OrderingKey>,
    ) -> Self {
        let whole = Arc::new(Target::new(endpoint.clone(), Selection::default(), ordering_key));
        Self { endpoint: endpoint.clone(), selection, subscriptions: Vec::new(), whole }
    }

    pub(crate) fn add_subscription(
        &mut self,
        identity: IdentityPolicy,
        selection: Selection,
        ordering_key: Option<OrderingKey>,
    ) {
        self.subscriptions.push(Arc::new(Target::new(identity, selection, ordering_key)));
    }

    /// Returns the identities of the endpoint's own events.
    pub(super) const fn endpoint(&self) -> &IdentityPolicy {
        &self.endpoint
    }

    /// Returns the names under which a delivery is stored, with its identity for each; there may be none. `left_out` is called
    /// with each name for which a rule leaves it out, and the rule.
    pub(super) fn admit(
        &self,
        delivery: &Delivery,
        left_out: impl Fn(&Target, &Arc<str>),
    ) -> Vec<(Arc<Target>, Identity)> {
        if let Err(rule) =
            self.selection.admits(delivery, || self.endpoint.identify_or_random(delivery).key())
        {
            left_out(&self.whole, &rule);
            return Vec::new();
        }
        if self.subscriptions.is_empty() {
            return vec![(Arc::clone(&self.whole), self.endpoint.identify_or_random(delivery))];
        }
        let admitted = self.subscriptions.iter().filter_map(|target| {
            let identity = target.identity.identify_or_random(delivery);
            match target.selection.admits(delivery, || identity.key()) {
                Ok(()) => Some((Arc::clone(target), identity)),
                Err(rule) => {
                    left_out(target, &rule);
                    None
                }
            }
        });
        admitted.collect()
    }
}

impl Target {
    fn new(identity: IdentityPolicy, selection: Selection, ordering_key: Option<OrderingKey>) -> Self {
        let telemetry = Telemetry::new(identity.name());
        Self { identity, selection, ordering_key, telemetry }
    }

    /// Returns the name.
    pub(super) fn source(&self) -> &str {
        self.identity.name()
    }

    /// Returns the ordering key of a delivery that is stored under this name. It begins with the tenant, so that no tenant
    /// blocks the events of another one.
    pub(super) fn ordering_key(&self, delivery: &Delivery) -> Option<String> {
        let key = self.ordering_key.as_ref()?.of(delivery)?;
        Some(match delivery.tenant() {
            Some(tenant) => format!("{}/{key}", tenant.replace('~', "~0").replace('/', "~1")),
            None => key,
        })
    }
}
