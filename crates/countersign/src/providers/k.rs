//! Slugs that begin with `k`.

use super::shared;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, DigestFormat, Encoding, Format, KeyFormat, Location, Scheme, SignatureField,
    TimestampFormat,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&KEYGEN, &KICK, &KINDE, &KLARNA, &KLAVIYO, &KNOCK, &KONTENT_AI];

/// Keygen.
///
/// Key: a public key.
/// Proof: `page`.
pub static KEYGEN: Provider = Provider::new(
    "keygen",
    "Keygen",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::list("keygen-signature", [",", "=\"", "signature"], Encoding::Base64),
        "(request-target): {method:lower} {target}\nhost: {header:host}\ndate: \
          {timestamp}\ndigest: {header:digest}",
    )
    .with_key(KeyFormat::HEX)
    .with_timestamp(Location::header("date"), TimestampFormat::HttpDate, Tolerance::seconds(300))
    .with_checks(BODY_IN_DIGEST),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/keygen-sh/keygen-api app/workers/webhook_worker.rb",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::Account)
.with_notes(
    "A signature of draft-cavage-http-signatures over four lines. 300 s both ways were \
          chosen.",
)
.with_id(Location::json("/data/id"))
.with_event_type(Location::json("/data/attributes/event"))
.with_retries(Retries::attempts(16).within(217_687).answered_in(15))
.with_retry_source(
    "https://github.com/keygen-sh/keygen-api app/workers/webhook_worker.rb (n^4 seconds \
          and 10 to 100 minutes, 15 times)",
)
.without_body_limit("https://github.com/keygen-sh/keygen-api app/workers/webhook_worker.rb");

const BODY_IN_DIGEST: &[Check] =
    &[Check::digest(Location::header("digest"), DigestFormat::Sha256Base64, "{body}")
        .with_prefix("sha-256=")];

