use std::sync::Arc;
use std::time::Duration;

use countersign::UnixTime;
use fastrand::Rng;
use reqwest::Url;

use crate::simulators::record::{DeliveryAttempt, FailedDelivery};
use crate::simulators::{Message, SendOutcome};

/// An event on its way to one endpoint.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) message: Arc<Message>,
    pub(super) endpoint: String,
    pub(super) published_at: UnixTime,
    pub(super) attempts: u32,
    pub(super) state: State,
    pub(super) last: Option<SendOutcome>,
    pub(super) is_duplicate: bool,
    pub(super) is_operational: bool,
    pub(super) random: Rng,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum State {
    Waiting,
    InFlight,
    Delivered,
    /// Given up: it is in the operations queue.
    Failed {
        at: UnixTime,
    },
    /// Not sent, because the endpoint is disabled.
    Missed,
    /// Not sent, because the subscription was deleted.
    Dropped,
}

impl Delivery {
    pub(super) fn new(message: Arc<Message>, endpoint: &str, now: UnixTime, random: Rng) -> Self {
        Self {
            message,
            endpoint: endpoint.to_owned(),
            published_at: now,
            attempts: 0,
            state: State::Waiting,
            last: None,
            is_duplicate: false,
            is_operational: false,
            random,
        }
    }

    pub(super) fn attempt(
        &self,
        index: usize,
        url: &Url,
        (at, latency): (UnixTime, Duration),
        outcome: SendOutcome,
    ) -> DeliveryAttempt {
        DeliveryAttempt {
            delivery: index as u64,
            message: self.message.id.clone(),
            event_type: self.message.event_type.clone(),
            subscription: self.endpoint.clone(),
            endpoint: url.to_string(),
            number: self.attempts,
            published_at: self.published_at,
            at,
            outcome,
            latency,
            duplicate: self.is_duplicate,
        }
    }

    /// Returns the entry of the operations queue, if the delivery is in it.
    pub(super) fn failed(&self, index: usize, url: &Url) -> Option<FailedDelivery> {
        let (failed_at, reason) = match self.state {
            State::Failed { at } if !self.is_duplicate => (at, None),
            State::Missed => (self.published_at, Some("the endpoint is disabled")),
            _ => return None,
        };
        let last = self.last.as_ref();
        Some(FailedDelivery {
            delivery: index as u64,
            message: self.message.id.clone(),
            endpoint: url.to_string(),
            event_type: self.message.event_type.clone(),
            response_code: last.and_then(SendOutcome::status),
            retry_count: self.attempts.saturating_sub(1),
            last_error: reason
                .map_or_else(|| last.map(ToString::to_string).unwrap_or_default(), str::to_owned),
            failed_at,
        })
    }
}
