use serde::{Deserialize, Serialize};

use crate::event::UnknownEvent;

/// What SNS sends, by its `Type`.
#[derive(Clone, Debug, PartialEq, countersign_macros::EventCatalog)]
#[non_exhaustive]
pub enum Event {
    /// `Notification`
    #[event("Notification")]
    Notification(Notification),
    /// `SubscriptionConfirmation`
    #[event("SubscriptionConfirmation")]
    SubscriptionConfirmation(SubscriptionConfirmation),
    /// `UnsubscribeConfirmation`
    #[event("UnsubscribeConfirmation")]
    UnsubscribeConfirmation(SubscriptionConfirmation),
    /// A type that came later.
    #[event(unknown)]
    Unknown(UnknownEvent),
}

/// A message of the topic.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Notification {
    /// The topic.
    pub topic_arn: String,
    /// What was published: often JSON, as text.
    pub message: String,
    /// What was published as its subject.
    pub subject: Option<String>,
}

/// Asks whether this endpoint wants the messages of the topic, or says that it gets none any more.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct SubscriptionConfirmation {
    /// The topic: one of those that the declaration was given.
    pub topic_arn: String,
    /// What one would read.
    pub message: String,
    /// Proves to SNS that the endpoint got this message: for its API, `ConfirmSubscription`.
    pub token: String,
    /// Whoever gets this URL (re)subscribes the endpoint. Call it only for a subscription of yours; it is the sender's
    /// text, so look at its host first.
    #[serde(rename = "SubscribeURL")]
    pub subscribe_url: String,
}
