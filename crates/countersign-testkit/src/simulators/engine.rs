//! The delivery engine that all simulated providers share: it decides what is sent when. It sends nothing, and owns no clock.

mod delivery;
mod health;
mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use countersign::{ConfigError, Provider, Signer, UnixTime};
use delivery::{Delivery, State};
use fastrand::Rng;
use reqwest::Url;

use super::record::{AuditAction, DeliveryAttempt, ProviderAuditEntry};
use super::subscription::{Endpoint, ProviderSubscription};
use super::{DeliveryPolicy, Faults, Message, SendOutcome, Wire};

/// The state of a simulated provider.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) policy: DeliveryPolicy,
    pub(super) faults: Faults,
    pub(super) random: Rng,
    seed: u64,
    endpoints: Vec<Endpoint>,
    deliveries: Vec<Delivery>,
    /// The number of attempts that are being made, by all drivers.
    running: usize,
    /// The waiting deliveries of all endpoints, by the time of their next attempt and their order.
    queue: BTreeMap<(UnixTime, u64), usize>,
    /// Deliveries that wait to be overtaken, with the number of events that are still to come.
    held: Vec<(usize, u32)>,
    /// The position of the next delivery in the queue.
    next: u64,
    subscribed: u64,
    attempts: Vec<DeliveryAttempt>,
    audit: Vec<ProviderAuditEntry>,
    /// The endpoints that were disabled and not reported yet, with the time of their first failure.
    disabled: Vec<(String, UnixTime)>,
}

/// An attempt that is to be made.
#[derive(Clone, Debug)]
pub(super) struct Job {
    index: usize,
    pub(super) message: Arc<Message>,
    pub(super) url: Url,
    pub(super) signed_url: String,
    pub(super) signer: Option<Arc<Signer>>,
    pub(super) wire: Wire,
    started_at: UnixTime,
}

impl Engine {
    pub(super) fn new(policy: DeliveryPolicy, faults: Faults, seed: u64) -> Self {
        Self {
            policy,
            faults,
            random: Rng::with_seed(seed),
            seed,
            endpoints: Vec::new(),
            deliveries: Vec::new(),
            running: 0,
            queue: BTreeMap::new(),
            held: Vec::new(),
            next: 0,
            subscribed: 0,
            attempts: Vec::new(),
            audit: Vec::new(),
            disabled: Vec::new(),
        }
    }

    /// Adds an endpoint, and returns its id.
    pub(super) fn subscribe(
        &mut self,
        provider: &Provider,
        subscription: ProviderSubscription,
        now: UnixTime,
    ) -> Result<String, ConfigError> {
        let url = Url::parse(&subscription.url)
            .map_err(|_| ConfigError::new("subscription.url", "is no URL: use http://127.0.0.1:PORT/path"))?;
        self.subscribed += 1;
        let id = format!("sub_{}", self.subscribed);
        self.endpoints.push(Endpoint {
            id: id.clone(),
            signed_url: subscription.signed_url.clone().unwrap_or_else(|| url.to_string()),
            url,
            signer: subscription.signer(provider)?,
            subscription,
            created_at: now,
            failing_since: None,
            is_disabled: false,
            in_flight: 0,
            last: None,
        });
        self.note(now, AuditAction::Subscribed, &id, None, None);
        Ok(id)
    }

    /// Removes an endpoint; what waits for it is dropped.
    pub(super) fn unsubscribe(&mut self, id: &str, now: UnixTime) -> bool {
        let Some(at) = self.endpoints.iter().position(|endpoint| endpoint.id == id) else { return false };
        self.endpoints.remove(at);
        let deliveries = &mut self.deliveries;
        self.queue.retain(|_, index| match deliveries.get_mut(*index) {
            Some(delivery) if delivery.endpoint == id => {
                delivery.state = State::Dropped;
                false
            }
            _ => true,
        });
        self.note(now, AuditAction::Unsubscribed, id, None, None);
        true
    }

