use std::collections::BTreeMap;
use std::time::Duration;

use countersign::UnixTime;
use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::SendOutcome;

/// An attempt to deliver an event.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DeliveryAttempt {
    /// The id of the delivery at the provider: one per event and endpoint.
    pub delivery: u64,
    /// The id of the event, as the receiver sees it.
    pub message: String,
    /// The type of the event.
    pub event_type: String,
    /// The id of the subscription.
    pub subscription: String,
    /// The endpoint.
    pub endpoint: String,
    /// The number of the attempt, starting at 1.
    pub number: u32,
    /// The time of the event.
    #[serde(serialize_with = "instant")]
    pub published_at: UnixTime,
    /// The start of the attempt.
    #[serde(serialize_with = "instant")]
    pub at: UnixTime,
    /// The result.
    #[serde(serialize_with = "text")]
    pub outcome: SendOutcome,
    /// The time until the result.
    #[serde(serialize_with = "millis")]
    pub latency: Duration,
    /// Whether the event was sent a second time without a reason, as at-least-once delivery does.
    pub duplicate: bool,
}

/// An event in the operations queue: the provider gave it up after repeated failures.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FailedDelivery {
    /// The id of the delivery, for a replay.
    pub delivery: u64,
    /// The id of the event.
    pub message: String,
    /// The endpoint.
    pub endpoint: String,
    /// The type of the event.
    pub event_type: String,
    /// The status of the last response, if there was one.
    pub response_code: Option<u16>,
    /// The number of retries.
    pub retry_count: u32,
    /// The result of the last attempt, or the reason why there was none.
    pub last_error: String,
    /// The time at which the provider gave it up.
    #[serde(serialize_with = "instant")]
    pub failed_at: UnixTime,
}

/// The provider's view of its deliveries.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Telemetry {
    /// The number of events, once per endpoint.
    pub events: u64,
    /// The number of events that were acknowledged.
    pub delivered: u64,
    /// The number of events in the operations queue.
    pub failed: u64,
    /// The number of events that wait for an attempt.
    pub pending: u64,
    /// The share of finished events that were acknowledged, from 0 to 1; `None` before the first.
    pub success_rate: Option<f64>,
    /// The number of attempts, including duplicates.
    pub attempts: u64,
    /// The number of attempts after the first.
    pub retries: u64,
    /// The number of events that were sent a second time without a reason.
    pub duplicates: u64,
    /// The start of the last attempt.
    #[serde(serialize_with = "optional_instant")]
    pub last_attempt: Option<UnixTime>,
    /// The number of attempts by endpoint and by kind of failure: a status, or the reason without one.
    pub error_patterns: BTreeMap<String, BTreeMap<String, u64>>,
}

/// An entry of the audit log.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ProviderAuditEntry {
    /// The time.
    #[serde(serialize_with = "instant")]
    pub at: UnixTime,
    /// The change.
    pub action: AuditAction,
    /// The subscription.
    pub subscription: String,
    /// The id of the event, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The result of an attempt, or a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The kinds of entries of the audit log.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuditAction {
    /// A subscription was created.
    Subscribed,
    /// A subscription was deleted.
    Unsubscribed,
    /// An event was published to a subscription.
    Published,
    /// An attempt was acknowledged.
    Delivered,
    /// An attempt failed, and there will be another one.
    Retrying,
    /// The provider gave an event up.
    Failed,
    /// An endpoint was disabled after a time of failures.
    Disabled,
    /// An endpoint was enabled again, and what it missed is sent.
    Recovered,
    /// An event was sent again from the operations queue.
    Replayed,
}

/// Returns a point in time in RFC 3339, with milliseconds.
fn exact(time: UnixTime) -> String {
    let date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(time.as_millis()) * 1_000_000).ok();
    date.and_then(|date| date.format(&Rfc3339).ok()).unwrap_or_else(|| time.as_secs().to_string())
}

fn instant<S: Serializer>(time: &UnixTime, serializer: S) -> Result<S::Ok, S::Error> {
    exact(*time).serialize(serializer)
}

fn optional_instant<S: Serializer>(time: &Option<UnixTime>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(exact).serialize(serializer)
}

fn text<S: Serializer>(outcome: &SendOutcome, serializer: S) -> Result<S::Ok, S::Error> {
    match outcome.status() {
        Some(status) => status.serialize(serializer),
        None => outcome.to_string().serialize(serializer),
    }
}

fn millis<S: Serializer>(latency: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    (latency.as_secs_f64() * 1000.0).serialize(serializer)
}
