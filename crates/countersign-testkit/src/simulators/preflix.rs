use std::ops::Deref;

use countersign::providers::preflix::PROVIDER;

use super::scripts::preflix;
use super::{DeliveryPolicy, Simulator, SimulatorOptions};

/// Preflix: [`play`](Simulator::play) publishes the life of a bill, from `bill.created` to `dispute.status_changed`.
///
/// Deliveries are retried with exponential backoff and full jitter over growing windows: the bounds start at 10 s, double, and
/// end at 6 h, with 12 retries (chosen: the page has no numbers). What is given up is in the
/// [operations queue](Simulator::operations_queue), with endpoint, event type, response code and retry count.
#[derive(Clone, Debug)]
pub struct Preflix {
    simulator: Simulator,
}

impl Preflix {
    /// Creates the provider.
    #[must_use]
    pub fn new(options: SimulatorOptions) -> Self {
        Self { simulator: Simulator::new(&PROVIDER, options) }
    }

    /// Returns the policy of the provider.
    #[must_use]
    pub fn policy() -> DeliveryPolicy {
        preflix::policy()
    }
}

impl Deref for Preflix {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}
