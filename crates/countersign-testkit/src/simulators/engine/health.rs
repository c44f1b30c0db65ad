//! The health of endpoints: after too long a time of failures, one is disabled.

use countersign::UnixTime;

use super::delivery::State;
use super::{AuditAction, Engine};

impl Engine {
    /// Updates the health of an endpoint after an attempt, and disables it after too long a time of failures.
    pub(super) fn settle(&mut self, id: &str, is_acknowledged: bool, is_operational: bool, now: UnixTime) {
        let limit = self.policy.disable_after;
        let Some(endpoint) = self.endpoints.iter_mut().find(|endpoint| endpoint.id == id) else { return };
        endpoint.in_flight = endpoint.in_flight.saturating_sub(1);
        endpoint.last = Some((now, is_acknowledged));
        if is_acknowledged {
            endpoint.failing_since = None;
            return;
        }
        if is_operational {
            return;
        }
        let since = *endpoint.failing_since.get_or_insert(now);
        if !endpoint.is_disabled && limit.is_some_and(|limit| now.saturating_duration_since(since) >= limit) {
            endpoint.is_disabled = true;
            self.disabled.push((id.to_owned(), since));
            self.note(now, AuditAction::Disabled, id, None, None);
            self.miss_waiting(id);
        }
    }

    /// Returns the endpoints that were disabled since the last call, with the time of their first failure, and the
    /// endpoints that the operational event goes to.
    pub(in crate::simulators) fn take_disabled(&mut self) -> Vec<(String, UnixTime, Vec<String>)> {
        let operational = |id: &String| {
            let own = self.endpoints.iter().filter(|endpoint| endpoint.subscription.operational);
            let own: Vec<_> = own.map(|endpoint| endpoint.id.clone()).collect();
            if own.is_empty() { vec![id.clone()] } else { own }
        };
        let found: Vec<_> =
            self.disabled.iter().map(|(id, since)| (id.clone(), *since, operational(id))).collect();
        self.disabled.clear();
        found
    }

    fn miss_waiting(&mut self, id: &str) {
        let deliveries = &mut self.deliveries;
        self.queue.retain(|_, index| match deliveries.get_mut(*index) {
            Some(delivery) if delivery.endpoint == id && !delivery.is_operational => {
                delivery.state = State::Missed;
                false
            }
            _ => true,
        });
    }
}
