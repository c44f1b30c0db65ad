//! The provider's view of its deliveries: attempts, operations queue, telemetry, audit log, replays.

use countersign::UnixTime;

use super::delivery::State;
use super::{AuditAction, Engine, ProviderAuditEntry};
use crate::simulators::Message;
use crate::simulators::record::{DeliveryAttempt, FailedDelivery, Telemetry};

impl Engine {
    pub(in crate::simulators) fn attempts(&self) -> &[DeliveryAttempt] {
        &self.attempts
    }

    pub(in crate::simulators) fn audit_log(&self) -> &[ProviderAuditEntry] {
        &self.audit
    }

    pub(in crate::simulators) fn operations_queue(&self) -> Vec<FailedDelivery> {
        let deliveries = self.deliveries.iter().enumerate();
        let failed = deliveries.filter_map(|(index, delivery)| {
            let endpoint = self.endpoint(&delivery.endpoint)?;
            delivery.failed(index, &endpoint.url)
        });
        failed.collect()
    }

    pub(in crate::simulators) fn message(&self, delivery: u64) -> Option<Message> {
        let delivery = self.deliveries.get(usize::try_from(delivery).ok()?)?;
        Some(Message::clone(&delivery.message))
    }

    pub(in crate::simulators) fn telemetry(&self) -> Telemetry {
        let mut telemetry = Telemetry::default();
        for delivery in self.deliveries.iter().filter(|delivery| !delivery.is_duplicate) {
            telemetry.events += 1;
            match delivery.state {
                State::Delivered => telemetry.delivered += 1,
                State::Failed { .. } | State::Missed => telemetry.failed += 1,
                State::Waiting | State::InFlight => telemetry.pending += 1,
                State::Dropped => {}
            }
        }
        let finished = telemetry.delivered + telemetry.failed;
        telemetry.success_rate = (finished > 0).then(|| telemetry.delivered as f64 / finished as f64);
        for attempt in &self.attempts {
            telemetry.attempts += 1;
            telemetry.retries += u64::from(attempt.number > 1);
            telemetry.duplicates += u64::from(attempt.duplicate);
            telemetry.last_attempt = telemetry.last_attempt.max(Some(attempt.at));
            if !attempt.outcome.is_acknowledged() {
                let patterns = telemetry.error_patterns.entry(attempt.endpoint.clone()).or_default();
                *patterns.entry(attempt.outcome.to_string()).or_default() += 1;
            }
        }
        telemetry
    }

    /// Sends a delivery of the operations queue again, with all its retries.
    pub(in crate::simulators) fn replay(&mut self, delivery: u64, now: UnixTime) -> bool {
        self.send_again(delivery, AuditAction::Replayed, now)
    }

    /// Enables an endpoint again, and sends what failed or was missed. Returns the number of events.
    pub(in crate::simulators) fn recover(&mut self, subscription: &str, now: UnixTime) -> usize {
        let Some(endpoint) = self.endpoints.iter_mut().find(|endpoint| endpoint.id == subscription) else {
            return 0;
        };
        endpoint.is_disabled = false;
        endpoint.failing_since = None;
        self.note(now, AuditAction::Recovered, subscription, None, None);
        let numbered = (0_u64..).zip(&self.deliveries);
        let own =
            numbered.filter(|(_, delivery)| delivery.endpoint == subscription && !delivery.is_operational);
        let own: Vec<_> = own.map(|(number, _)| number).collect();
        own.into_iter().filter(|number| self.send_again(*number, AuditAction::Replayed, now)).count()
    }

    fn send_again(&mut self, delivery: u64, action: AuditAction, now: UnixTime) -> bool {
        let Ok(index) = usize::try_from(delivery) else { return false };
        let Some(found) = self.deliveries.get_mut(index) else { return false };
        let is_queued = matches!(found.state, State::Failed { .. } | State::Missed) && !found.is_duplicate;
        if !is_queued {
            return false;
        }
        found.attempts = 0;
        // The window of retries starts again.
        found.published_at = now;
        let (endpoint, message) = (found.endpoint.clone(), found.message.id.clone());
        self.note(now, action, &endpoint, Some(&message), None);
        self.enqueue(index, now);
        true
    }
}
