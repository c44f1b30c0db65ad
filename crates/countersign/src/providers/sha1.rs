//! Providers with HMAC-SHA-1.

use super::shapes;
use crate::handshake::catalogue;
use crate::provider::{Confidence, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, KeyFormat, Location, Scheme, SignatureField, text};

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[
    &AUTODESK,
    &FITBIT,
    &GITHUB_SHA1,
    &HELPSCOUT,
    &INTERCOM,
    &MONGODB_ATLAS,
    &NEXUS,
    &SEGMENT,
    &SURVEYMONKEY,
    &TAIGA,
    &VERCEL,
    &WEBEX,
];

/// Autodesk APS.
///
/// Proof: `page`.
pub static AUTODESK: Provider = Provider::new(
    "autodesk",
    "Autodesk APS",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::prefixed("x-adsk-signature", "sha1hash=", Encoding::Hex),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://aps.autodesk.com/en/docs/webhooks/v1/tutorials/how-to-verify-payload-signature/",
)
.with_checked("2026-11")
.with_id(Location::header("x-adsk-delivery-id"))
.with_event_type(Location::json("/hook/event"))
.with_retries(Retries::attempts(5).within(2 * shapes::DAY).answered_in(6))
.with_retry_source("https://aps.autodesk.com/en/docs/webhooks/v1/overview/basics");

/// Fitbit.
///
/// Proof: `secondary`.
pub static FITBIT: Provider = Provider::new(
    "fitbit",
    "Fitbit",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-fitbit-signature", Encoding::Base64),
        "{body}",
    )
    .with_key(KeyFormat::UTF8.with_suffix("&")),
)
.with_source(
    Confidence::Secondary,
    "https://asyncapi.apis.io/asyncapis/fitbit/fitbit-subscriptions-asyncapi; \
      https://dev.fitbit.com/build/reference/web-api/developer-guide/using-subscriptions",
)
.with_checked("2026-11")
.with_notes(
    "The secret is the client secret; an & is added to it. A delivery is a list of \
      notifications: the type is that of the first.",
)
.with_retries(Retries::ack_only(5))
.with_handshakes(catalogue::FITBIT)
.with_event_type(Location::json("/0/collectionType"))
.without_id("https://asyncapi.apis.io/asyncapis/fitbit/fitbit-subscriptions-asyncapi");

/// GitHub (legacy).
///
/// Proof: `page`.
pub static GITHUB_SHA1: Provider = Provider::new(
    "github-sha1",
    "GitHub (legacy)",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::prefixed("x-hub-signature", "sha1=", Encoding::Hex),
        "{body}",
    )
    .with_body_bytes(25 << 20),
)
.with_source(Confidence::OfficialDocs, "https://docs.github.com (deprecated header)")
.with_checked("2026-11")
.with_notes(
    "GitHub sends SHA-256, too: github-sha256. Id and type are headers that the signature does \
      not cover. Bodies up to 25 MiB.",
)
.with_id(Location::header("x-github-delivery"))
.with_event_type(Location::header("x-github-event"))
.with_payload("payload")
.with_retries(Retries { attempts: Some(1), window_secs: None, ack_secs: Some(10) })
.with_body_limit(25 << 20, "https://docs.github.com/webhooks/webhook-events-and-payloads");

/// Help Scout.
///
/// Proof: `page`.
pub static HELPSCOUT: Provider = Provider::new(
    "helpscout",
    "Help Scout",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-helpscout-signature", Encoding::Base64),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/helpscout/helpscout-api-php src/Webhooks/IncomingWebhook.php",
)
.with_checked("2026-11")
.with_notes("The type is a header that the signature does not cover.")
.with_event_type(Location::header("x-helpscout-event"))
.without_id("https://developer.helpscout.com/webhooks (the body is the object)");

/// Intercom.
///
/// Proof: `secondary`.
pub static INTERCOM: Provider = Provider::new(
    "intercom",
    "Intercom",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::prefixed("x-hub-signature", "sha1=", Encoding::Hex),
        "{body}",
    ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/webhookdb/webhookdb lib/webhookdb/intercom.rb; \
      https://github.com/webhook-co/webhook packages/webhooks-spec/src/adapters/config.ts (npm \
      @webhook-co/webhooks-spec, states it is doc-verified)",
)
.with_checked("2026-11")
.with_notes("The key is the client secret of the app.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/topic"))
.with_data("/data/item")
.with_retries(Retries::ack_only(5))
.with_retry_delays(&[60])
.with_retry_source("memory: https://developers.intercom.com/docs/webhooks");

