mod drive;
mod options;

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign::{Clock, ConfigError, Provider};
use serde_json::Value;
use tokio::sync::watch;

use crate::simulators::engine::Engine;
use crate::simulators::record::{DeliveryAttempt, FailedDelivery, ProviderAuditEntry, Telemetry};
use crate::simulators::scripts::{Profile, Step, ValueGenerator};
use crate::simulators::subscription::Endpoint;
use crate::simulators::{
    DeliveryPolicy, Message, ProviderClient, ProviderSubscription, Sample, SampleError, SimulationClock,
};

pub use options::SimulatorOptions;

/// A simulated provider: it signs events, sends them over HTTP, and retries as its policy says. Clones share their state.
#[derive(Clone)]
pub struct Simulator {
    shared: Arc<Shared>,
}

struct Shared {
    provider: Provider,
    engine: Mutex<Engine>,
    clock: SimulationClock,
    transport: ProviderClient,
    concurrency: usize,
    /// Counts changes, so that a driver that waits sees what others did.
    changes: watch::Sender<u64>,
    /// The provider's own way, if it is one of the founding providers.
    profile: Option<&'static Profile>,
}

impl Simulator {
    /// Creates a simulator of any provider: a founding provider delivers as its page says, another one by the policy that its
    /// declaration documents.
    #[must_use]
    pub fn new(provider: impl Into<Cow<'static, Provider>>, options: SimulatorOptions) -> Self {
        let provider = provider.into().into_owned();
        let profile = Profile::of(&provider.slug);
        let policy = options.policy.unwrap_or_else(|| DeliveryPolicy::of(&provider));
        let transport = options.transport.unwrap_or_default();
        let engine = Engine::new(policy, options.faults, options.seed);
        let shared = Shared {
            provider,
            engine: Mutex::new(engine),
            clock: options.clock,
            transport,
            concurrency: options.concurrency.unwrap_or(CONCURRENCY),
            changes: watch::Sender::new(0),
            profile,
        };
        Self { shared: Arc::new(shared) }
    }

    /// Adds an endpoint, and returns the id of its subscription.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the secret does not fit the provider, or the URL is malformed.
    pub fn subscribe(&self, subscription: ProviderSubscription) -> Result<String, ConfigError> {
        let now = self.shared.clock.now();
        let defaults = self.shared.profile.map_or(&[][..], |profile| profile.selects).iter();
        let selected =
            defaults.fold(subscription, |subscription, (name, value)| subscription.or_default(name, value));
        self.change(|engine| engine.subscribe(&self.shared.provider, selected, now))
    }

    /// Removes an endpoint; what waits for it is not sent. Returns whether it was there.
    pub fn unsubscribe(&self, subscription: &str) -> bool {
        let now = self.shared.clock.now();
        self.change(|engine| engine.unsubscribe(subscription, now))
    }

    /// Returns whether a subscription selects an event. False if there is no such subscription.
    #[must_use]
    pub fn selects(&self, subscription: &str, message: &Message) -> bool {
        let engine = self.engine();
        let mut endpoints = engine.endpoints().iter().filter(|endpoint| endpoint.id == subscription);
        endpoints.any(|endpoint| endpoint.subscription.selects(message))
    }

    /// Returns the values that a subscription selects events by because it selects by no others: version 1 of the events of
    /// [`PrintPrice`](super::PrintPrice). Events without such a value are selected, too. Empty if there is no such subscription.
    #[must_use]
    pub fn defaults_of(&self, subscription: &str) -> Vec<(String, String)> {
        let engine = self.engine();
        let endpoint = engine.endpoints().iter().find(|endpoint| endpoint.id == subscription);
        endpoint.map_or_else(Vec::new, |endpoint| endpoint.subscription.defaults().to_vec())
    }

    /// Publishes an event to the endpoints that select it.
    pub fn publish(&self, message: Message) {
        let now = self.shared.clock.now();
        self.change(|engine| engine.publish(message, now));
    }

    /// Publishes a sample event of this type.
    ///
    /// # Errors
    ///
    /// [`SampleError`] if the declaration has no place for a value.
    pub fn publish_sample(&self, event_type: &str) -> Result<(), SampleError> {
        let id = self.new_id();
        let message =
            Sample::new(&self.shared.provider, event_type).with_id(id).message(self.shared.clock.stamp())?;
        self.publish(message);
        Ok(())
    }

    /// Publishes the events of the provider's script once: the life of one entity, with data that belongs together. A
    /// provider without a script publishes one sample event.
    ///
    /// # Errors
    ///
    /// [`SampleError`] if the declaration has no place for a value.
    pub fn play(&self) -> Result<(), SampleError> {
        for message in self.script()? {
            self.publish(message);
        }
        Ok(())
    }

    /// Returns the events of the provider's script without publishing them.
    ///
    /// # Errors
    ///
    /// [`SampleError`] if the declaration has no place for a value.
    pub fn script(&self) -> Result<Vec<Message>, SampleError> {
        self.script_with(&[])
    }

