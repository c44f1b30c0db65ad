//! Providers that sign composed content: an item of the body, a canonical request, a form field.

use super::shapes;
use crate::handshake::catalogue;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, Digest, Encoding, Format, KeyFormat, Location, Scheme, SignatureField, Unit, text,
};
use crate::time::Tolerance;

pub(super) const FAMILY: &[&Provider] =
    &[&ADYEN, &BRAINTREE, &CONTENTFUL, &HYGRAPH, &MERCADOPAGO, &PLIVO, &TWILIO_BODY_SHA256];

/// Adyen, standard notifications: one signature per item, over eight of its fields. A body that is one item without an
/// envelope is accepted, too.
///
/// Proof: `sdk`.
pub static ADYEN: Provider = Provider::new(
    "adyen-item",
    "Adyen payments (standard notification)",
    Scheme::hmac_sha256(
        SignatureField::at(Location::json("/additionalData/hmacSignature"), Format::BARE, Encoding::Base64),
        "{json:?/pspReference}:{json:?/originalReference}:{json:?/merchantAccountCode}:{json:?*/merchantReference}:{json:?/amount/value}:{json:?/amount/currency}:{json:?/eventCode}:{json:?/success}",
    )
    .with_key(KeyFormat::HEX)
    .for_each("/notificationItems/*/NotificationRequestItem"),
)
.with_aliases(const { &[text("adyen")] })
.with_source(Confidence::OfficialCode, "https://github.com/Adyen/adyen-node-api-library src/utils/hmacValidator.ts")
.with_checked("2026-11").with_proof(Proof::Sdk)
.with_notes(
    "Only eight fields of an item are signed, and no colon is accepted in them but in the \
      merchant reference. Nothing says which items belong together, so id and type are not \
      reported as signed. An id is the reference with the event code: the same reference comes \
      with several. Classic endpoints expect the answer [accepted].",
)
.with_id(Location::json("/notificationItems/0/NotificationRequestItem/pspReference"))
.with_event_type(Location::json("/notificationItems/0/NotificationRequestItem/eventCode"))
.with_retries(Retries::for_secs(30 * shapes::DAY))
.with_retry_source("https://docs.adyen.com/development-resources/webhooks/troubleshoot");

/// Braintree. The secret is `public_key|private_key`.
///
/// Proof: `sdk`.
pub static BRAINTREE: Provider = Provider::new(
    "braintree",
    "Braintree",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::at(Location::form("bt_signature"), Format::list("&", "|", "{key}"), Encoding::Hex),
        "{form:bt_payload}",
    )
    .with_key(KeyFormat::UTF8.behind("|").hashed_with_sha1())
    .with_final_newline(),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/braintree/braintree_python braintree/webhook_notification_gateway.py, \
      util/crypto.py",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The secret is public_key|private_key; the key is the SHA-1 digest of the private key. The \
      payload is XML in Base64; its signature may cover it with a line feed at its end, as the \
      official libraries accept.",
)
.with_handshakes(catalogue::BRAINTREE)
.without_id("https://github.com/braintree/braintree_python braintree/webhook_notification.py")
.without_event_type(
    "https://github.com/braintree/braintree_python braintree/webhook_notification.py (the kind \
      is XML in Base64)",
)
.with_retries(Retries::for_secs(shapes::DAY).answered_in(30))
.with_retry_source(
    "https://developer.paypal.com/braintree/docs/guides/webhooks/parse (3 hours in \
      the sandbox)",
);

