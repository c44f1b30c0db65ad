use std::sync::Arc;

use countersign::Delivery;

use super::replacement::Replaceable;
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

/// The result of the rules for a delivery.
#[derive(Default)]
pub(super) struct Admitted {
    /// The names under which it is stored, with its identity for each.
    pub(super) targets: Vec<(Arc<Target>, Identity)>,
    /// The names for which a rule leaves it out, and the rule.
    pub(super) left_out: Vec<(Arc<Target>, Arc<str>)>,
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

    /// Applies the rules to a delivery.
    pub(super) fn admit(&self, delivery: &Delivery) -> Admitted {
        if let Err(rule) =
            self.selection.admits(delivery, || self.endpoint.identify_or_random(delivery).key())
        {
            return Admitted { targets: Vec::new(), left_out: vec![(Arc::clone(&self.whole), rule)] };
        }
        if self.subscriptions.is_empty() {
            let whole = (Arc::clone(&self.whole), self.endpoint.identify_or_random(delivery));
            return Admitted { targets: vec![whole], left_out: Vec::new() };
        }
        let mut admitted = Admitted::default();
        for target in &self.subscriptions {
            let identity = target.identity.identify_or_random(delivery);
            match target.selection.admits(delivery, || identity.key()) {
                Ok(()) => admitted.targets.push((Arc::clone(target), identity)),
                Err(rule) => admitted.left_out.push((Arc::clone(target), rule)),
            }
        }
        admitted
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

    /// Returns the parts of an event's stored request that this delivery may change.
    pub(super) fn replaceable(&self, delivery: &Delivery) -> Replaceable {
        Replaceable::of(&self.identity, delivery)
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