    /// Queues an event for each endpoint that selects it. Returns the number of endpoints.
    pub(super) fn publish(&mut self, message: Message, now: UnixTime) -> usize {
        let message = Arc::new(message);
        let selecting = self.endpoints.iter().filter(|endpoint| endpoint.subscription.selects(&message));
        let ids: Vec<_> = selecting.map(|endpoint| endpoint.id.clone()).collect();
        for id in &ids {
            self.release(false, now);
            let overtaking = self.faults.draw_overtaking(&mut self.random);
            let index = self.add(Arc::clone(&message), id, now);
            if overtaking > 0 {
                self.held.push((index, overtaking));
            } else {
                self.enqueue(index, now.saturating_add(self.faults.delay));
            }
            if self.faults.draws_duplicate(&mut self.random) {
                let index = self.add(Arc::clone(&message), id, now);
                if let Some(delivery) = self.deliveries.get_mut(index) {
                    delivery.is_duplicate = true;
                }
                self.enqueue(index, now.saturating_add(self.faults.delay));
            }
        }
        ids.len()
    }

    /// Queues an event for one endpoint, whatever it selects: a test, or an operational event.
    pub(super) fn publish_to(&mut self, id: &str, message: Message, now: UnixTime) {
        let index = self.add(Arc::new(message), id, now);
        if let Some(delivery) = self.deliveries.get_mut(index) {
            delivery.is_operational = true;
        }
        self.enqueue(index, now);
    }

    /// Returns the next attempt that is due, and counts it as started.
    pub(super) fn start(&mut self, now: UnixTime) -> Option<Job> {
        let one_at_a_time = self.policy.one_at_a_time;
        let due = self.queue.range(..=(now, u64::MAX));
        let (key, index) = due.map(|(key, index)| (*key, *index)).find(|(_, index)| {
            let delivery = self.deliveries.get(*index);
            let endpoint = delivery.and_then(|delivery| self.endpoint(&delivery.endpoint));
            !one_at_a_time || endpoint.is_none_or(|endpoint| endpoint.in_flight == 0)
        })?;
        self.queue.remove(&key);
        let delivery = self.deliveries.get_mut(index)?;
        let endpoint = self.endpoints.iter_mut().find(|endpoint| endpoint.id == delivery.endpoint)?;
        endpoint.in_flight += 1;
        self.running += 1;
        delivery.state = State::InFlight;
        delivery.attempts += 1;
        Some(Job {
            index,
            message: Arc::clone(&delivery.message),
            url: endpoint.url.clone(),
            signed_url: endpoint.signed_url.clone(),
            signer: endpoint.signer.clone(),
            wire: self.faults.draw_wire(&mut delivery.random),
            started_at: now,
        })
    }

    /// Records the result of an attempt, and queues the next one.
    pub(super) fn finish(&mut self, job: &Job, outcome: SendOutcome, latency: Duration, now: UnixTime) {
        self.running = self.running.saturating_sub(1);
        let Some(delivery) = self.deliveries.get_mut(job.index) else { return };
        delivery.last = Some(outcome.clone());
        let is_acknowledged = outcome.is_acknowledged();
        let retry = (!is_acknowledged && !delivery.is_duplicate)
            .then(|| self.policy.delay(delivery.attempts, &mut delivery.random))
            .flatten()
            .map(|delay| now.saturating_add(delay))
            .filter(|due| {
                self.policy.window.is_none_or(|window| *due <= delivery.published_at.saturating_add(window))
            });
        delivery.state = match retry {
            _ if is_acknowledged => State::Delivered,
            Some(_) => State::Waiting,
            None => State::Failed { at: now },
        };
        let (id, event, is_operational) =
            (delivery.endpoint.clone(), delivery.message.id.clone(), delivery.is_operational);
        self.attempts.push(delivery.attempt(job.index, &job.url, (job.started_at, latency), outcome.clone()));
        if let Some(due) = retry {
            self.enqueue(job.index, due);
        }
        let action = match retry {
            _ if is_acknowledged => AuditAction::Delivered,
            Some(_) => AuditAction::Retrying,
            None => AuditAction::Failed,
        };
        self.note(now, action, &id, Some(&event), Some(outcome.to_string()));
        self.settle(&id, is_acknowledged, is_operational, now);
    }

