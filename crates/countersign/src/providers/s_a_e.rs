//! Slugs that begin with `sa` to `se`.

use super::shared;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Encoding, JwtRules, KeyFormat, Location, Scheme, SignatureField, TimestampFormat, text,
};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[
    &SALEOR,
    &SALESFORCE_MARKETING_CLOUD,
    &SANITY,
    &SCALEKIT,
    &SEAM,
    &SEGMENT,
    &SELLSY,
    &SENDBIRD,
    &SENDGRID,
    &SENTRY,
    &SETU,
];

/// Saleor. The key is the JWKS of the installation.
///
/// Key: a public key.
/// Proof: `sdk`.
pub static SALEOR: Provider = Provider::new(
    "saleor",
    "Saleor",
    Scheme::jwt(SignatureField::header("saleor-signature", Encoding::Base64Url), "RS256")
        .with_jwt(JwtRules::new("RS256").detached().unencoded()),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/saleor/saleor saleor/core/jwt_manager.py jws_encode; \
     https://www.npmjs.com/package/@saleor/app-sdk 1.15.0 auth",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_key_scope(KeyScope::Account)
.with_notes(
    "A detached signature over the body as it is (RFC 7797). The key is that of the \
     installation: the JWKS at its /.well-known/jwks.json. Webhooks with a secret key of \
     their own, which is deprecated, have HMAC-SHA256 in hexadecimal instead. The type is \
     a header that the signature does not cover. There is no timestamp, so the age of a \
     delivery is not bounded.",
)
.with_event_type(Location::header("saleor-event"))
.without_id(
    "https://github.com/saleor/saleor saleor/webhook/transport/utils.py \
      send_webhook_using_http (the headers of a delivery)",
)
.without_body_limit("https://github.com/saleor/saleor-docs docs/developer/extending/webhooks/overview.mdx");

/// Salesforce Marketing Cloud (ENS).
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static SALESFORCE_MARKETING_CLOUD: Provider = Provider::new(
    "salesforce-marketing-cloud",
    "Salesforce Marketing Cloud (ENS)",
    shared::body_base64("x-sfmc-ens-signature"),
)
.with_aliases(const { &[text("marketing-cloud")] })
.with_source(
    Confidence::OfficialDocs,
    "https://developer.salesforce.com/docs/marketing/marketing-cloud/guide/ens- \
     notification-signing.html",
)
.with_checked("2026-11")
.with_notes(
    "The callback is verified by a call of the API with the verificationKey that comes \
     unsigned first, not by an answer. A notification is a list of events. There is no \
     timestamp, so the age of a delivery is not bounded.",
)
.with_event_type(Location::json("/0/eventCategoryType"))
.without_id(
    "https://developer.salesforce.com/docs/marketing/marketing-cloud/guide/transactional_email_events.html \
      (compositeId names the message)",
)
.with_retries(Retries::for_secs(7 * shared::DAY).answered_in(3))
.with_retry_source(
    "https://developer.salesforce.com/docs/marketing/marketing-cloud/guide/ens-retries-suspensions.html",
)
.without_body_limit("https://developer.salesforce.com/docs/marketing/marketing-cloud/guide/ens-retries-suspensions.html, references/mc_rest_event_notification/createCallback.md (1,000 events a batch)");

/// Sanity.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static SANITY: Provider = Provider::new(
    "sanity",
    "Sanity",
    Scheme::hmac_sha256(
        SignatureField::list("sanity-webhook-signature", [",", "=", "v1"], Encoding::Base64UrlUnpadded),
        "{timestamp}.{body}",
    )
    .with_timestamp(Location::signature_item("t"), TimestampFormat::Milliseconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialCode, "https://github.com/sanity-io/webhook-toolkit src/signature.ts")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The official library refuses empty bodies and spaces in the header, and bounds no time. \
      The id is a header that the signature does not cover. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::header("idempotency-key"))
.with_event_type(Location::header("sanity-operation"))
// Source: sanity.io/docs/changelog, webhooks retry twice at 30-second intervals (2026-04-29).
.with_retries(Retries::ack_only(30))
.with_retry_delays(&[30, 30])
.with_retry_source("https://www.sanity.io/docs/changelog/50ec6abf-fe0c-475b-ae72-314148860132")
.without_body_limit("https://www.sanity.io/docs/webhooks");

