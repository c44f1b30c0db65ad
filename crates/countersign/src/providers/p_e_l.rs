//! Slugs that begin with `pe` to `pl`.

use super::shared;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Check, DigestFormat, Encoding, Format, JwtRules, Location, Scheme, SignatureField, TimestampFormat, text,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[
    &PERSONA,
    &PHABRICATOR,
    &PHONE_SYSTEMS,
    &PLAID,
    &PLAIN,
    &PLANE,
    &PLANETSCALE,
    &PLEXTRAC,
    &PLIVO_V2,
    &PLIVO,
];

/// Persona.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PERSONA: Provider = Provider::new(
    "persona",
    "Persona",
    Scheme::hmac_sha256(
        SignatureField::list("persona-signature", [" ,", "=", "v1"], Encoding::Hex),
        "{timestamp}.{body}",
    )
    .with_timestamp(Location::signature_item("t"), TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.withpersona.com/docs/webhooks-best-practices")
.with_checked("2026-11")
.with_notes(
    "While keys are rotated there are several groups, separated by spaces. A request whose \
      groups have different timestamps is refused. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/data/id"))
.with_event_type(Location::json("/data/attributes/name"))
.without_body_limit(
    "https://docs.withpersona.com/docs/webhooks-best-practices; \
          https://docs.withpersona.com/api-reference/webhooks/webhooks-account-events/webhook-account-created",
);

/// Phabricator and Phorge.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PHABRICATOR: Provider = Provider::new(
    "phabricator",
    "Phabricator and Phorge",
    shared::body_hex("x-phabricator-webhook-signature"),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/phacility/phabricator \
     src/applications/herald/worker/HeraldWebhookWorker.php",
)
.with_checked("2026-11")
.with_notes(
    "The body names what changed, by PHIDs, and has no id of its own. There is no \
     timestamp, so the age of a delivery is not bounded.",
)
.with_event_type(Location::json("/object/type"))
// Source: the same code: 15 s for an answer.
.with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(15) })
.with_id(Location::json("/transactions/0/phid"))
.without_body_limit(
    "https://github.com/phacility/phabricator src/applications/herald/worker/HeraldWebhookWorker.php",
);

/// DIDWW phone.systems.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PHONE_SYSTEMS: Provider = Provider::new(
    "phone-systems",
    "DIDWW phone.systems",
    shared::stripe_like("x-ps-signature", ["t", "v1"], TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://doc.didww.com/phone-systems/Settings/webhooks/verify-webhook-requests",
)
.with_checked("2026-11")
.with_notes("Every attempt is signed again, with its own time. Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_event_source("https://doc.didww.com/phone-systems/Settings/webhooks/webhook-event-reference.html")
.with_retries(Retries::attempts(10).within(828).answered_in(10))
.with_retry_source("https://doc.didww.com/phone-systems/Settings/webhooks/webhook-delivery-and-troubleshooting.html (at most)")
.without_body_limit(
    "https://doc.didww.com/phone-systems/Settings/webhooks.html; \
          https://doc.didww.com/phone-systems/Settings/webhooks/webhook-delivery-and-troubleshooting.html",
);

/// Plaid.
///
/// Key: a public key.
/// Proof: `page`.
pub static PLAID: Provider = Provider::new(
    "plaid",
    "Plaid",
    Scheme::jwt(shared::bare_token("plaid-verification"), "ES256")
        .with_jwt(JwtRules::new("ES256").with_required("iat").with_max_age(300))
        .with_timestamp(shared::ISSUED, TimestampFormat::Seconds, Tolerance::between(0, 300))
        .with_checks(
            const { &[Check::digest(Location::claim("request_body_sha256"), DigestFormat::Sha256Hex, "{body}")] },
        ),
)
.with_source(Confidence::OfficialDocs, "https://plaid.com/docs/api/webhooks/webhook-verification")
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The key is the JWK that /webhook_verification_key/get answers for the kid of the JWT. \
      Five minutes of age are the page's; 300 s into the future were chosen. Plaid signs for \
      all of its customers, and no claim names yours: compare item_id in the body with your \
      items.",
)
.with_event_type(Location::json("/webhook_code"))
.without_id("https://support.plaid.com/customer/en/portal/topics/973212-webhooks")
.with_retries(Retries::for_secs(shared::DAY).answered_in(10))
.with_retry_source("https://support.plaid.com/hc/en-us/articles/40390675922967-Can-Plaid-re-push-failed-or-missed-webhook-events")
    .without_body_limit("https://github.com/plaid/plaid-openapi 2020-09-14.yml");

/// Plain.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static PLAIN: Provider = Provider::new("plain", "Plain", shared::body_hex("plain-request-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://plain.com/docs/request-signing; https://plain.com/docs/webhooks/sdk",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "The key is one for the whole workspace. The time of the attempt stands in the body \
     (/webhookMetadata/webhookDeliveryAttemptTimestamp): the SDK allows 300 s, and it is \
     not looked at here because older versions of the body have none.",
    )
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/type"))
    .with_data("/payload")
    .without_body_limit("https://github.com/team-plain/docs webhooks.mdx, webhooks/versions.mdx");

