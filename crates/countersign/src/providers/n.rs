//! Slugs that begin with `n`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, DigestFormat, Encoding, Location, Scheme, SignatureField, TimestampFormat,
};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[&NETLIFY, &NEXUS, &NMI, &NOTION, &NOWPAYMENTS, &NPM, &NYLAS];

/// Netlify.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static NETLIFY: Provider = Provider::new(
    "netlify",
    "Netlify",
    Scheme::jwt(shared::bare_token("x-webhook-signature"), "HS256")
        .with_optional_timestamp(shared::ISSUED, TimestampFormat::Seconds, shared::LEEWAY)
        .with_checks(
            const {
                &[
                    Check::equals(Location::claim("iss"), "netlify"),
                    Check::digest(Location::claim("sha256"), DigestFormat::Sha256Hex, "{body}"),
                ]
            },
        ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/Yizack/nuxt-webhook-validators \
      src/runtime/server/lib/validators/netlify.ts; \
      https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
      dist/nodes/Netlify/NetlifyTriggerHelpers.js",
)
.with_checked("2026-11")
.with_notes("No time is known to be in the JWT: a delivery can be replayed.")
.with_event_type(Location::header("x-netlify-event"))
.without_id(
    "https://docs.netlify.com/site-deploys/notifications (the body is the object, \
      such as the deploy)",
);

/// Sonatype Nexus.
///
/// Key: the text of the secret.
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

/// NMI.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static NMI: Provider = Provider::new("nmi", "NMI", shared::body_hex("signature"))
    .with_source(Confidence::OfficialDocs, "https://docs.nmi.com/reference/subscriptions")
    .with_checked("2026-11")
    .with_notes(
        "The webhooks of subscriptions to applications, not those of the gateway. There is no \
     timestamp, so the age of a delivery is not bounded.",
    );

/// Notion.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static NOTION: Provider =
    Provider::new("notion", "Notion", shared::body_prefixed("x-notion-signature", "sha256="))
        .with_source(Confidence::OfficialCode, "https://github.com/makenotion/notion-sdk-js src/webhooks.ts")
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes("The key is the verification_token of the first request.")
        .with_id(Location::json("/id"))
        .with_event_type(Location::json("/type"))
        .with_data("/data")
        .with_handshakes(NOTION_HANDSHAKES)
        .with_retries(Retries::attempts(8))
        .with_retry_source(
            "https://github.com/makenotion/notion-sdk-js src/api-endpoints/webhooks.ts (attempt_number)",
        )
        .without_body_limit("https://github.com/makenotion/notion-sdk-js src/api-endpoints/webhooks.ts");

/// Notion: the first request contains the token that signs the others. It must be entered in Notion, too.
pub const NOTION_HANDSHAKES: &[Handshake] =
    &[Handshake::new(
        "verification_token",
        Trust::IssuesSecret(Place::json("/verification_token")),
        Method::Post,
    )
    .with_source(
        Confidence::OfficialDocs,
        "developers.notion.com/reference/webhooks; makenotion/notion-sdk-js src/webhooks.ts",
    )
    .with_conditions(
        const {
            &[Condition::present(Place::json("/verification_token")), Condition::absent(Place::json("/type"))]
        },
    )
    .with_answer(Answer::status(200))];

/// NOWPayments.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static NOWPAYMENTS: Provider = Provider::new(
    "nowpayments",
    "NOWPayments",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::header("x-nowpayments-sig", Encoding::Hex),
        "{body:json-sorted}",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://documenter.getpostman.com/view/7907941/T1DtdF9a, Instant Payments Notifications",
)
.with_checked("2026-11")
.with_notes(
    "The secret is the IPN secret key. Signed is the body with the members of every object \
      sorted, not its bytes: their order and white space can be changed, their values cannot. \
      There is no time and no id of a delivery: a notification is recognised by its payment and \
      its status.",
)
.with_event_type(Location::json("/payment_status"))
.without_id("https://documenter.getpostman.com/view/7907941/T1DtdF9a")
.with_retries(Retries::ack_only(3))
.with_retry_source("https://nowpayments.zendesk.com/hc/en-us/articles/21395546303389-IPN-and-how-to-setup")
.without_body_limit(
    "https://nowpayments.zendesk.com/hc/en-us/articles/21395546303389-IPN-and-how-to-setup; \
          https://documenter.getpostman.com/view/7907941/T1DtdF9a",
);

/// npm hooks.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static NPM: Provider =
    Provider::new("npm", "npm hooks", shared::body_prefixed("x-npm-signature", "sha256="))
        .with_source(Confidence::OfficialCode, "https://github.com/npm/npm-hook-receiver index.js")
        .with_checked("2026-11")
        .with_event_type(Location::json("/event"))
        .without_id("https://github.com/npm/npm-hook-receiver")
        .without_body_limit(
            "https://github.com/npm/registry docs/hooks/hooks-payload.md, docs/hooks/endpoints.md",
        );

/// Nylas.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static NYLAS: Provider = Provider::new("nylas", "Nylas", shared::body_hex("x-nylas-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://developer.nylas.com/docs/cookbook/use-cases/build/verify-webhook-signatures/",
    )
    .with_checked("2026-11")
    .with_notes("A body that was sent compressed is signed compressed.")
    .with_handshakes(NYLAS_HANDSHAKES)
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/type"))
    .with_retries(Retries::attempts(3).within(20 * 60))
    .with_retry_source("https://github.com/nylas/skills skills/nylas-api/rules/webhooks-notifications.md")
    .with_body_limit(
        1 << 20,
        "https://developer.nylas.com/docs/reference/notifications/messages/message-created (larger \
              ones are truncated)",
    );

/// Nylas, version 3: the challenge and nothing else.
pub const NYLAS_HANDSHAKES: &[Handshake] = &[Handshake::new("challenge", Trust::Echo, Method::Get)
    .with_source(Confidence::Secondary, "developer.nylas.com/docs/v3/notifications; nylas/nylas-nodejs")
    .with_conditions(const { &[Condition::present(Place::query("challenge"))] })
    .with_answer(Answer::text("{query:challenge}"))];
