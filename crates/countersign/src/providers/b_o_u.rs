//! Slugs that begin with `bo` to `bu`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Pattern, Place, Trust};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, Encoding, Format, KeyFormat, Location, Scheme, SignatureField, TimestampFormat,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&BOLT, &BOX, &BRAINTREE, &BREVO, &BREX, &BROWSERBASE, &BTCPAY, &BUILDKITE];

/// Bolt.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static BOLT: Provider = Provider::new("bolt", "Bolt", shared::body_base64("x-bolt-hmac-sha256"))
    .with_source(
        Confidence::OfficialDocs,
        "https://help.bolt.com/gaming/guide/bolt-webhooks/validate-authenticity",
    )
    .with_checked("2026-11")
    .without_id(
        "https://github.com/BoltApp/bolt-magento1 app/code/community/Bolt/Boltpay/controllers/ApiController.php \
          (/id is that of the transaction, which is authorised, captured and refunded)",
    )
    .with_event_type(Location::json("/type"))
    .with_event_source("memory: https://help.bolt.com/api-merchant-webhooks")
    .without_body_limit(
        "https://docs.bolt.com/developers/webhooks/webhooks, /developers/guides/webhooks (first part)",
    );

/// Box v2.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static BOX: Provider = Provider::new(
    "box",
    "Box v2",
    Scheme::hmac_sha256(
        SignatureField::header("box-signature-primary,box-signature-secondary", Encoding::Base64).repeat_any(),
        "{body}{timestamp}",
    )
    .with_timestamp(Location::header("box-delivery-timestamp"), TimestampFormat::Rfc3339, Tolerance::seconds(600))
    .with_checks(BOX_CHECKS),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/box/box-python-sdk box_sdk_gen/internal/utils.py; box-node-sdk \
          webhooks-test.js",
)
.with_checked("2026-11").with_proof(Proof::Sdk)
.with_notes(
    "One header per key. Version and algorithm are headers, and have to be 1 and HmacSHA256. \
      The id of the event is in the body; the header with the id of the delivery is not signed. The official libraries refuse every \
      future timestamp (Python) or none (Node.js); we allow as much as for the past.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/trigger"))
.with_event_source("https://developer.box.com/guides/webhooks/v2")
.with_retries(Retries::attempts(13).within(2 * shared::HOUR).answered_in(30))
.with_retry_source("https://developer.box.com/guides/webhooks/v2")
    .without_body_limit("https://github.com/box/developer.box.com content/guides/webhooks/v2/limitations-v2.md");

const BOX_CHECKS: &[Check] = &[
    Check::equals(Location::header("box-signature-version"), "1"),
    Check::equals(Location::header("box-signature-algorithm"), "HmacSHA256"),
];

/// Braintree. The secret is `public_key|private_key`.
///
/// Key: the SHA-1 of the text of the secret after its first `|`.
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
      official libraries accept. The rest of the body is not signed.",
)
.with_handshakes(BRAINTREE_HANDSHAKES)
.without_id("https://github.com/braintree/braintree_python braintree/webhook_notification.py")
.without_event_type(
    "https://github.com/braintree/braintree_python braintree/webhook_notification.py (the kind \
      is XML in Base64)",
)
.with_retries(Retries::for_secs(shared::DAY).answered_in(30))
.with_retry_source(
    "https://developer.paypal.com/braintree/docs/guides/webhooks/parse (3 hours in \
      the sandbox)",
)
.without_body_limit("https://developer.paypal.com/braintree/docs/guides/webhooks/parse");

/// Braintree: the public key, and an HMAC under the key that also signs the deliveries.
pub const BRAINTREE_HANDSHAKES: &[Handshake] = &[Handshake::new("bt_challenge", Trust::Secret, Method::Get)
    .with_source(
        Confidence::OfficialCode,
        "braintree/braintree_python braintree/webhook_notification_gateway.py",
    )
    .with_conditions(const { &[Condition::present(Place::query("bt_challenge"))] })
    .with_answer(Answer::text("{key}|{hmac-sha1-hex:query:bt_challenge}"))
    .with_challenge(Pattern::new("^[a-f0-9]{20,32}$"))];

