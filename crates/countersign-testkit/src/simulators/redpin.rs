use std::ops::Deref;

use countersign::providers::redpin::PROVIDER;

use super::scripts::redpin;
use super::{DeliveryPolicy, Simulator, SimulatorOptions};

/// Redpin, as Svix delivers it: [`play`](Simulator::play) publishes a referral that was created and one that failed.
///
/// An event is retried at most five times, after 5 s, 5 min, 30 min, 2 h and 5 h, within seven days of the event, and one attempt
/// at a time is made. After five days of failures the endpoint is disabled, and the operational `endpoint.disabled` is sent: to
/// the [operational subscriptions](super::ProviderSubscription::operational), or, if there is none, to the endpoint itself (chosen).
/// [`recover`](Simulator::recover) enables it and sends what it missed.
#[derive(Clone, Debug)]
pub struct Redpin {
    simulator: Simulator,
}

impl Redpin {
    /// Creates the provider.
    #[must_use]
    pub fn new(options: SimulatorOptions) -> Self {
        Self { simulator: Simulator::new(&PROVIDER, options) }
    }

    /// Returns the policy of the provider.
    #[must_use]
    pub fn policy() -> DeliveryPolicy {
        redpin::policy()
    }
}

impl Deref for Redpin {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}
