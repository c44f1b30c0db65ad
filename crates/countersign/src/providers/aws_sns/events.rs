use serde::{Deserialize, Serialize};

use crate::event::UnknownEvent;

/// The messages of SNS, by their `Type`.
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
    /// A type without a variant.
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
    /// The published message: often JSON, as text.
    pub message: String,
    /// The published subject.
    pub subject: Option<String>,
}

/// Asks for confirmation that this endpoint receives the messages of the topic, or states that it no longer does.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct SubscriptionConfirmation {
    /// The topic: one of those given to the declaration.
    pub topic_arn: String,
    /// The text of the message, for people.
    pub message: String,
    /// The token for `ConfirmSubscription` of SNS's API, which proves that the endpoint received this message.
    pub token: String,
    /// The URL that confirms the subscription when it is fetched. Fetch it only for a subscription of your own, and
    /// check its host first: it is text from the sender.
    #[serde(rename = "SubscribeURL")]
    pub subscribe_url: String,
}
