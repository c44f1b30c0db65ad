//! Slugs that begin with `co` to `cr`.

use super::shared;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Encoding, Format, JwtRules, KeyFormat, Location, Scheme, SignatureField, TimestampFormat, text,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[
    &COINBASE_CDP,
    &COINBASE,
    &CONFIGCAT,
    &CONNECTWISE,
    &CONSTANT_CONTACT,
    &CONTENTFUL,
    &CONVOY,
    &CONVOY_ADVANCED,
    &CRISP,
    &CRONOFY,
    &CRYPTOMUS,
];

/// Coinbase Developer Platform.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static COINBASE_CDP: Provider =
    Provider::new("coinbase-cdp", "Coinbase Developer Platform", shared::HOOK0_V1)
        .with_source(
            Confidence::OfficialDocs,
            "https://docs.cdp.coinbase.com/webhooks/transfers/verification",
        )
        .with_checked("2026-11")
        .with_notes(
            "Sent with Hook0. A header that is listed and is not there is refused; Coinbase's \
          example takes it as empty.",
        )
        .with_id(Location::json("/eventId"))
        .with_event_type(Location::json("/eventType"))
        .with_data("/data")
        .with_retries(Retries::attempts(61))
        .with_retry_source("https://docs.cdp.coinbase.com/get-started/webhooks")
        .without_body_limit("https://docs.cdp.coinbase.com/get-started/webhooks");

/// Coinbase Commerce.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static COINBASE: Provider =
    Provider::new("coinbase-commerce", "Coinbase Commerce", shared::body_hex("x-cc-webhook-signature"))
        .with_aliases(const { &[text("coinbase")] })
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/coinbase/coinbase-commerce-node lib/Webhook.js",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_id(Location::json("/event/id"))
        .with_event_type(Location::json("/event/type"))
        .with_data("/event/data")
        .with_retries(Retries::for_secs(3 * shared::DAY))
        .with_retry_source("https://docs.cloud.coinbase.com/commerce-onchain/docs/webhooks")
        .without_body_limit("https://docs.cloud.coinbase.com/commerce/docs/webhooks-fields-and-security");