/// Kick.
///
/// Key: a public key.
/// Proof: `page`.
pub static KICK: Provider = Provider::new(
    "kick",
    "Kick",
    Scheme::new(
        Algorithm::RsaSha256,
        SignatureField::header("kick-event-signature", Encoding::Base64),
        "{id}.{timestamp}.{body}",
    )
    .with_timestamp(
        Location::header("kick-event-message-timestamp"),
        TimestampFormat::Rfc3339,
        shared::CHOSEN,
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/KickEngineering/KickDevDocs events/webhook-security.md",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The key is published, PEM. The type is a header that the signature does not cover. \
      Tolerance chosen: 300 s both ways. All applications share the key, and nothing that is \
      signed names the application: compare broadcaster.user_id in the body with the channels \
      that you subscribed to.",
)
.with_id(Location::header("kick-event-message-id"))
.with_event_type(Location::header("kick-event-type"))
.without_body_limit(
    "https://github.com/KickEngineering/KickDevDocs events/introduction.md, events/webhook-security.md",
);

/// Kinde: the body is the JWT.
///
/// Key: a public key.
/// Proof: `page`.
pub static KINDE: Provider = Provider::new(
    "kinde",
    "Kinde",
    Scheme::jwt(SignatureField::at(Location::Body, Format::BARE, Encoding::Base64Url), "RS256")
        .with_optional_timestamp(
            Location::claim("timestamp"),
            TimestampFormat::Rfc3339Utc,
            Tolerance::seconds(300).insecure_any_age(),
        ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/kinde-oss/documentation \
          src/content/docs/integrate/webhooks/about-webhooks.mdx",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::Account)
.with_notes(
    "Keys: the JWKS of the Kinde domain, which is what ties a JWT to it. The timestamp is \
      that of the event: its age is not bounded, because attempts go on; the id is what a \
      replay repeats.",
)
.with_id(Location::claim("event_id"))
.with_event_type(Location::claim("type"))
.with_data("/data")
.with_retries(Retries::for_secs(36 * shared::HOUR))
.with_retry_source(
    "https://github.com/kinde-oss/documentation \
          src/content/docs/integrate/webhooks/about-webhooks.mdx",
)
.without_body_limit(
    "https://github.com/kinde-oss/documentation src/content/docs/integrate/webhooks/about-webhooks.mdx",
);

/// Klarna Network.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static KLARNA: Provider = Provider::new("klarna", "Klarna Network", shared::body_hex("klarna-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://docs.klarna.com/klarna-network-distribution/manage-partners/integration-setup-and-notifications/webhooks; \
          https://github.com/krokedil/klarna-express-checkout src/Api/Controllers/Notifications.php",
    )
    .with_checked("2026-11")
    .with_notes(
        "`Klarna-Signing-Key-Id` names the key and is not signed: configure each key in use. Orders and \
          payment pages of older products are not signed this way. Klarna takes 200, 201, 202 and 204 \
          for a success, and repeats in growing intervals of up to 12 hours. `/metadata/occurred_at` is \
          the time of the event: the age of a delivery is not bounded.",
    )
    .with_id(Location::json("/metadata/event_id"))
    .with_event_type(Location::json("/metadata/event_type"))
    .with_data("/payload")
    .without_body_limit("https://docs.klarna.com/klarna-network-distribution/manage-partners/integration-setup-and-notifications/webhooks");

/// Klaviyo.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static KLAVIYO: Provider = Provider::new(
    "klaviyo",
    "Klaviyo",
    Scheme::hmac_sha256(SignatureField::header("klaviyo-signature", Encoding::Hex), "{body}{timestamp}")
        .with_timestamp(
            Location::header("klaviyo-timestamp"),
            TimestampFormat::HttpDate,
            Tolerance::between(300, 5 * 3600 + 300),
        ),
)
.with_source(
    Confidence::Secondary,
    "https://developers.klaviyo.com/en/docs/working_with_system_webhooks, as other receivers read it; \
      https://github.com/nickdnk/klaviyo-php-sdk tests, for a date that is ahead",
)
.with_checked("2026-11")
.with_notes(
    "The timestamp is a date of HTTP, such as `Thu, 04 Jan 2024 18:05:25 GMT`. Recorded requests have it five hours ahead of \
      `meta.timestamp` in the signed body and of the time at which they were sent, so that much of the future is accepted: a \
      recorded request stays fresh as long, so remember the ids. Tolerance chosen: 300 s besides.",
)
.with_event_type(Location::json("/data/0/topic"))
.with_id(Location::json("/data/0/external_id"))
.with_event_source("https://developers.klaviyo.com/en/docs/system-webhooks")
.without_body_limit("https://developers.klaviyo.com/en/docs/working_with_system_webhooks");

/// Knock.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static KNOCK: Provider = Provider::new(
    "knock",
    "Knock",
    Scheme::hmac_sha256(
        SignatureField::list("x-knock-signature", [",", "=", "s"], Encoding::Base64),
        "{timestamp}.{body}",
    )
    .with_timestamp(
        Location::signature_item("t"),
        TimestampFormat::Milliseconds,
        Tolerance::seconds(300),
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/knocklabs/docs \
          content/developer-tools/outbound-webhooks/overview.mdx",
)
.with_checked("2026-11")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::attempts(8))
.with_retry_source("https://docs.knock.app/developer-tools/outbound-webhooks/overview")
.without_body_limit(
    "https://github.com/knocklabs/docs content/developer-tools/outbound-webhooks/overview.mdx",
);

/// Kontent.ai.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static KONTENT_AI: Provider = Provider::new(
    "kontent-ai",
    "Kontent.ai",
    shared::body_base64("x-kontent-ai-signature,x-kc-signature"),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/@kontent-ai/webhook-helper 3.0.3 signatures/signature- \
     helper.class.js; https://kontent.ai/learn/docs/webhooks",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Older webhooks have the header x-kc-signature. The body is JSON with CRLF line ends. \
     The key is the text of the secret, not its Base64. There is no timestamp, so the age \
     of a delivery is not bounded.",
)
.with_event_type(Location::json("/notifications/0/message/action"))
.without_id(
    "https://www.npmjs.com/package/@kontent-ai/webhook-helper 3.0.3 dist/cjs/models/webhook-models.d.ts",
)
.without_body_limit("https://kontent.ai/learn/docs/webhooks/webhooks");
