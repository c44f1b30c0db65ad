//! Slugs that begin with `ai` to `as`.

use super::shared;
use crate::handshake::{Answer, AnswerHeader, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, CertificateRules, Check, Encoding, Format, JwtRules, KeyFormat, Location, Scheme,
    SignatureField, TimestampFormat,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&AIRSHIP, &AIRTABLE, &AIRWALLEX, &ALCHEMY, &ANTHROPIC, &APPLE_APP_STORE, &APPWRITE, &ASANA, &ASHBY];

/// Airship.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static AIRSHIP: Provider = Provider::new(
    "airship",
    "Airship",
    Scheme::hmac_sha256(SignatureField::header("x-ua-signature", Encoding::Hex), "{timestamp}:{body}")
        .with_timestamp(Location::header("x-ua-timestamp"), TimestampFormat::Seconds, shared::CHOSEN),
)
    .with_source(Confidence::OfficialDocs, "\
          https://support.airship.com/hc/en-us/articles/360032501831-Implementing-a-Signature-Hash-and-Validating-an-Open-Channel-Webhook")
    .with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways. A body has up to 1,000 pushes.")
    .without_id("https://docs.airship.com/platform/open/open-delivery-payload (each item of /values has its own send_id)")
    .without_event_type("https://docs.airship.com/platform/open/open-delivery-payload (each delivery is a push)")
    .without_body_limit("https://docs.airship.com/platform/open/open-delivery-payload");

/// Airtable.
///
/// Key: the secret, decoded from Base64.
/// Proof: `secondary`.
pub static AIRTABLE: Provider = Provider::new(
    "airtable",
    "Airtable",
    shared::body_prefixed("x-airtable-content-mac", "hmac-sha256=").with_key(KeyFormat::base64("")),
)
.with_source(Confidence::Secondary, shared::WEBHOOK_CO)
.with_checked("2026-11")
.with_notes(
    "The key is macSecretBase64. A ping says that something changed; what, has to be \
          fetched.",
)
.without_id("https://airtable.com/developers/web/api/webhooks-overview")
.without_event_type("https://airtable.com/developers/web/api/webhooks-overview")
.without_body_limit("https://airtable.com/developers/web/api/webhooks-overview (first part)");

/// Airwallex.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static AIRWALLEX: Provider = Provider::new(
    "airwallex",
    "Airwallex",
    Scheme::hmac_sha256(SignatureField::header("x-signature", Encoding::Hex), "{timestamp}{body}")
        .with_timestamp(Location::header("x-timestamp"), TimestampFormat::Milliseconds, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://airwallex.com/docs/developer-tools/webhooks/listen-for-webhook-events",
)
.with_checked("2026-11")
.with_notes(
    "No separator stands behind the timestamp in what is signed, so it has to have 13 digits. \
      Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/name"))
.with_data("/data")
.with_retries(Retries::for_secs(3 * shared::DAY))
.with_retry_source("https://www.airwallex.com/docs/developer-tools/webhooks/webhooks-overview")
.without_body_limit("https://www.airwallex.com/docs/developer-tools/webhooks/webhooks-overview (first part)");

/// Alchemy.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static ALCHEMY: Provider = Provider::new("alchemy", "Alchemy", shared::body_hex("x-alchemy-signature"))
    .with_source(Confidence::OfficialDocs, "https://alchemy.com/docs/reference/notify-api-quickstart")
    .with_checked("2026-11")
    .with_notes(
        "Each webhook has a signing key of its own. There is no timestamp, so the age of a \
     delivery is not bounded.",
    )
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/type"))
    .with_data("/event")
    .without_body_limit("https://github.com/alchemyplatform/docs fern/api-reference/data/webhooks/webhooks-quickstart/notify-api-faq.mdx");

/// Anthropic (beta webhooks).
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `sdk`.
pub static ANTHROPIC: Provider =
    Provider::new("anthropic", "Anthropic (beta webhooks)", shared::STANDARD_WEBHOOKS_SCHEME)
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/anthropics/anthropic-sdk-python \
          src/anthropic/resources/beta/webhooks.py (standardwebhooks)",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes("/type is always \"event\"; the type of what happened is /data/type.")
        .with_id(Location::header("webhook-id"))
        .with_event_type(Location::json("/data/type"))
        .with_data("/data")
        .without_body_limit(
            "https://github.com/anthropics/skills skills/claude-api/shared/managed-agents-webhooks.md",
        );

