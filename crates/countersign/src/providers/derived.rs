//! Providers that sign content derived from the body: text or an id around it, its digest, fields of it.

use super::shapes::{self, CHOSEN};
use crate::handshake::catalogue;
use crate::provider::{Confidence, Proof, Provider, Responses, Retries};
use crate::scheme::{Encoding, Format, Location, Scheme, SignatureField, Unit, text};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] =
    &[&DEEL, &DROPBOX_SIGN, &FRAMER, &LINKEDIN, &MAILGUN, &MAILGUN_ROUTES, &TEBEX];

/// Deel.
///
/// Proof: `page`.
pub static DEEL: Provider = Provider::new(
    "deel",
    "Deel",
    Scheme::hmac_sha256(SignatureField::header("x-deel-signature", Encoding::Hex), "POST{body}"),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developer.deel.com/v2.1.72/docs/webhooks-get-started; \
          https://developer.deel.com/v2.1.51/docs/security",
)
.with_checked("2026-11")
.with_notes("The text POST stands before the body.")
.with_event_type(Location::json("/data/meta/event_type"))
.with_event_source("memory: https://developer.deel.com/api/webhooks/events")
.without_id("memory: https://developer.deel.com/api/webhooks");

/// Dropbox Sign: JSON in the field `json` of a form, mostly multipart/form-data. The body is not signed.
///
/// Proof: `sdk`.
pub static DROPBOX_SIGN: Provider = Provider::new(
    "dropbox-sign",
    "Dropbox Sign",
    Scheme::hmac_sha256(
        SignatureField::at(Location::json("/event/event_hash"), Format::BARE, Encoding::Hex),
        "{json:/event/event_time}{json:/event/event_type}",
    )
    .with_timestamp(
        Location::json("/event/event_time"),
        Unit::Seconds,
        Tolerance::seconds(300).insecure_any_age(),
    ),
)
.with_aliases(const { &[text("hellosign")] })
.with_source(
    Confidence::Secondary,
    "https://developers.hellosign.com/api/manual-reference-pages/glossary/callbacks-events, \
      and code of receivers for the hash",
)
.with_checked("2026-11").with_proof(Proof::Sdk)
.with_notes(
    "The body is not signed: time and type of the event are. The key is the API key. The answer to an accepted event has \
     to contain `Hello API Event Received`: the durable mode does so, an inline handler answers with it. The age of an \
     event is not bounded, because attempts go on for days; an event has no id.",
)
.with_event_type(Location::json("/event/event_type"))
.with_payload("json")
.with_responses(Responses::DEFAULT.with_accepted_text("Hello API Event Received")).without_id("https://www.npmjs.com/package/@dropbox/sign 1.11.0 \
      types/model/eventCallbackRequestEvent.d.ts");

/// Framer.
///
/// Proof: `page`.
pub static FRAMER: Provider = Provider::new(
    "framer",
    "Framer",
    Scheme::hmac_sha256(SignatureField::prefixed("framer-signature", "sha256=", Encoding::Hex), "{body}{id}"),
)
.with_source(Confidence::OfficialDocs, "https://www.framer.com/help/articles/framer-form-webhook-setup")
.with_checked("2026-11")
.with_notes(
    "Nothing separates the body and the id in what is signed, so neither is reported as \
          signed.",
)
.with_id(Location::header("framer-webhook-submission-id"))
.without_event_type(
    "https://www.framer.com/help/articles/framer-form-webhook-setup (all are submissions \
          of forms)",
)
.with_retries(Retries::attempts(6))
.with_retry_source("https://www.framer.com/help/articles/framer-form-webhook-setup");