    /// Returns the events of the provider's script with these values in each body, without publishing them.
    ///
    /// # Errors
    ///
    /// [`SampleError`] if a value has no place in a body.
    pub fn script_with(&self, values: &[(String, Value)]) -> Result<Vec<Message>, SampleError> {
        match self.shared.profile {
            Some(profile) => self.messages(profile.life, values),
            None => {
                let event_type = Sample::default_event_type(&self.shared.provider);
                let sample = Sample::new(&self.shared.provider, event_type).with_id(self.new_id());
                Ok(vec![with_values(sample, values).message(self.shared.clock.stamp())?])
            }
        }
    }

    /// Waits until there is an endpoint.
    pub async fn subscribed(&self) {
        let mut changes = self.shared.changes.subscribe();
        while self.engine().endpoints().is_empty() {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Makes the events of a script.
    pub(super) fn messages(
        &self,
        script: impl FnOnce(&mut ValueGenerator) -> Vec<Step>,
        values: &[(String, Value)],
    ) -> Result<Vec<Message>, SampleError> {
        let time = self.shared.clock.stamp();
        let mut engine = self.engine();
        let mut generator = ValueGenerator { random: &mut engine.random, time };
        let steps: Vec<_> =
            script(&mut generator).into_iter().map(|step| (generator.id("evt"), step)).collect();
        drop(engine);
        let message = |(id, step): (String, Step)| {
            let sample = Sample::new(&self.shared.provider, step.event_type).with_id(id).with_body(step.body);
            with_values(sample, values).message(time)
        };
        steps.into_iter().map(message).collect()
    }

    /// Publishes an event to one subscription, whatever it selects.
    pub(super) fn publish_to(&self, subscription: &str, message: Message) {
        let now = self.shared.clock.now();
        self.change(|engine| engine.publish_to(subscription, message, now));
    }

    /// Returns all attempts, in the order of their results.
    #[must_use]
    pub fn attempts(&self) -> Vec<DeliveryAttempt> {
        self.engine().attempts().to_vec()
    }

    /// Returns the operations queue: the events that were given up, with endpoint, type, response code and retry count.
    /// Other providers call it dead letters.
    #[must_use]
    pub fn operations_queue(&self) -> Vec<FailedDelivery> {
        self.engine().operations_queue()
    }

    /// Returns the event of a delivery.
    #[must_use]
    pub fn message(&self, delivery: u64) -> Option<Message> {
        self.engine().message(delivery)
    }

    /// Sends an event of the operations queue again, with all its retries. Returns whether it was there.
    pub fn replay(&self, delivery: u64) -> bool {
        let now = self.shared.clock.now();
        self.change(|engine| engine.replay(delivery, now))
    }

    /// Enables an endpoint again, and sends what failed or was missed. Returns the number of events.
    pub fn recover(&self, subscription: &str) -> usize {
        let now = self.shared.clock.now();
        self.change(|engine| engine.recover(subscription, now))
    }

    /// Returns whether the provider disabled an endpoint.
    #[must_use]
    pub fn is_disabled(&self, subscription: &str) -> bool {
        self.engine().endpoints().iter().any(|endpoint| endpoint.id == subscription && endpoint.is_disabled)
    }

    /// Returns numbers about all deliveries.
    #[must_use]
    pub fn telemetry(&self) -> Telemetry {
        self.engine().telemetry()
    }

    /// Returns the audit log.
    #[must_use]
    pub fn audit_log(&self) -> Vec<ProviderAuditEntry> {
        self.engine().audit_log().to_vec()
    }

    /// Returns the declaration.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.shared.provider
    }

    /// Returns the clock.
    #[must_use]
    pub fn clock(&self) -> &SimulationClock {
        &self.shared.clock
    }

    /// Returns the endpoints, as a provider lists them.
    pub(super) fn with_endpoints<T>(&self, read: impl FnOnce(&[Endpoint]) -> T) -> T {
        read(self.engine().endpoints())
    }

    /// Returns a new id for an event.
    #[must_use]
    pub fn new_id(&self) -> String {
        format!("evt_{:08x}", self.engine().random.u32(..))
    }

    fn engine(&self) -> MutexGuard<'_, Engine> {
        self.shared.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Engine) -> T) -> T {
        let result = change(&mut self.engine());
        self.shared.changes.send_modify(|count| *count = count.wrapping_add(1));
        result
    }
}

fn with_values<'p>(sample: Sample<'p>, values: &[(String, Value)]) -> Sample<'p> {
    values.iter().fold(sample, |sample, (at, value)| sample.with(at, value.clone()))
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator").field("provider", &self.shared.provider.slug).finish_non_exhaustive()
    }
}

/// The largest number of attempts at the same time.
const CONCURRENCY: usize = 8;
