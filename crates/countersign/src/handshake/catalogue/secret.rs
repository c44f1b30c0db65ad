//! Handshakes whose answer proves the secret without revealing it.

use crate::handshake::{Answer, Condition, Handshake, Method, Pattern, Place, Trust};
use crate::provider::Confidence;
use crate::scheme::text;

/// X: the challenge-response check, at the registration and every hour, to be answered within 3 s. The secret is
/// the consumer secret.
pub const X_TWITTER: &[Handshake] = &[Handshake {
    name: text("crc"),
    doc: text("docs.x.com/x-api/webhooks/introduction; twitterdev/account-activity-dashboard"),
    confidence: Confidence::OfficialCode,
    trust: Trust::Secret,
    method: Method::Get,
    when: Condition::all(const { &[Condition::present(Place::query("crc_token"))] }),
    answer: Some(Answer::json(r#"{{"response_token":"sha256={hmac-sha256-base64:query:crc_token}"}}"#)),
    challenge: Some(Pattern::new("^[A-Za-z0-9+/=_.~-]{1,256}$")),
    refused: None,
}];

/// LinkedIn: at the registration, and again every two hours. The secret is the client secret.
pub const LINKEDIN: &[Handshake] = &[Handshake {
    name: text("challenge"),
    doc: text("learn.microsoft.com/linkedin/shared/api-guide/webhook-validation"),
    confidence: Confidence::OfficialDocs,
    trust: Trust::Secret,
    method: Method::Get,
    when: Condition::all(const { &[Condition::present(Place::query("challengeCode"))] }),
    answer: Some(Answer::json(
        r#"{{"challengeCode":"{query:challengeCode}","challengeResponse":"{hmac-sha256-hex:query:challengeCode}"}}"#,
    )),
    challenge: Some(Pattern::new(
        "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
    )),
    refused: None,
}];

/// Braintree: the public key, and an HMAC under the key that also signs the deliveries.
pub const BRAINTREE: &[Handshake] = &[Handshake {
    name: text("bt_challenge"),
    doc: text("braintree/braintree_python braintree/webhook_notification_gateway.py"),
    confidence: Confidence::OfficialCode,
    trust: Trust::Secret,
    method: Method::Get,
    when: Condition::all(const { &[Condition::present(Place::query("bt_challenge"))] }),
    answer: Some(Answer::text("{key}|{hmac-sha1-hex:query:bt_challenge}")),
    challenge: Some(Pattern::new("^[a-f0-9]{20,32}$")),
    refused: None,
}];

/// eBay: requires the verification token, as a verify token, and the public URL as registered with eBay.
pub const EBAY: &[Handshake] = &[Handshake {
    name: text("challenge_code"),
    doc: text("developer.ebay.com/marketplace-account-deletion; eBay/event-notification-nodejs-sdk"),
    confidence: Confidence::OfficialCode,
    trust: Trust::Secret,
    method: Method::Get,
    when: Condition::all(const { &[Condition::present(Place::query("challenge_code"))] }),
    answer: Some(Answer::json(r#"{{"challengeResponse":"{sha256-hex:query:challenge_code+token+url}"}}"#)),
    challenge: None,
    refused: None,
}];

/// Fastly: requests the hash of the service id, the setting `service_id`, at a fixed path of the host.
pub const FASTLY: &[Handshake] = &[Handshake {
    name: text("logging_challenge"),
    doc: text("docs.fastly.com/en/guides/log-streaming-https"),
    confidence: Confidence::OfficialDocs,
    trust: Trust::Secret,
    method: Method::Get,
    when: Condition::all(
        const { &[Condition::equals(Place::Path, "/.well-known/fastly/logging/challenge")] },
    ),
    answer: Some(Answer::text("{sha256-hex:setting:service_id}")),
    challenge: None,
    refused: None,
}];
