//! Providers that sign the public URL, too.

use super::shapes;
use crate::handshake::catalogue;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, Location, Scheme, SignatureField, Unit, text};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] =
    &[&HUBSPOT, &MANDRILL, &PLIVO_V2, &SQUARE, &SQUARE_SHA1, &TRELLO, &TWILIO];

/// HubSpot v3.
///
/// Proof: `sdk`.
pub static HUBSPOT: Provider = Provider::new(
    "hubspot-v3",
    "HubSpot v3",
    Scheme::hmac_sha256(
        SignatureField::header("x-hubspot-signature-v3", Encoding::Base64),
        "{method}{url}{body}{timestamp}",
    )
    .with_timestamp(
        Location::header("x-hubspot-request-timestamp"),
        Unit::Milliseconds,
        Tolerance::seconds(300),
    ),
)
.with_aliases(const { &[text("hubspot")] })
.with_source(
    Confidence::OfficialCode,
    "https://github.com/HubSpot/hubspot-api-nodejs src/.../Signature.ts; hubspot-api-python \
      hubspot/utils/signature.py",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "HubSpot's page asks to decode some escapes of the URL before it is signed; the official \
      libraries do not, and neither do we. A body has several events; id and type are those of \
      the first. The official library does not bound the future; we do. Nothing separates the \
      URL and the body in what is signed, so nothing of the body is reported as signed.",
)
.with_id(Location::json("/0/eventId"))
.with_event_type(Location::json("/0/subscriptionType"))
.with_retries(Retries::attempts(11).within(shapes::DAY).answered_in(5))
.with_retry_source("https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide");

/// Mandrill (Mailchimp Transactional).
///
/// Proof: `page`.
pub static MANDRILL: Provider = Provider::new(
    "mandrill",
    "Mandrill (Mailchimp Transactional)",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-mandrill-signature", Encoding::Base64),
        "{url}{form:sorted}",
    ),
)
.with_source(Confidence::OfficialDocs, "https://mandrill.zendesk.com How to Authenticate Webhook Requests")
.with_checked("2026-11")
.with_notes(
    "The URL is the one that was configured, slash and query included. The events are JSON in \
      the form field mandrill_events. Test requests are signed with the key test-webhook. \
      Nothing separates the URL and the fields of the form in what is signed, so no field is \
      reported as signed.",
)
.with_event_type(Location::json("/0/event"))
.with_payload("mandrill_events")
.with_handshakes(catalogue::MANDRILL)
.without_id(
    "https://mailchimp.com/developer/transactional/docs/webhooks/ (each event of the \
      batch has an _id)",
);

/// Plivo V2. The body is not signed.
///
/// Proof: `sdk`.
pub static PLIVO_V2: Provider = Provider::new(
    "plivo-v2",
    "Plivo V2",
    Scheme::hmac_sha256(
        SignatureField::header("x-plivo-signature-v2,x-plivo-signature-ma-v2", Encoding::Base64).each(),
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
.with_event_source("memory: https://www.plivo.com/docs/messaging/concepts/callbacks");

const PLIVO_V2_TYPES: &[Location] =
    &[Location::form("Status"), Location::form("CallStatus"), Location::form("Event")];

/// Square.
///
/// Proof: `sdk`.
pub static SQUARE: Provider = Provider::new(
    "square",
    "Square",
    Scheme::hmac_sha256(
        SignatureField::header("x-square-hmacsha256-signature", Encoding::Base64),
        "{url}{body}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/square/square-nodejs-sdk src/wrapper/WebhooksHelper.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The URL is the one that was configured. Nothing separates it and the body in what is \
      signed, so nothing of the body is reported as signed.",
)
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::for_secs(shapes::DAY).answered_in(10))
.with_retry_source("https://developer.squareup.com/docs/webhooks/troubleshooting");

/// Square (legacy).
///
/// Proof: `page`.
pub static SQUARE_SHA1: Provider = Provider::new(
    "square-sha1",
    "Square (legacy)",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-square-signature", Encoding::Base64),
        "{url}{body}",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developer.squareup.com/docs/webhooks/step3validate (as it was before \
          SHA-256)",
)
.with_notes(
    "The URL is the one that was configured. Nothing separates it and the body in what is \
          signed, so nothing of the body is reported as signed. Square sends SHA-256, too: \
          square.",
)
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::for_secs(shapes::DAY).answered_in(10))
.with_retry_source("https://developer.squareup.com/docs/webhooks/troubleshooting")
.with_checked("2026-11");

/// Trello.
///
/// Proof: `secondary`.
pub static TRELLO: Provider = Provider::new(
    "trello",
    "Trello",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-trello-webhook", Encoding::Base64),
        "{body}{url}",
    ),
)
.with_source(
    Confidence::Secondary,
    "https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
          dist/nodes/Trello/TrelloTriggerHelpers.js",
)
.with_checked("2026-11")
.with_notes(
    "The URL is the one that was configured. Nothing separates the body and it in what is \
      signed, so nothing of the body is reported as signed. The key is the secret of the \
      application.",
)
.with_id(Location::json("/action/id"))
.with_event_type(Location::json("/action/type"))
.with_handshakes(catalogue::TRELLO)
.with_retry_delays(&[30, 60, 120])
.with_retry_source("memory: https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks");

/// Twilio (form).
///
/// Proof: `sdk`.
pub static TWILIO: Provider = Provider::new(
    "twilio-form",
    "Twilio (form)",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-twilio-signature", Encoding::Base64),
        "{url}{form:sorted}",
    )
    .with_any_port(),
)
.with_aliases(const { &[text("twilio")] })
.with_source(
    Confidence::OfficialCode,
    "https://github.com/twilio/twilio-node src/webhooks/webhooks.ts; twilio-python \
          request_validator.py",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The key is the auth token. The URL is the public one; its port is tried as it is, \
      removed, and as the default, because Twilio's own rule depends on the client. There is no \
      timestamp: keep the idempotency tokens. Calls have CallStatus, not MessageStatus. Nothing \
      separates the URL and the fields of the form in what is signed, and a text message can \
      hold what looks like fields, so no field is reported as signed.",
)
.with_id(Location::header("i-twilio-idempotency-token"))
.with_event_type(Location::first_of(TWILIO_TYPES));

const TWILIO_TYPES: &[Location] =
    &[Location::form("MessageStatus"), Location::form("CallStatus"), Location::form("SmsStatus")];
