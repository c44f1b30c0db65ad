//! AWS SNS: notifications, and the confirmations of subscriptions.
//!
//! Every AWS account can have SNS sign messages of its own topics, so a signature alone proves nothing: the
//! accepted topics must be named, separated by commas.
//!
//! ```
//! use countersign::providers;
//!
//! let topics = "arn:aws:sns:eu-west-1:123456789012:orders,arn:aws:sns:eu-west-1:123456789012:bills";
//! let provider = providers::AWS_SNS.clone().with_parameter("topics", topics);
//! ```
//!
//! The handler receives a [`SubscriptionConfirmation`] like any other event. Nothing is confirmed automatically:
//! calling its URL is the developer's decision.

mod events;

pub use events::{Event, Notification, SubscriptionConfirmation};

use crate::provider::{Confidence, KeyScope, Provider, Retries, UnsignedDelivery};
use crate::scheme::{
    Algorithm, Check, Encoding, Format, Location, Scheme, SignatureField, TimestampFormat, text,
};
use crate::time::Tolerance;

/// The declaration.
///
/// Key: a public key.
/// Proof: `page`.
pub static PROVIDER: Provider = Provider::new(
    "aws-sns",
    "AWS SNS",
    Scheme::new(
        Algorithm::RsaSha256OrSha1,
        SignatureField::at(Location::json("/Signature"), Format::BARE, Encoding::Base64),
        "{json-lines:Message*,MessageId,Subject?,SubscribeURL?,Timestamp,Token?,TopicArn,Type}",
    )
    .with_timestamp(Location::json("/Timestamp"), TimestampFormat::Rfc3339, Tolerance::between(3600, 300))
    .with_key_id(Location::json("/SigningCertURL"))
    .with_checks(CHECKS),
)
.with_source(
    Confidence::OfficialCode,
    "https://docs.aws.amazon.com/sns, verifying message signatures; \
      https://github.com/aws/aws-js-sns-message-validator index.js",
)
.with_aliases(const { &[text("sns")] })
.with_checked("2026-11")
.with_key_scope(KeyScope::Provider)
.with_notes(
    "The key is the certificate at SigningCertURL, as PEM; the host has to be pinned. \
      SignatureVersion 1 is SHA-1, 2 is SHA-256: a topic's choice. No line break is accepted in \
      what is signed but in the message. The rest of the body is not signed. Chosen: messages up to 1 h old.",
)
.with_id(Location::json("/MessageId"))
.with_event_type(Location::json("/Type"))
.with_unsigned(RAW)
.with_body_limit(256 << 10, "https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html")
.with_retries(Retries::ack_only(15))
.with_retry_delays(&[20, 20, 20])
.with_retry_source("https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.retry.html");

/// Source: docs.aws.amazon.com/sns, Amazon SNS raw message delivery.
const RAW: &[UnsignedDelivery] = &[UnsignedDelivery::new(
    "x-amz-sns-rawdelivery",
    "raw message delivery is on for the subscription, and a raw message is the text without \
      its envelope, which has the signature: turn it off",
)];

const CHECKS: &[Check] = &[
    Check::equals(Location::json("/TopicArn"), "{param:topics}").separated_by(","),
    Check::equals(Location::json("/Type"), "Notification,SubscriptionConfirmation,UnsubscribeConfirmation")
        .separated_by(","),
];
