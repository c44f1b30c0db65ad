//! What is signed is made from the body: text or an id around it, its digest, fields of it.

use super::shapes::{CHOSEN, WEBHOOK_CO};
use crate::handshake::catalogue;
use crate::provider::{Confidence, Provider, Responses};
use crate::scheme::{Encoding, Format, Location, Scheme, SignatureField, Unit, text};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] =
    &[&DEEL, &DROPBOX_SIGN, &FRAMER, &LINKEDIN, &MAILGUN, &MAILGUN_ROUTES, &TEBEX];

/// Deel. Facts from somebody else's code or page.
pub static DEEL: Provider = Provider::new(
    "deel",
    "Deel",
    Scheme::hmac_sha256(SignatureField::header("x-deel-signature", Encoding::Hex), "POST{body}"),
)
.with_source(Confidence::Secondary, WEBHOOK_CO)
.with_checked("2026-11")
.with_notes("The text POST stands before the body.");

/// Dropbox Sign: JSON in the field `json` of a form, mostly multipart/form-data. The body is not signed.
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
.with_source(
    Confidence::Secondary,
    "developers.hellosign.com/api/manual-reference-pages/glossary/callbacks-events, and code of receivers for the hash",
)
.with_notes(
    "The body is not signed: time and type of the event are. The key is the API key. The answer to an accepted event has \
     to contain `Hello API Event Received`: the durable mode does so, an inline handler answers with it. The age of an \
     event is not bounded, because attempts go on for days; an event has no id.",
)
.with_event_type(Location::json("/event/event_type"))
.with_payload("json")
.with_responses(Responses {
    rejected: None,
    empty: false,
    accepted: text("Hello API Event Received"),
    authenticate: text(""),
});

/// Framer. Facts from somebody else's code or page.
pub static FRAMER: Provider = Provider::new(
    "framer",
    "Framer",
    Scheme::hmac_sha256(SignatureField::prefixed("framer-signature", "sha256=", Encoding::Hex), "{body}{id}"),
)
.with_source(Confidence::Secondary, WEBHOOK_CO)
.with_checked("2026-11")
.with_notes("Nothing separates the body and the id in what is signed, so neither is reported as signed.")
.with_id(Location::header("framer-webhook-submission-id"));

/// LinkedIn. Facts from somebody else's code or page.
pub static LINKEDIN: Provider = Provider::new(
    "linkedin",
    "LinkedIn",
    Scheme::hmac_sha256(SignatureField::header("x-li-signature", Encoding::Hex), "hmacsha256={body}"),
)
.with_source(Confidence::Secondary, WEBHOOK_CO)
.with_checked("2026-11")
.with_notes(
    "The text hmacsha256= stands before the body in what is signed, not before the signature. \
      The key is the client secret.",
)
.with_handshakes(catalogue::LINKEDIN);

/// Mailgun. The body is not signed.
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
.with_notes(
    "The body is not signed: timestamp and token are. Keep the tokens (/signature/token), \
      whatever the id says. Form-encoded webhooks of older accounts have the same fields \
      without /signature. Mailgun gives up at the 406 that a rejected request is answered with. \
      Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/event-data/id"))
.with_event_type(Location::json("/event-data/event"))
.with_data("/event-data")
.with_responses(Responses { rejected: Some(406), empty: false, accepted: text(""), authenticate: text("") });

/// Mailgun's routes: received mail as a form, with attachments as multipart/form-data. The body is not signed.
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
.with_responses(Responses { rejected: Some(406), empty: false, accepted: text(""), authenticate: text("") });

/// Tebex. Facts from somebody else's code or page.
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
