use std::ops::Deref;

use countersign::providers::printprice::PROVIDER;

use super::scripts::printprice;
use super::{DeliveryPolicy, SampleError, Simulator, SimulatorOptions};

/// PrintPrice: [`play`](Simulator::play) publishes the six events, in both versions side by side.
///
/// A subscription receives version 1 of the events unless it selects another one, `.only("event_version", "2")`, or all of them
/// by [`without_defaults`](super::ProviderSubscription::without_defaults); an event without a version arrives, too. It can select
/// events by `environment`, `entity_id` and `partner`, too. Retries have a controlled backoff of 1 min, 5 min, 30 min, 2 h and 6 h
/// (chosen: the page has no numbers). [`telemetry`](Simulator::telemetry) has the event count, the success rate, the retry count,
/// the last attempt and the error patterns of each endpoint; dead letters are the [operations queue](Simulator::operations_queue),
/// and there is an [audit log](Simulator::audit_log).
#[derive(Clone, Debug)]
pub struct PrintPrice {
    simulator: Simulator,
}

impl PrintPrice {
    /// Creates the provider.
    #[must_use]
    pub fn new(options: SimulatorOptions) -> Self {
        Self { simulator: Simulator::new(&PROVIDER, options) }
    }

    /// Returns the policy of the provider.
    #[must_use]
    pub fn policy() -> DeliveryPolicy {
        printprice::policy()
    }

    /// Publishes the six events of a partner in both versions.
    ///
    /// # Errors
    ///
    /// [`SampleError`], like [`Simulator::play`].
    pub fn play_for(&self, partner: &str) -> Result<(), SampleError> {
        for message in self.script()? {
            self.publish(message.with_label("partner", partner));
        }
        Ok(())
    }
}

impl Deref for PrintPrice {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}
