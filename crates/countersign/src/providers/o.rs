//! Slugs that begin with `o`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyEncoding, KeyFormat, Location, Scheme, SignatureField, TimestampFormat,
    text,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&OKTA, &ONFIDO, &ONFLEET, &OPENAI, &OPENNODE, &OPENPAY, &ORB, &OUTLINE];

/// Okta event hooks. The body is not authenticated.
///
/// Key: the text of the secret, which is sent as it is.
/// Proof: `page`.
pub static OKTA: Provider = Provider::new("okta", "Okta event hooks", Scheme::token("authorization"))
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/okta/okta-developer-docs docs/concepts/event-hooks/index.md",
    )
    .with_checked("2026-11")
    .with_notes(
        "The body is not authenticated. The header is configured at the sender; this one was \
          chosen. A body has several events; the type is that of the first.",
    )
    .with_id(Location::json("/eventId"))
    .with_event_type(Location::json("/data/events/0/eventType"))
    .with_data("/data")
    .with_handshakes(OKTA_HANDSHAKES)
    .with_retries(Retries::attempts(2).answered_in(3))
    .with_retry_source("https://developer.okta.com/docs/concepts/event-hooks")
    .without_body_limit("https://github.com/okta/okta-developer-docs packages/@okta/vuepress-site/docs/concepts/event-hooks/index.md");