/// MongoDB Atlas alerts.
///
/// Proof: `page`.
pub static MONGODB_ATLAS: Provider = Provider::new(
    "mongodb-atlas",
    "MongoDB Atlas alerts",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-mms-signature", Encoding::HexOrBase64),
        "{body}",
    ),
)
.with_aliases(const { &[text("atlas"), text("mongodb")] })
.with_source(Confidence::OfficialDocs, "https://www.mongodb.com/docs/atlas/tutorial/webhook-integration/")
.with_checked("2026-11")
.with_notes(
    "The signature is Base64, as the page says; an older page and some receivers have \
          hexadecimal: both are accepted. The type is a header that the signature does not \
          cover; /eventTypeName names the alert.",
)
.with_event_type(Location::header("x-mms-event"))
.with_id(Location::json("/id"))
.with_event_source("https://www.mongodb.com/docs/atlas/tutorial/webhook-integration/");

/// Sonatype Nexus.
///
/// Proof: `page`.
pub static NEXUS: Provider = Provider::new(
    "nexus",
    "Sonatype Nexus",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-nexus-webhook-signature", Encoding::Hex),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/sonatype/nexus-public \
          components/nexus-core/src/main/java/org/sonatype/nexus/internal/webhooks/WebhookServiceImpl.java",
)
.with_id(Location::header("x-nexus-webhook-delivery"))
.with_event_type(Location::header("x-nexus-webhook-id"))
.with_checked("2026-11")
.with_retries(Retries::NONE)
.with_retry_source(
    "https://github.com/sonatype/nexus-public \
          components/nexus-core/src/main/java/org/sonatype/nexus/internal/webhooks/WebhookServiceImpl.java",
)
    .without_body_limit("https://github.com/sonatype/nexus-public components/nexus-core/src/main/java/org/sonatype/nexus/internal/webhooks/WebhookServiceImpl.java");

/// Segment webhooks destination.
///
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
.with_retries(Retries::for_secs(4 * shapes::HOUR).answered_in(5))
.with_retry_source(
    "https://github.com/segmentio/segment-docs \
      src/connections/destinations/catalog/webhooks/index.md",
)
.without_body_limit(
    "https://github.com/segmentio/segment-docs src/connections/destinations/catalog/webhooks/index.md",
);

/// SurveyMonkey.
///
/// Proof: `page`.
pub static SURVEYMONKEY: Provider = Provider::new(
    "surveymonkey",
    "SurveyMonkey",
    Scheme::new(Algorithm::HmacSha1, SignatureField::header("sm-signature", Encoding::Base64), "{body}"),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/SurveyMonkey/public_api_docs includes/_webhooks.md",
)
.with_checked("2026-11")
.with_notes("The secret is the client id, an &, and the client secret.")
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/event_type"))
.with_event_source("https://github.com/SurveyMonkey/public_api_docs includes/_webhooks.md")
.without_body_limit("https://github.com/SurveyMonkey/public_api_docs includes/_webhooks.md");

/// Taiga.
///
/// Proof: `page`.
pub static TAIGA: Provider = Provider::new(
    "taiga",
    "Taiga",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-taiga-webhook-signature", Encoding::Hex),
        "{body}",
    ),
)
.with_source(Confidence::OfficialCode, "https://github.com/taigaio/taiga-back taiga/webhooks/tasks.py")
.with_checked("2026-11")
.with_event_type(Location::json("/type"))
.without_id("https://github.com/taigaio/taiga-doc")
.with_retries(Retries::NONE)
.with_retry_source("https://github.com/taigaio/taiga-back taiga/webhooks/tasks.py")
.without_body_limit("https://github.com/taigaio/taiga-doc webhooks.adoc");

/// Vercel.
///
/// Proof: `page`.
pub static VERCEL: Provider = Provider::new(
    "vercel",
    "Vercel",
    Scheme::new(Algorithm::HmacSha1, SignatureField::header("x-vercel-signature", Encoding::Hex), "{body}"),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/vercel/example-marketplace-integration app/webhook/route.ts",
)
.with_checked("2026-11")
.with_notes("SHA-1, although one library says SHA-256.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/payload")
.with_retries(Retries::for_secs(shapes::DAY))
.with_retry_source(
    "https://github.com/hookdeck/webhook-skills \
          skills/vercel-webhooks/references/overview.md",
)
.without_body_limit("https://github.com/vercel/docs components/references-mdx/api/integrations/webhooks.mdx");

/// Webex.
///
/// Proof: `secondary`.
pub static WEBEX: Provider = Provider::new(
    "webex",
    "Webex",
    Scheme::new(Algorithm::HmacSha1, SignatureField::header("x-spark-signature", Encoding::Hex), "{body}"),
)
.with_source(
    Confidence::Secondary,
    "https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
      dist/nodes/Cisco/Webex/CiscoWebexTrigger.node.js",
)
.with_checked("2026-11")
.with_notes("What happened to the resource is /event.")
.with_event_type(Location::json("/resource"))
.with_data("/data")
.without_id(
    "https://developer.webex.com/docs/receive-and-verify-webhooks (/id is that of \
      the webhook)",
);