/// LinkedIn.
///
/// Proof: `page`.
pub static LINKEDIN: Provider = Provider::new(
    "linkedin",
    "LinkedIn",
    Scheme::hmac_sha256(
        SignatureField::at(
            Location::header("x-li-signature"),
            Format::Value { prefixes: text("hmacsha256="), required: false },
            Encoding::Hex,
        ),
        "hmacsha256={body}",
    )
    .with_optional_start(),
)
.with_source(
    Confidence::OfficialDocs,
    "https://learn.microsoft.com/linkedin/talent/apply-connect/receive-applications; \
      https://github.com/webhook-co/webhook packages/webhooks-spec/src/adapters/config.ts",
)
.with_checked("2026-11")
.with_notes(
    "The page puts the text hmacsha256= before the body in what is signed, others put it \
      before the signature: both are accepted, and a body that begins with it is refused. The \
      key is the client secret.",
)
.with_handshakes(catalogue::LINKEDIN)
.with_id(Location::json("/notifications/0/notificationId"))
.with_event_type(Location::first_of(LINKEDIN_TYPES))
.with_event_source("https://learn.microsoft.com/linkedin/marketing/community-management/organizations/organization-social-action-notifications")
.with_retries(Retries::for_secs(8 * shapes::HOUR))
.with_retry_source("https://learn.microsoft.com/linkedin/marketing/community-management/organizations/organization-social-action-notifications \
      (every 5 minutes)");

const LINKEDIN_TYPES: &[Location] = &[Location::json("/notifications/0/action"), Location::json("/type")];

/// Mailgun. The body is not signed.
///
/// Proof: `vectors`.
pub static MAILGUN: Provider = Provider::new(
    "mailgun",
    "Mailgun",
    Scheme::hmac_sha256(
        SignatureField::at(Location::json("/signature/signature"), Format::BARE, Encoding::Hex),
        "{json:/signature/timestamp}{json:/signature/token}",
    )
    .with_timestamp(Location::json("/signature/timestamp"), Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialCode, "https://github.com/mailgun/mailgun-php src/Api/Webhook.php")
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "The body is not signed: timestamp and token are. Keep the tokens (/signature/token), \
      whatever the id says. Form-encoded webhooks of older accounts have the same fields \
      without /signature. Mailgun gives up at the 406 that a rejected request is answered with. \
      Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/event-data/id"))
.with_event_type(Location::json("/event-data/event"))
.with_data("/event-data")
.with_responses(Responses::DEFAULT.with_rejection(406))
.with_retry_delays(&[300, 600, 900, 3600, 7200, 14_400])
.with_retry_source("https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries")
.without_body_limit(
    "https://github.com/mailgun/documentation source/user_manual.rst, source/api-webhooks.rst",
);

/// Mailgun's routes: received mail as a form, with attachments as multipart/form-data. The body is not signed.
///
/// Proof: `page`.
pub static MAILGUN_ROUTES: Provider = Provider::new(
    "mailgun-routes",
    "Mailgun (routes, as a form)",
    Scheme::hmac_sha256(
        SignatureField::at(Location::form("signature"), Format::BARE, Encoding::Hex),
        "{form:timestamp}{form:token}",
    )
    .with_timestamp(Location::form("timestamp"), Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialCode, "https://github.com/mailgun/mailgun-php src/Api/Webhook.php")
.with_checked("2026-11")
.with_notes(
    "The body is not signed: timestamp and token are. The token is the id. Attachments are \
      multipart/form-data and larger than the default limit on bodies. Mailgun gives up at the \
      406 that a rejected request is answered with. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::form("token"))
.with_responses(Responses::DEFAULT.with_rejection(406))
.without_event_type(
    "https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http \
      (all are received messages)",
)
.with_retry_delays(&[600, 600, 900, 1800, 3600, 7200, 14_400])
.with_retry_source("https://github.com/mailgun/documentation source/user_manual.rst")
.with_body_limit(
    25 << 20,
    "https://github.com/mailgun/documentation source/user_manual.rst (the largest message)",
);

/// Tebex.
///
/// Proof: `secondary`.
pub static TEBEX: Provider = Provider::new(
    "tebex",
    "Tebex",
    Scheme::hmac_sha256(SignatureField::header("x-signature", Encoding::Hex), "{body:sha256-hex}"),
)
.with_source(
    Confidence::Secondary,
    "https://skills.sh hookdeck tebex-webhooks; https://docs.tebex.io/developers/webhooks",
)
.with_checked("2026-11")
.with_notes("The text of the SHA-256 of the body is signed.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/subject")
.with_handshakes(catalogue::TEBEX);