/// ConfigCat.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static CONFIGCAT: Provider = Provider::new(
    "configcat",
    "ConfigCat",
    Scheme::hmac_sha256(
        shared::items("x-configcat-webhook-signature-v1", Encoding::Base64),
        "{id}{timestamp}{body}",
    )
    .with_timestamp(
        Location::header("x-configcat-webhook-timestamp"),
        TimestampFormat::Seconds,
        shared::CHOSEN,
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/configcat/docs website/docs/advanced/notifications-webhooks.mdx",
)
.with_checked("2026-11")
.with_notes(
    "Nothing separates the id, the timestamp and the body in what is signed, so none of them \
      is reported as signed. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::header("x-configcat-webhook-id"))
.without_event_type(
    "https://github.com/configcat/docs website/docs/advanced/notifications-webhooks.mdx \
          (the user writes the body)",
)
.without_body_limit("https://github.com/configcat/docs website/docs/advanced/notifications-webhooks.mdx");

/// ConnectWise PSA callbacks.
///
/// Key: the SHA-256 of the text of the secret.
/// Proof: `secondary`.
pub static CONNECTWISE: Provider = Provider::new(
    "connectwise",
    "ConnectWise PSA callbacks",
    shared::body_base64("x-content-signature").with_key(KeyFormat::UTF8.hashed_with_sha256()),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/NangoHQ/nango packages/server/lib/webhook/connectwise-psa-webhook-routing.ts",
)
.with_checked("2026-11")
.with_notes(
    "The secret is the `signing_key` that the address in `/Metadata/key_url` returns: fetch it once, \
      with your credentials, from an address on myconnectwise.net that you know. The address in a \
      delivery is not read, because any sender could have written it. There is no timestamp, so the age \
      of a delivery is not bounded.",
)
.with_event_type(Location::json("/Type"))
.without_body_limit(
    "https://github.com/NangoHQ/nango packages/server/lib/webhook/connectwise-psa-webhook-routing.ts",
);

/// Constant Contact: a detached signature over the body as it is (RFC 7797).
///
/// Key: a public key.
/// Proof: `page`.
pub static CONSTANT_CONTACT: Provider = Provider::new(
    "constant-contact",
    "Constant Contact",
    Scheme::jwt(shared::bare_token("x-ctct-webhook-sig"), "RS256")
        .with_jwt(JwtRules::new("RS256").detached().unencoded())
        .with_timestamp(Location::claim("ts"), TimestampFormat::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialDocs,
    "https://v3.developer.constantcontact.com/api_guide/webhook_authenticity.html",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "Keys: https://developer.constantcontact.com/.well-known/jwks.json, without kid. The \
      timestamp is in the header of the JWT; the page names no tolerance, 300 s both ways \
      were chosen. All partners share the keys, and the page names nothing that is signed and \
      says whose delivery it is: look the account in the body up among yours.",
)
.without_id("https://developer.constantcontact.com/api_guide/partner_webhook_overview.html")
.with_event_type(Location::json("/event_type"))
.with_event_source("https://developer.constantcontact.com/api_guide/partner_webhook_overview.html")
.without_body_limit("https://developer.constantcontact.com/api_guide/partner_webhook_overview.html");

/// Contentful: a canonical request of method, path, headers and body.
///
/// Key: the text of the secret.
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
        TimestampFormat::Milliseconds,
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
      the public path. The list of signed headers has to name itself and the timestamp. The id is \
      a header, too; `/sys/id` is that of the entry, in every delivery about it.",
)
.with_id(Location::header("x-contentful-idempotency-key"))
.with_event_type(Location::header("x-contentful-topic"))
.with_event_source(
    "https://www.contentful.com/developers/changelog/idempotency-key-headers-for-webhook-requests",
)
.with_retry_delays(&[30, 30])
.with_retry_source("https://www.contentful.com/developers/docs/webhooks/retry-policy")
.without_body_limit("https://contentful.com/developers/docs/webhooks/overview (first part)");

/// Convoy.
///
/// Key: the text of the secret.
/// Proof: `vectors`.
pub static CONVOY: Provider = Provider::new("convoy", "Convoy", shared::body_hex("x-convoy-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/frain-dev/convoy pkg/signature/signature.go, \
     worker/task/process_event_delivery.go",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Vectors)
    .with_notes(
        "Simple signatures with SHA-256 in hexadecimal, the default. Projects can choose \
     advanced ones (convoy-advanced), SHA-512, Base64 and another header: change a copy. \
     The id is a header that the signature does not cover. There is no timestamp, so the \
     age of a delivery is not bounded.",
    )
    .with_id(Location::header("x-convoy-event-id"))
    .without_event_type(
        "https://getconvoy.io/docs/product-manual/events-and-event-deliveries (the body \
      is what the sender wrote)",
    )
    .with_body_limit(
        50 << 10,
        "https://github.com/frain-dev/convoy api/models/project.go (default of max_payload_read_size)",
    );

/// Convoy (advanced signatures).
///
/// Key: the text of the secret.
/// Proof: `vectors`.
pub static CONVOY_ADVANCED: Provider = Provider::new(
    "convoy-advanced",
    "Convoy (advanced signatures)",
    Scheme::hmac_sha256(
        SignatureField::list("x-convoy-signature", [",", "=", "v1"], Encoding::Hex),
        "{timestamp},{body}",
    )
    .with_timestamp(Location::signature_item("t"), TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/frain-dev/convoy pkg/signature/signature.go, \
     pkg/signature/testdata/signature-vectors.json",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "A comma separates timestamp and body in what is signed. The id is a header that the \
     signature does not cover. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::header("x-convoy-event-id"))
.without_event_type(
    "https://getconvoy.io/docs/product-manual/events-and-event-deliveries (the body \
      is what the sender wrote)",
)
.with_body_limit(
    50 << 10,
    "https://github.com/frain-dev/convoy api/models/project.go (default of max_payload_read_size)",
);

/// Crisp.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static CRISP: Provider = Provider::new(
    "crisp",
    "Crisp",
    Scheme::hmac_sha256(SignatureField::header("x-crisp-signature", Encoding::Hex), "[{timestamp};{body}]")
        .with_timestamp(
            Location::header("x-crisp-request-timestamp"),
            TimestampFormat::Milliseconds,
            shared::CHOSEN,
        ),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/crisp-api 11.3.0 dist/crisp.js __verifySignature; \
     https://docs.crisp.chat/references/web-hooks/v1",
)
.with_checked("2026-11")
.with_notes(
    "The library hashes the body serialised again: it is sent in that form. Tolerance \
     chosen: 300 s both ways.",
)
.with_event_type(Location::json("/event"))
.with_data("/data")
.without_id("https://docs.crisp.chat/references/web-hooks/v1")
.without_body_limit("https://docs.crisp.chat/references/web-hooks/v1 (first part)");

/// Cronofy.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static CRONOFY: Provider = Provider::new(
    "cronofy",
    "Cronofy",
    Scheme::hmac_sha256(shared::items("cronofy-hmac-sha256", Encoding::Base64), "{body}"),
)
.with_source(Confidence::OfficialDocs, "https://docs.cronofy.com/developers/api/push-notifications")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_event_type(Location::json("/notification/type"))
.without_id("https://docs.cronofy.com/developers/api/push-notifications")
.without_body_limit("https://docs.cronofy.com/developers/api/push-notifications (first part)");

/// Cryptomus.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static CRYPTOMUS: Provider = Provider::new(
    "cryptomus",
    "Cryptomus",
    Scheme::new(
        Algorithm::Md5,
        SignatureField::at(Location::json("/sign"), Format::BARE, Encoding::Hex),
        "{base64:body:json-php}{secret}",
    ),
)
.with_source(Confidence::OfficialDocs, "https://doc.cryptomus.com/payments/webhook")
.with_checked("2026-11")
.with_notes(
    "The key is the payment API key, of payouts the payout API key. The values of all members are signed, in their order, \
     as PHP writes them; spaces and escapes are not. MD5 is weak, and Cryptomus offers no other algorithm. There is no \
     timestamp: a status that was received can be sent again.",
)
.without_id("https://doc.cryptomus.com/payments/webhook (/uuid is that of the payment, which has several statuses)")
.with_event_type(Location::json("/status"))
.without_body_limit("https://doc.cryptomus.com/payments/webhook");
