use crate::simulators::{DeliveryPolicy, Faults, ProviderClient, SimulationClock};

/// The options of a simulated provider.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct SimulatorOptions {
    pub(super) clock: SimulationClock,
    pub(super) seed: u64,
    pub(super) faults: Faults,
    pub(super) policy: Option<DeliveryPolicy>,
    pub(super) concurrency: Option<usize>,
    pub(super) transport: Option<ProviderClient>,
}

impl SimulatorOptions {
    /// Creates the defaults: the real clock, no faults, the provider's policy, up to 8 attempts at the same time.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the clock.
    pub fn with_clock(self, clock: SimulationClock) -> Self {
        Self { clock, ..self }
    }

    /// Sets the seed of everything that is drawn at random. The same seed makes the same events and the same faults.
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Sets the faults.
    pub fn with_faults(self, faults: Faults) -> Self {
        Self { faults, ..self }
    }

    /// Sets another policy than the provider's.
    pub fn with_policy(self, policy: DeliveryPolicy) -> Self {
        Self { policy: Some(policy), ..self }
    }

    /// Sets the largest number of attempts at the same time.
    pub fn with_concurrency(self, concurrency: usize) -> Self {
        Self { concurrency: Some(concurrency.max(1)), ..self }
    }

    /// Sets the HTTP client.
    pub fn with_transport(self, transport: ProviderClient) -> Self {
        Self { transport: Some(transport), ..self }
    }
}