/// Brevo. The body is not authenticated.
///
/// Key: the text of the secret, which is sent as it is.
/// Proof: `page`.
pub static BREVO: Provider = Provider::new(
    "brevo",
    "Brevo",
    Scheme::new(
        Algorithm::Token,
        SignatureField::at(
            Location::header("authorization"),
            Format::optional_prefix("Bearer "),
            Encoding::Text,
        ),
        "",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developers.brevo.com/docs/username-and-password-authentication",
)
.with_checked("2026-11")
.with_notes(
    "The body is not authenticated. A Bearer token. Basic in the URL and a list of addresses \
      (1.179.112.0/20, 172.246.240.0/20) are its other ways.",
)
.with_event_type(Location::json("/event"))
.without_id("https://developers.brevo.com/docs/transactional-webhooks (`id` is the webhook's)")
.with_retry_delays(&[600, 3600, 7200, 28_800])
.with_retry_source("https://developers.brevo.com/docs/retry-mechanism")
.without_body_limit("https://developers.brevo.com/docs/retry-mechanism, /docs/batch-webhooks");

/// Brex.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `secondary`.
pub static BREX: Provider = Provider::new("brex", "Brex", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(Confidence::Secondary, shared::WEBHOOK_CO)
    .with_checked("2026-11")
    .with_notes("The secret may come without whsec_.")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shared::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (sent by Svix)")
    .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// Browserbase.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static BROWSERBASE: Provider =
    Provider::new("browserbase", "Browserbase", shared::STANDARD_WEBHOOKS_SCHEME)
        .with_source(
            Confidence::OfficialDocs,
            "https://docs.browserbase.com/platform/webhooks/verifying-deliveries",
        )
        .with_checked("2026-11")
        .with_notes("The id of the envelope is the same in every attempt, too.")
        .with_id(Location::header("webhook-id"))
        .with_event_type(Location::json("/type"))
        .with_data("/data")
        .with_retries(Retries::ack_only(15))
        .with_retry_delays(shared::SVIX_DELAYS)
        .with_retry_source("https://docs.browserbase.com/platform/webhooks/verifying-deliveries")
        .without_body_limit(
            "https://docs.browserbase.com/platform/webhooks/overview, /verifying-deliveries (first part)",
        );

/// BTCPay Server.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static BTCPAY: Provider = Provider::new(
    "btcpay",
    "BTCPay Server",
    shared::body_prefixed("btcpay-sig", "sha256="),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/btcpayserver/btcpayserver-doc GreenFieldExample-NodeJS.md",
)
.with_checked("2026-11")
.with_id(Location::first_of(BTCPAY_IDS))
.with_event_type(Location::json("/type"))
.with_event_source(
    "https://github.com/btcpayserver/btcpayserver BTCPayServer/Plugins/Webhooks/WebhookSender.cs",
)
.with_retry_delays(&[10, 60, 600, 600, 600, 600, 600, 600])
.with_retry_source(
    "https://github.com/btcpayserver/btcpayserver BTCPayServer/HostedServices/Webhooks/WebhookSender.cs",
)
.without_body_limit(
    "https://github.com/btcpayserver/btcpayserver BTCPayServer/Plugins/Webhooks/WebhookSender.cs",
);

/// A repetition has a delivery id of its own, and names the first delivery.
const BTCPAY_IDS: &[Location] = &[Location::json("/originalDeliveryId"), Location::json("/deliveryId")];

/// Buildkite.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static BUILDKITE: Provider = Provider::new(
    "buildkite",
    "Buildkite",
    shared::stripe_like(
        "x-buildkite-signature",
        ["timestamp", "signature"],
        TimestampFormat::Seconds,
        shared::CHOSEN,
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/buildkite/docs pages/apis/webhooks/_webhook_signature.md, \
      _verifying_hmac_signatures.md",
)
.with_checked("2026-11")
.with_notes(
    "The other mode is a token: X-Buildkite-Token. Id and type are headers that the signature \
      does not cover. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::header("x-buildkite-request"))
.with_event_type(Location::header("x-buildkite-event"))
.without_body_limit(
    "https://github.com/buildkite/docs pages/apis/webhooks.md, pages/apis/webhooks/pipelines.md",
);
