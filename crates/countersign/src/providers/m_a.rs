//! Slugs that begin with `ma`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, KeyScope, Proof, Provider, RejectionStyle, Retries};
use crate::scheme::{Algorithm, Encoding, Format, Location, Scheme, SignatureField, TimestampFormat};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&MAILCHANNELS, &MAILERLITE, &MAILEROO, &MAILGUN, &MAILGUN_ROUTES, &MANDRILL, &MAUTIC];

/// MailChannels. The key is the one that `keyid` names, from `https://api.mailchannels.net/tx/v1/webhook/public-key?id=…`.
///
/// Key: a public key.
/// Proof: `secondary`.
pub static MAILCHANNELS: Provider = Provider::new(
    "mailchannels",
    "MailChannels",
    Scheme::message_signature(Algorithm::Ed25519, "content-digest", Tolerance::seconds(300))
        .with_key_id(Location::signature_item("keyid")),
)
.with_source(
    Confidence::Secondary,
    "https://docs.mailchannels.com/email-api/webhooks; https://github.com/Yizack/mailchannels \
      src/utils/webhooks-validator.ts",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The public key is of MailChannels as a whole: compare the `customer_handle` of each event \
      with your account's. A body has up to 1000 events; the type is that of the first. The \
      library of the community does not bound the future; we do.",
)
.with_event_type(Location::json("/0/event"))
.without_id(
    "https://github.com/Yizack/mailchannels src/types/webhooks/events.ts (`request_id` is \
          that of the request that sent the message)",
)
.without_body_limit(
    "https://docs.mailchannels.com/email-api/webhooks; \
          https://docs.mailchannels.com/email-api/webhook-retries",
);

/// MailerLite.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static MAILERLITE: Provider = Provider::new("mailerlite", "MailerLite", shared::body_hex("signature"))
    .with_source(Confidence::OfficialDocs, "https://developers.mailerlite.com/docs/webhooks")
    .with_checked("2026-11")
    .with_retries(Retries::ack_only(3))
    .with_retry_delays(&[10, 100, 1000])
    .with_retry_source("https://developers.mailerlite.com/docs/webhooks")
    .with_event_type(Location::first_of(MAILERLITE_TYPES))
    .without_id("https://developers.mailerlite.com/docs/webhooks")
    .with_event_source("https://github.com/api-evangelist/mailerlite asyncapi/mailerlite-webhooks-asyncapi.yml (examples of the official page)")
    .without_body_limit("https://developers.mailerlite.com/docs/webhooks");

/// A batch has events of its own.
const MAILERLITE_TYPES: &[Location] = &[
    Location::json("/event"),
    Location::json("/type"),
    Location::json("/events/0/event"),
    Location::json("/events/0/type"),
];

/// Maileroo.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static MAILEROO: Provider = Provider::new(
    "maileroo",
    "Maileroo",
    shared::stripe_like("maileroo-signature", ["t", "v1"], TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://maileroo.com/docs/api-reference/otp-verification/webhooks/getting-started",
)
.with_checked("2026-11")
.with_notes("The events of verifications. Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.without_body_limit("https://maileroo.com/docs/api-reference/otp-verification/webhooks/getting-started");

/// Mailgun. The body is not signed.
///
/// Key: the text of the secret.
/// Proof: `vectors`.
pub static MAILGUN: Provider = Provider::new(
    "mailgun",
    "Mailgun",
    Scheme::hmac_sha256(
        SignatureField::at(Location::json("/signature/signature"), Format::BARE, Encoding::Hex),
        "{json:/signature/timestamp}{json:/signature/token}",
    )
    .with_timestamp(Location::json("/signature/timestamp"), TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialCode, "https://github.com/mailgun/mailgun-php src/Api/Webhook.php")
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "Timestamp and token are signed. The rest of the body is not signed. Keep the tokens (/signature/token), \
      whatever the id says. Form-encoded webhooks of older accounts are verified by \
      `mailgun-routes`. Mailgun gives up at the 406 that a rejected request is answered with. \
      Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/event-data/id"))
.with_event_type(Location::json("/event-data/event"))
.with_data("/event-data")
.with_responses(RejectionStyle::DEFAULT.with_rejection(406))
.with_retry_delays(&[300, 600, 900, 3600, 7200, 14_400])
.with_retry_source("https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries")
.without_body_limit(
    "https://github.com/mailgun/documentation source/user_manual.rst, source/api-webhooks.rst",
);

/// Mailgun's routes and the webhooks of older accounts: forms, of received mail with attachments as
/// multipart/form-data. The body is not signed.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static MAILGUN_ROUTES: Provider = Provider::new(
    "mailgun-routes",
    "Mailgun (routes and older webhooks, as forms)",
    Scheme::hmac_sha256(
        SignatureField::at(Location::form("signature"), Format::BARE, Encoding::Hex),
        "{form:timestamp}{form:token}",
    )
    .with_timestamp(Location::form("timestamp"), TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialCode, "https://github.com/mailgun/mailgun-php src/Api/Webhook.php")
.with_checked("2026-11")
.with_notes(
    "Verifies the form-encoded webhooks of older accounts, too; JSON is verified by `mailgun`. \
      Timestamp and token are signed. The rest of the body is not signed. The token is the id. The type is the \
      field `event` of a webhook; received mail has none. Attachments are multipart/form-data \
      and larger than the default limit on bodies. Mailgun gives up at the 406 that a rejected request is answered with. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::form("token"))
.with_responses(RejectionStyle::DEFAULT.with_rejection(406))
.with_event_type(Location::form("event"))
.with_event_source(
    "https://github.com/mailgun/documentation source/user_manual.rst; \
      https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http",
)
.with_retry_delays(&[600, 600, 900, 1800, 3600, 7200, 14_400])
.with_retry_source("https://github.com/mailgun/documentation source/user_manual.rst")
.with_body_limit(
    25 << 20,
    "https://github.com/mailgun/documentation source/user_manual.rst (the largest message)",
);

/// Mandrill (Mailchimp Transactional).
///
/// Key: the text of the secret.
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
.with_handshakes(MANDRILL_HANDSHAKES)
.without_id(
    "https://mailchimp.com/developer/transactional/docs/webhooks/ (each event of the \
      batch has an _id)",
)
.without_body_limit("https://mailchimp.com/developer/transactional/docs/webhooks (formats)");

/// Mandrill: a HEAD, and an empty delivery that is signed with a key which is not the endpoint's.
pub const MANDRILL_HANDSHAKES: &[Handshake] = &[
    Handshake::new("head", Trust::Echo, Method::Head)
        .with_source(
            Confidence::OfficialDocs,
            "mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks",
        )
        .with_conditions(const { &[] })
        .with_answer(Answer::status(200)),
    Handshake::new("test", Trust::Echo, Method::Post)
        .with_source(
            Confidence::OfficialDocs,
            "mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks",
        )
        .with_conditions(const { &[Condition::equals(Place::form("mandrill_events"), "[]")] })
        .with_answer(Answer::status(200)),
];

/// Mautic.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static MAUTIC: Provider = Provider::new("mautic", "Mautic", shared::body_base64("webhook-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/mautic/mautic app/bundles/WebhookBundle/Http/Client.php",
    )
    .with_checked("2026-11")
    .without_id(
        "https://github.com/mautic/developer-documentation-new \
          docs/webhooks/example_scripts.rst",
    )
    .without_event_type(
        "https://github.com/mautic/developer-documentation-new docs/webhooks/example_scripts.rst \
      (the type is the name of a member)",
    )
    .without_body_limit(
        "https://github.com/mautic/developer-documentation-new docs/webhooks/getting_started.rst",
    );
