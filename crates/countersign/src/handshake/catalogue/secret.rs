//! Handshakes whose answer proves the secret without revealing it.

use crate::handshake::{Answer, Condition, Handshake, Method, Pattern, Place, Trust};
use crate::provider::Confidence;

/// X: the challenge-response check, at the registration and every hour, to be answered within 3 s. The secret is
/// the consumer secret.
pub const X_TWITTER: &[Handshake] = &[Handshake::new("crc", Trust::Secret, Method::Get)
    .with_source(
        Confidence::OfficialCode,
        "docs.x.com/x-api/webhooks/introduction; twitterdev/account-activity-dashboard",
    )
    .with_conditions(const { &[Condition::present(Place::query("crc_token"))] })
    .with_answer(Answer::json(r#"{{"response_token":"sha256={hmac-sha256-base64:query:crc_token}"}}"#))
    .with_challenge(Pattern::new("^[A-Za-z0-9+/=_.~-]{1,256}$"))];

/// LinkedIn: at the registration, and again every two hours. The secret is the client secret.
pub const LINKEDIN: &[Handshake] = &[Handshake::new("challenge", Trust::Secret, Method::Get).with_source(Confidence::OfficialDocs, "learn.microsoft.com/linkedin/shared/api-guide/webhook-validation").with_conditions(const { &[Condition::present(Place::query("challengeCode"))] }).with_answer(Answer::json(
        r#"{{"challengeCode":"{query:challengeCode}","challengeResponse":"{hmac-sha256-hex:query:challengeCode}"}}"#,
    )).with_challenge(Pattern::new(
        "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
    ))];

/// Braintree: the public key, and an HMAC under the key that also signs the deliveries.
pub const BRAINTREE: &[Handshake] = &[Handshake::new("bt_challenge", Trust::Secret, Method::Get)
    .with_source(
        Confidence::OfficialCode,
        "braintree/braintree_python braintree/webhook_notification_gateway.py",
    )
    .with_conditions(const { &[Condition::present(Place::query("bt_challenge"))] })
    .with_answer(Answer::text("{key}|{hmac-sha1-hex:query:bt_challenge}"))
    .with_challenge(Pattern::new("^[a-f0-9]{20,32}$"))];

/// eBay: requires the verification token, as a verify token, and the public URL as registered with eBay.
pub const EBAY: &[Handshake] = &[Handshake::new("challenge_code", Trust::Secret, Method::Get)
    .with_source(
        Confidence::OfficialCode,
        "developer.ebay.com/marketplace-account-deletion; eBay/event-notification-nodejs-sdk",
    )
    .with_conditions(const { &[Condition::present(Place::query("challenge_code"))] })
    .with_answer(Answer::json(r#"{{"challengeResponse":"{sha256-hex:query:challenge_code+token+url}"}}"#))];

/// Fastly: requests the hash of the service id, the setting `service_id`, at a fixed path of the host.
pub const FASTLY: &[Handshake] = &[Handshake::new("logging_challenge", Trust::Secret, Method::Get)
    .with_source(Confidence::OfficialDocs, "docs.fastly.com/en/guides/log-streaming-https")
    .with_conditions(const { &[Condition::equals(Place::Path, "/.well-known/fastly/logging/challenge")] })
    .with_answer(Answer::text("{sha256-hex:setting:service_id}"))];