/// Apple's App Store, Server Notifications V2: a JWT with its certificates in a member of the body. Takes the
/// parameter `bundle_id`. The secret is the root certificate.
///
/// Key: a root certificate.
/// Proof: `page`.
pub static APPLE_APP_STORE: Provider =
    Provider::new(
        "apple-app-store",
        "Apple App Store Server Notifications V2",
        Scheme::jwt(
            SignatureField::at(Location::json("/signedPayload"), Format::BARE, Encoding::Base64Url),
            "ES256",
        )
        .with_jwt(JwtRules::new("ES256").with_certificates(CertificateRules::new(
            "1.2.840.113635.100.6.11.1",
            "1.2.840.113635.100.6.2.1",
        )))
        .with_timestamp(
            Location::json("/signedDate"),
            TimestampFormat::Milliseconds,
            Tolerance::seconds(300).insecure_any_age(),
        )
        .with_checks(const { &[Check::equals(BUNDLE, "{param:bundle_id}")] }),
    )
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/apple/app-store-server-library-node jws_verification.ts; \
     https://developer.apple.com/documentation/appstoreservernotifications/responsebodyv2decodedpayload",
    )
    .with_checked("2026-11")
    .with_key_scope(KeyScope::Provider)
    .with_notes(
        "The secret is Apple Root CA - G3 (apple.com/certificateauthority), as PEM or as DER \
          in Base64. The leaf and its issuer have to have Apple's extensions; revocation is \
          not asked for, which would need the network. The rest of the body is not signed. Apple signs for all apps: bundle_id is \
          yours. The environment (Sandbox, Production) and, in production, appAppleId are for \
          the handler to compare. Retries come for days with their first signedDate, so its \
          age is not bounded: the id is what a replay repeats.",
    )
    .with_id(Location::json("/notificationUUID"))
    .with_event_type(Location::json("/notificationType"))
    .with_data("/data")
    .with_retry_delays(&[3600, 43_200, 86_400, 172_800, 259_200])
    .with_retry_source("https://developer.apple.com/documentation/appstoreservernotifications/responding-to-app-store-server-notifications")
    .without_body_limit("https://developer.apple.com/documentation/appstoreservernotifications/responsebodyv2, /app-store-server-notifications-v2, /responding-to-app-store-server-notifications");

const BUNDLE: Location = Location::first_of(
    const {
        &[
            Location::json("/data/bundleId"),
            Location::json("/summary/bundleId"),
            Location::json("/externalPurchaseToken/bundleId"),
            Location::json("/appData/bundleId"),
        ]
    },
);

/// Appwrite.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static APPWRITE: Provider = Provider::new(
    "appwrite",
    "Appwrite",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-appwrite-webhook-signature", Encoding::Base64),
        "{url}{body}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/appwrite/appwrite src/Appwrite/Platform/Workers/Webhooks.php; \
     https://appwrite.io/docs/apis/webhooks",
)
.with_checked("2026-11")
.with_notes(
    "Needs the public URL as it stands in the console. Nothing separates URL and body in \
     what is signed. The type is a list in a header that the signature does not cover: \
     the events of one change, separated by commas, from the most to the least specific.",
)
.with_event_type(Location::header("x-appwrite-webhook-events"))
// Source: the same code: 15 s for an answer.
.with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(15) })
.without_id(
    "https://github.com/appwrite/appwrite tests/e2e/Services/Webhooks \
      (X-Appwrite-Webhook-Id is the id of the webhook)",
)
.without_body_limit("https://github.com/appwrite/appwrite src/Appwrite/Platform/Workers/Webhooks.php");

/// Asana.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static ASANA: Provider = Provider::new("asana", "Asana", shared::body_hex("x-hook-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/Asana/developer-docs source/includes/markdown/_webhooks.html.md; \
          https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
          dist/nodes/Asana/AsanaTriggerHelpers.js",
    )
    .with_checked("2026-11")
    .with_notes(
        "The key is the text of X-Hook-Secret in the first request. The type is the action of \
          the first event.",
    )
    .with_event_type(Location::json("/events/0/action"))
    .with_handshakes(ASANA_HANDSHAKES)
    .without_id("https://github.com/Asana/developer-docs source/includes/markdown/_webhooks.html.md")
    .with_retries(Retries::for_secs(shared::DAY).answered_in(10))
    .with_retry_source("https://github.com/Asana/developer-docs source/includes/markdown/_webhooks.html.md")
    .without_body_limit("https://github.com/Asana/developer-docs source/includes/markdown/_webhooks.html.md");

/// Asana: the header is sent back and is the secret afterwards. It is sent once.
pub const ASANA_HANDSHAKES: &[Handshake] =
    &[Handshake::new("x-hook-secret", Trust::IssuesSecret(Place::header("x-hook-secret")), Method::Post)
        .with_source(Confidence::OfficialDocs, "developers.asana.com/docs/webhooks-guide")
        .with_conditions(const { &[Condition::present(Place::header("x-hook-secret"))] })
        .with_answer(Answer::headers(
            200,
            const { &[AnswerHeader::new("x-hook-secret", "{header:x-hook-secret}")] },
        ))];

/// Ashby.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static ASHBY: Provider =
    Provider::new("ashby", "Ashby", shared::body_prefixed("ashby-signature", "sha256="))
        .with_source(Confidence::OfficialDocs, "https://developers.ashbyhq.com/docs/authenticating-webhooks")
        .with_checked("2026-11")
        .with_event_type(Location::json("/action"))
        .with_id(Location::json("/webhookActionId"))
        .with_event_source(
            "https://github.com/simstudioai/sim apps/sim/lib/webhooks/providers/ashby.ts; \
      https://developers.ashbyhq.com/docs",
        )
        .with_retry_delays(&[10, 30, 70, 150, 310, 630, 1270, 2550, 5110])
        .with_retry_source("https://developers.ashbyhq.com/docs/retries")
        .without_body_limit("https://developers.ashbyhq.com/docs/setting-up-webhooks, /docs/retries");