    /// Takes back an attempt that ends without a result, because its driver was dropped. It is due again at once.
    pub(super) fn abandon(&mut self, job: &Job, now: UnixTime) {
        self.running = self.running.saturating_sub(1);
        let Some(delivery) = self.deliveries.get(job.index) else { return };
        if let Some(endpoint) = self.endpoints.iter_mut().find(|endpoint| endpoint.id == delivery.endpoint) {
            endpoint.in_flight = endpoint.in_flight.saturating_sub(1);
        }
        self.enqueue(job.index, now);
    }

    /// Returns the number of attempts that are being made.
    pub(super) const fn running(&self) -> usize {
        self.running
    }

    /// Returns the time of the next attempt that nothing but the clock holds back.
    pub(super) fn next_due(&self) -> Option<UnixTime> {
        let one_at_a_time = self.policy.one_at_a_time;
        let mut waiting = self.queue.iter().filter(|(_, index)| {
            let endpoint =
                self.deliveries.get(**index).and_then(|delivery| self.endpoint(&delivery.endpoint));
            !one_at_a_time || endpoint.is_none_or(|endpoint| endpoint.in_flight == 0)
        });
        waiting.next().map(|((due, _), _)| *due)
    }

    /// Sends the events that wait to be overtaken: no more events come.
    pub(super) fn flush(&mut self, now: UnixTime) {
        self.release(true, now);
    }

    /// Returns whether nothing waits and nothing is being sent.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.held.is_empty() && self.running == 0
    }

    pub(super) fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    fn endpoint(&self, id: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.id == id)
    }

    fn add(&mut self, message: Arc<Message>, endpoint: &str, now: UnixTime) -> usize {
        let index = self.deliveries.len();
        // A source of its own for each delivery: results do not depend on the order of responses.
        let random =
            Rng::with_seed(self.seed.rotate_left(17) ^ (index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        self.note(now, AuditAction::Published, endpoint, Some(&message.id), None);
        self.deliveries.push(Delivery::new(message, endpoint, now, random));
        index
    }

    fn enqueue(&mut self, index: usize, due: UnixTime) {
        let Some(delivery) = self.deliveries.get_mut(index) else { return };
        let endpoint = self.endpoints.iter().find(|endpoint| endpoint.id == delivery.endpoint);
        match endpoint {
            Some(endpoint) if endpoint.is_disabled && !delivery.is_operational => {
                delivery.state = State::Missed
            }
            Some(_) => {
                delivery.state = State::Waiting;
                self.queue.insert((due, self.next), index);
                self.next += 1;
            }
            None => delivery.state = State::Dropped,
        }
    }

    /// Queues the deliveries that were overtaken, or all that are held if no more events come.
    fn release(&mut self, all: bool, now: UnixTime) {
        let mut ready = Vec::new();
        self.held.retain_mut(|(index, overtaking)| {
            let is_ready = all || *overtaking == 0;
            if is_ready {
                ready.push(*index);
            } else {
                *overtaking -= 1;
            }
            !is_ready
        });
        for index in ready {
            self.enqueue(index, now.saturating_add(self.faults.delay));
        }
    }

    fn note(
        &mut self,
        at: UnixTime,
        action: AuditAction,
        subscription: &str,
        message: Option<&str>,
        detail: Option<String>,
    ) {
        let (subscription, message) = (subscription.to_owned(), message.map(str::to_owned));
        self.audit.push(ProviderAuditEntry { at, action, subscription, message, detail });
    }
}