/// Scalekit.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `sdk`.
pub static SCALEKIT: Provider = Provider::new("scalekit", "Scalekit", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://www.npmjs.com/package/@scalekit-sdk/node 2.11.0 lib/scalekit.js \
     verifyWebhookPayload",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .without_body_limit("https://github.com/scalekit-inc/developer-docs src/content/docs/authenticate/implement-workflows/implement-webhooks.mdx");

/// Seam.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static SEAM: Provider = Provider::new("seam", "Seam", shared::SVIX_SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://www.npmjs.com/package/@seamapi/webhook 1.2.0 lib/seam-webhook.js (svix)",
    )
    .with_checked("2026-11")
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(shared::SVIX_ID)
    .with_event_type(Location::json("/event_type"))
    .with_retry_delays(shared::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (delivered by Svix)")
    .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// Segment webhooks destination.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static SEGMENT: Provider = Provider::new(
    "segment",
    "Segment webhooks destination",
    Scheme::new(Algorithm::HmacSha1, SignatureField::header("x-signature", Encoding::Hex), "{body}"),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/segmentio/segment-docs \
          src/connections/destinations/catalog/webhooks/index.md",
)
.with_checked("2026-11")
.with_notes(
    "Of a batch only the first event is signed, as JSON.stringify writes it: batches are \
      refused here.",
)
.with_id(Location::json("/messageId"))
.with_event_type(Location::json("/type"))
.with_retries(Retries::for_secs(4 * shared::HOUR).answered_in(5))
.with_retry_source(
    "https://github.com/segmentio/segment-docs \
      src/connections/destinations/catalog/webhooks/index.md",
)
.without_body_limit(
    "https://github.com/segmentio/segment-docs src/connections/destinations/catalog/webhooks/index.md",
);

/// Sellsy.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static SELLSY: Provider = Provider::new(
    "sellsy",
    "Sellsy",
    Scheme::new(
        Algorithm::Sha1,
        SignatureField::header("x-webhook-signature", Encoding::Hex),
        "{secret}{body}",
    ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/NangoHQ/nango \
          packages/server/lib/webhook/sellsy-webhook-routing.ts",
)
.with_checked("2026-11")
.with_notes(
    "SHA-1 of the secret and the body: more can be appended to the body of a captured \
     delivery. There is no timestamp, so the age of a delivery is not bounded.",
)
.with_event_type(Location::json("/event"))
    .without_id("https://github.com/NangoHQ/nango packages/server/lib/webhook/types.ts (the ids are those of the record and of the account)");

/// Sendbird.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static SENDBIRD: Provider =
    Provider::new("sendbird", "Sendbird", shared::body_hex("x-sendbird-signature"))
        .with_source(Confidence::Secondary, shared::WEBHOOK_CO)
        .with_checked("2026-11")
        .with_notes("The key is the master API token.")
        .with_event_type(Location::json("/category"))
        .without_id("https://sendbird.com/docs/chat/v3/platform-api/webhook/events/group-channel")
        .with_retries(Retries::attempts(3).answered_in(5))
        .with_retry_source("https://docs.sendbird.com/docs/chat/platform-api/v3/webhook/webhook-overview")
        .without_body_limit("https://docs.sendbird.com/docs/chat/platform-api/v3/webhook/webhook-overview");

/// SendGrid Event Webhook.
///
/// Key: a public key.
/// Proof: `sdk`.
pub static SENDGRID: Provider = Provider::new(
    "sendgrid",
    "SendGrid Event Webhook",
    Scheme::new(
        Algorithm::EcdsaP256Sha256,
        SignatureField::header("x-twilio-email-event-webhook-signature", Encoding::Base64),
        "{timestamp}{body}",
    )
    .with_key(KeyFormat::base64(""))
    .with_timestamp(Location::header("x-twilio-email-event-webhook-timestamp"), TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/sendgrid/sendgrid-python sendgrid/helpers/eventwebhook",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_key_scope(KeyScope::Account)
.with_notes(
    "The key is Base64 of DER. A body has several events; id and type are those of the first. \
      It ends with CR LF, which is signed. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/0/sg_event_id"))
.with_event_type(Location::json("/0/event"))
.with_retries(Retries::for_secs(shared::DAY))
.with_retry_source("https://docs.sendgrid.com/for-developers/tracking-events/troubleshooting")
    .with_body_limit(768 << 10, "https://github.com/sendgrid/docs content/docs/for-developers/tracking-events/getting-started-event-webhook.md");

/// Sentry.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static SENTRY: Provider = Provider::new("sentry", "Sentry", shared::body_hex("sentry-hook-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/getsentry/integration-platform-example \
          backend-ts/src/api/middleware/verifySentrySignature.ts; \
          https://docs.sentry.io/integrations/integration-platform/webhooks/",
    )
    .with_checked("2026-11")
    .with_notes(
        "Id and type are headers that the signature does not cover. The action on the resource \
         is at /action. Sentry-Hook-Timestamp is not signed, and not looked at.",
    )
    .with_id(Location::header("request-id"))
    .with_event_type(Location::header("sentry-hook-resource"))
    .with_retries(Retries::ack_only(1))
    .with_retry_source(
        "https://sentry.io/changelog/2023-10-3-change-to-integration-platform-webhook-handling",
    )
    .without_body_limit(
        "https://github.com/getsentry/sentry-docs docs/integrations/integration-platform/webhooks.mdx",
    );

/// Setu.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static SETU: Provider = Provider::new("setu", "Setu", shared::body_hex("x-setu-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://docs.setu.co/payments/umap/notifications/verify-signature",
    )
    .with_checked("2026-11")
    .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
    .with_id(Location::json("/eventId"))
    .with_event_type(Location::json("/eventType"))
    .with_event_source("https://docs.setu.co/payments/umap/notifications")
    .with_retries(Retries::attempts(4))
    .with_retry_source("https://docs.setu.co/payments/umap/notifications")
    .without_body_limit("https://github.com/SetuHQ/docs content/payments/umap/notifications.mdx");