/// Plane.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PLANE: Provider = Provider::new("plane", "Plane", shared::body_hex("x-plane-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/makeplane/plane apps/api/plane/bgtasks/webhook_task.py",
    )
    .with_checked("2026-11")
    .with_notes(
        "X-Plane-Delivery is made anew for every attempt, so it is no id. There is no \
     timestamp, so the age of a delivery is not bounded.",
    )
    .with_event_type(Location::json("/event"))
    .with_data("/data")
    // Source: the same code: 5 retries with exponential backoff from 10 minutes on, and 30 s for an answer.
    .with_retries(Retries { attempts: Some(6), window_secs: None, ack_secs: Some(30) })
    .without_id(
        "https://github.com/makeplane/plane apps/api/plane/bgtasks/webhook_task.py \
      (X-Plane-Delivery is another one in each attempt)",
    )
    .without_body_limit("https://github.com/makeplane/developer-docs docs/dev-tools/intro-webhooks.md");

/// PlanetScale.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PLANETSCALE: Provider =
    Provider::new("planetscale", "PlanetScale", shared::body_hex("x-planetscale-signature"))
        .with_source(
            Confidence::OfficialDocs,
            "https://planetscale.com/docs/api/webhooks; the header in npm @trigger.dev/core 4.8.3",
        )
        .with_checked("2026-11")
        .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
        .with_event_type(Location::json("/event"))
        .without_id("https://planetscale.com/changelog/webhook-payload-update")
        .without_body_limit("https://github.com/planetscale/docs docs/concepts/webhooks.md");

/// PlexTrac.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PLEXTRAC: Provider = Provider::new(
    "plextrac",
    "PlexTrac",
    shared::body_hex("x-authorization-hmac-256"),
)
.with_source(
    Confidence::OfficialDocs,
    "https://docs.plextrac.com/plextrac-documentation/api-documentation/webhooks/verifying-sender-requests",
)
.with_checked("2026-11")
.with_notes(
    "A webhook without a secret is delivered unsigned. The signature is that of the sender's code \
              on the page, not of the sentence that appends the body to the secret. There is no timestamp, \
              so the age of a delivery is not bounded.",
)
.with_id(Location::json("/cuid"))
.with_event_type(Location::json("/event"))
.with_event_source(
    "https://docs.plextrac.com/plextrac-documentation/api-documentation/webhooks/webhook-payload-structure",
)
.with_retries(Retries::attempts(6).answered_in(5))
.with_retry_source("https://docs.plextrac.com/plextrac-documentation/api-documentation/webhooks")
.without_body_limit(
    "https://docs.plextrac.com/plextrac-documentation/api-documentation/webhooks/webhook-payload-structure",
);

/// Plivo V2. The body is not signed.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static PLIVO_V2: Provider = Provider::new(
    "plivo-v2",
    "Plivo V2",
    Scheme::hmac_sha256(
        SignatureField::header("x-plivo-signature-v2,x-plivo-signature-ma-v2", Encoding::Base64).repeat_any(),
        "{url_without_query}{header:x-plivo-signature-v2-nonce}",
    ),
)
.with_source(Confidence::OfficialCode, "https://github.com/plivo/plivo-python plivo/utils/__init__.py")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The body is not signed, and nothing separates the URL and the nonce in what is. The \
      second header is signed with the auth token of the main account.",
)
.with_event_type(Location::first_of(PLIVO_V2_TYPES))
.without_id(
    "https://docs.plivo.com/docs/messaging/api/message/message-status-callbacks \
      (MessageUUID is that of the message)",
)
.with_event_source("https://docs.plivo.com/docs/messaging/api/message/message-status-callbacks (of messages)")
.without_body_limit("https://docs.plivo.com/docs/messaging/api/message/message-status-callbacks");

const PLIVO_V2_TYPES: &[Location] =
    &[Location::form("Status"), Location::form("CallStatus"), Location::form("Event")];

/// Plivo, version 3: URL, form and nonce.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static PLIVO: Provider = Provider::new(
    "plivo-v3",
    "Plivo V3",
    Scheme::hmac_sha256(
        SignatureField::at(
            Location::header("x-plivo-signature-v3"),
            Format::bare_list(","),
            Encoding::Base64,
        ),
        "{url:sorted-query}{form:sorted-after-url}.{header:x-plivo-signature-v3-nonce}",
    ),
)
.with_aliases(const { &[text("plivo")] })
.with_source(Confidence::OfficialCode, "https://github.com/plivo/plivo-python plivo/utils/signature_v3.py")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Needs the public URL. There is no timestamp; the nonce is signed. Nothing separates the \
      URL and the fields of the form from each other in what is signed, so no field is reported \
      as signed.",
)
.with_event_type(Location::form("Event"))
.without_id("https://docs.plivo.com/docs/voice/xml/request");