/// Contentful: a canonical request of method, path, headers and body.
///
/// Proof: `sdk`.
pub static CONTENTFUL: Provider = Provider::new(
    "contentful",
    "Contentful",
    Scheme::hmac_sha256(
        SignatureField::header("x-contentful-signature", Encoding::Hex),
        "{method}\n{target:encoded-query}\n{headers:x-contentful-signed-headers}\n{body}",
    )
    .with_timestamp(
        Location::header("x-contentful-timestamp"),
        Unit::Milliseconds,
        Tolerance::seconds(30),
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/contentful/node-apps-toolkit src/requests/sign-request.ts, \
      verify-request.ts, utils.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The library bounds the age alone, to less than 30 s; we bound the future as well. Needs \
      the public path. The list of signed headers has to name itself and the timestamp.",
)
.with_id(Location::json("/sys/id"))
.with_event_type(Location::header("x-contentful-topic"));

/// Hygraph.
///
/// Proof: `vectors`.
pub static HYGRAPH: Provider = Provider::new(
    "hygraph",
    "Hygraph",
    Scheme::hmac_sha256(
        SignatureField::list("gcms-signature", [",", "=", "sign"], Encoding::Base64),
        r#"{{"Body":{body:json-string},"EnvironmentName":{sig:env:json-string},"TimeStamp":{timestamp}}}"#,
    )
    .with_timestamp(Location::signature_item("t"), Unit::Either, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/@hygraph/utils 1.2.1 index.js; \
      https://github.com/Yizack/nuxt-webhook-validators validators/hygraph.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes("The package does not look at the timestamp; 300 s both ways were chosen.")
.with_event_type(Location::json("/operation"))
.without_id("https://hygraph.com/docs/api-reference/basics/webhooks")
.with_retries(Retries::attempts(5).answered_in(3))
.with_retry_source("https://hygraph.com/docs/api-reference/basics/webhooks");

/// Mercado Pago. The body is not signed: fetch the resource that the id names.
///
/// Proof: `sdk`.
pub static MERCADOPAGO: Provider = Provider::new(
    "mercadopago",
    "Mercado Pago",
    Scheme::hmac_sha256(
        SignatureField::list("x-signature", [",", "=", "v1"], Encoding::Hex),
        "{?id:{query:data.id};?}{?request-id:{header:x-request-id};?}ts:{timestamp};",
    )
    .with_timestamp(Location::signature_item("ts"), Unit::Either, Tolerance::seconds(300)),
)
.with_source(Confidence::OfficialCode, "https://github.com/mercadopago/sdk-nodejs src/utils/webhook/index.ts")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The body is not signed. No semicolon is accepted in data.id and x-request-id. The case of \
      data.id is kept, as the Node SDK does; the pages say that ids are lower case. 300 s both \
      ways were chosen: the SDK bounds the age only when asked to.",
)
.with_id(Location::header("x-request-id"))
.with_event_type(Location::query("type"))
.with_retries(Retries::attempts(6).within(4 * shapes::DAY).answered_in(22))
.with_retry_source(
    "https://www.mercadopago.com.ar/developers/en/guides/notifications/webhooks (the \
      last of five retries comes 4 days after the first dispatch)",
)
.without_body_limit("https://github.com/mercadopago/devsite-docs guides/notifications/webhooks.en.md");

/// Plivo, version 3: URL, form and nonce.
///
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
        "{url:plivo}{form:plivo}.{header:x-plivo-signature-v3-nonce}",
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

/// Twilio, JSON requests: the signed URL contains the digest of the body.
///
/// Proof: `sdk`.
pub static TWILIO_BODY_SHA256: Provider = Provider::new(
    "twilio-body-sha256",
    "Twilio (JSON)",
    Scheme::new(Algorithm::HmacSha1, SignatureField::header("x-twilio-signature", Encoding::Base64), "{url}")
        .with_any_port()
        .with_checks(BODY_IN_URL),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/twilio/twilio-node src/webhooks/webhooks.ts; twilio-python request_validator.py",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The key is the auth token. Needs the public URL, whose parameter bodySHA256 binds the \
      body.",
)
.with_id(Location::header("i-twilio-idempotency-token"))
.without_event_type("memory: https://www.twilio.com/docs/usage/webhooks");

const BODY_IN_URL: &[Check] = &[Check::digest(Location::query("bodySHA256"), Digest::Sha256Hex, "{body}")];