/// Okta event hooks.
pub const OKTA_HANDSHAKES: &[Handshake] = &[Handshake::new("verification", Trust::Echo, Method::Get)
    .with_source(Confidence::OfficialDocs, "developer.okta.com/docs/concepts/event-hooks")
    .with_conditions(const { &[Condition::present(Place::header("x-okta-verification-challenge"))] })
    .with_answer(Answer::json(r#"{{"verification":"{header:x-okta-verification-challenge}"}}"#))];

/// Onfido.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static ONFIDO: Provider = Provider::new("onfido", "Onfido", shared::body_hex("x-sha2-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://www.npmjs.com/package/@onfido/api 6.2.0 dist/webhook-event-verifier.js; \
     https://documentation.identity.entrust.com/api/manual-webhook-signature-verification",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
    .with_event_type(Location::json("/payload/action"))
    .with_data("/payload")
    .without_id("https://www.npmjs.com/package/@onfido/api 6.2.0 dist/api.d.ts WebhookEventPayload")
    .without_body_limit(
        "https://github.com/onfido/onfido-openapi-spec generated/artifacts/openapi-yaml/openapi/openapi.yaml",
    );

/// Onfleet.
///
/// Key: the secret, decoded from hexadecimal.
/// Proof: `page`.
pub static ONFLEET: Provider = Provider::new(
    "onfleet",
    "Onfleet",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::header("x-onfleet-signature", Encoding::Hex),
        "{body}",
    )
    .with_key(KeyFormat::HEX),
)
.with_source(Confidence::OfficialDocs, "https://docs.onfleet.com/reference/secrets")
.with_checked("2026-11")
.with_notes("The key is hexadecimal.")
.with_handshakes(ONFLEET_HANDSHAKES)
.with_event_type(Location::json("/triggerName"))
.without_id("https://docs.onfleet.com/reference/webhooks")
.with_retries(Retries::for_secs(shared::DAY))
.with_retry_source("https://docs.onfleet.com/reference/retry")
.without_body_limit("https://docs.onfleet.com/reference/retry");

/// Onfleet: requires 200 (not 204) within 10 s.
pub const ONFLEET_HANDSHAKES: &[Handshake] = &[Handshake::new("check", Trust::Echo, Method::Get)
    .with_source(Confidence::OfficialDocs, "docs.onfleet.com/reference/validation")
    .with_conditions(const { &[Condition::present(Place::query("check"))] })
    .with_answer(Answer::text("{query:check}"))];

/// OpenAI.
///
/// Key: the secret without `whsec_`, decoded from Base64, or, if it has no prefix, the text of the secret.
/// Proof: `sdk`.
pub static OPENAI: Provider = Provider::new("openai", "OpenAI", OPENAI_SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/openai/openai-python src/openai/lib/_webhooks.py + \
          tests/lib/test_webhook_signature.py",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "A secret without whsec_ is used as text. A signature without v1, is accepted, as in \
          the official library; a timestamp with a sign is not.",
    )
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retries(Retries::for_secs(3 * shared::DAY))
    .with_retry_source("https://platform.openai.com/docs/guides/webhooks")
    .without_body_limit("https://github.com/openai/openai-openapi openapi.yaml");

/// OpenAI accepts secrets and signatures without their prefixes, too.
const OPENAI_SCHEME: Scheme = Scheme::hmac_sha256(
    SignatureField::at(
        Location::header("webhook-signature"),
        Format::List { separator: text(" "), assign: text(","), tags: text("v1"), bare: true },
        Encoding::Base64,
    ),
    "{id}.{timestamp}.{body}",
)
.with_key(KeyFormat::base64("whsec_").or_unprefixed(KeyEncoding::Utf8))
.with_timestamp(Location::header("webhook-timestamp"), TimestampFormat::Seconds, Tolerance::seconds(300));

/// OpenNode.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static OPENNODE: Provider = Provider::new(
    "opennode",
    "OpenNode",
    Scheme::hmac_sha256(
        SignatureField::at(Location::form("hashed_order"), Format::BARE, Encoding::Hex),
        "{form:id}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/opennode 1.5.0 dist/client.js verifySignature",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Only the id of the charge is signed. The rest of the body is not signed: fetch the charge from \
     the API. The key is the API key.",
)
.without_id(
    "https://developers.opennode.com/docs/charges-webhooks (the field id is that of the charge, \
      which has several statuses)",
)
.with_event_type(Location::form("status"))
.without_body_limit("https://developers.opennode.com/docs/charges-webhooks");

/// OpenPay, the billing platform.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static OPENPAY: Provider = Provider::new(
    "openpay",
    "OpenPay",
    Scheme::hmac_sha256(
        SignatureField::list("signature-digest", [",", "=", "v1"], Encoding::Hex),
        "{timestamp}.{json:*/data}",
    )
    .with_timestamp(
        Location::signature_item("t"),
        TimestampFormat::Seconds,
        Tolerance::between(3 * shared::DAY, 300),
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://pypi.org/project/getopenpay 0.0.30 getopenpay/utils/webhook_utils.py; \
      https://docs.getopenpay.com/developer-resources/webhooks/payload-signature",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "`/data` is a text with the JSON of the event, its type included. The rest of the body is not \
      signed, the id neither. The timestamp is that of the event, and the retries are not documented: \
      an age of up to 3 days was chosen. Openpay of Mexico is another company: it sends HTTP Basic.",
)
.with_id(Location::json("/id"))
.with_data("/data")
.without_event_type(
    "https://docs.getopenpay.com/guide/getting-started/integrating-101/webhooks (the type is in the \
      text of `/data`)",
)
.without_body_limit("https://docs.getopenpay.com/guide/getting-started/integrating-101/webhooks");

/// Orb.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static ORB: Provider = Provider::new(
    "orb",
    "Orb",
    Scheme::hmac_sha256(
        SignatureField::list("x-orb-signature", [" ", "=", "v1"], Encoding::Hex),
        "v1:{timestamp}:{body}",
    )
    .with_timestamp(
        Location::header("x-orb-timestamp"),
        TimestampFormat::Rfc3339Utc,
        Tolerance::seconds(300),
    ),
)
.with_source(Confidence::OfficialCode, "https://github.com/orbcorp/orb-python src/orb/resources/webhooks.py")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes("The timestamp has no zone and is in UTC.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.without_body_limit("https://docs.withorb.com/guides/integrations-and-exports/webhooks");

/// Outline.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static OUTLINE: Provider = Provider::new(
    "outline",
    "Outline",
    shared::stripe_like("outline-signature", ["t", "s"], TimestampFormat::Milliseconds, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/outline/outline server/models/WebhookSubscription.ts, \
     plugins/webhooks/server/tasks/DeliverWebhookTask.ts",
)
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/event"))
.with_data("/payload")
// Source: the same code: 5 s for an answer.
.with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(5) })
.without_body_limit("https://github.com/outline/outline plugins/webhooks/server/tasks/DeliverWebhookTask.ts");
