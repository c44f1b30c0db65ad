//! The SDKs that verify.

use countersign::providers;
use countersign_tests::programs::Sdk;

use super::row::Variant::{Body, Latest, Oldest, TooLate, TooOld};
use super::row::{Row, Variant};
use super::signing::TWILIO_URL;

pub(crate) const ROWS: &[Row] = &[
    Row::new(Sdk::Node("adyen-item"), &providers::ADYEN)
        .with_secrets(HEX_KEYS)
        .with_body(ADYEN_BODY, ["psp_1", "psp_2"]),
    Row::new(Sdk::Node("adyen-platform"), &providers::ADYEN_PLATFORM).with_secrets(HEX_KEYS),
    Row::new(Sdk::Node("anthropic"), &providers::ANTHROPIC),
    Row::new(Sdk::Node("atlassian-connect"), &providers::ATLASSIAN_CONNECT).differing(ANY_TIME),
    Row::new(Sdk::Node("box"), &providers::BOX).differing(&[Latest]),
    Row::new(Sdk::Node("braintree"), &providers::BRAINTREE)
        .with_secrets([BRAINTREE_SECRET, "public-1|another-private-key"])
        .with_body(BRAINTREE_BODY, ["PG5vdG", "PG5vdH"]),
    Row::new(Sdk::Node("cashfree"), &providers::CASHFREE).differing(ANY_TIME),
    Row::new(Sdk::Node("clerk"), &providers::CLERK),
    Row::new(Sdk::Node("cloudinary"), &providers::CLOUDINARY).differing(ANY_FUTURE),
    Row::new(Sdk::Node("coinbase-commerce"), &providers::COINBASE),
    // The SDK rejects the last second that this crate accepts.
    Row::new(Sdk::Node("contentful"), &providers::CONTENTFUL)
        .with_secrets([CONTENTFUL_SECRET, OTHER_CONTENTFUL_SECRET])
        .with_headers(&[
            ("content-type", "application/json"),
            (
                "x-contentful-signed-headers",
                "content-type,x-contentful-idempotency-key,x-contentful-signed-headers,x-contentful-timestamp",
            ),
        ])
        .differing(&[Oldest, TooLate]),
    Row::new(Sdk::Node("cronofy"), &providers::CRONOFY),
    Row::new(Sdk::Node("discord"), &providers::DISCORD)
        .with_keys(ED25519, "70bc5237991228ab22b0feb2c2c86f47a165fb1fa2a8be9d0fa2ff0d869822d1")
        .differing(ANY_TIME),
    Row::new(Sdk::Node("dodo-payments"), &providers::DODO_PAYMENTS),
    Row::new(Sdk::Node("dropbox-sign"), &providers::DROPBOX_SIGN)
        .with_body(
            r#"{"event":{"event_time":"{seconds}","event_type":"evt_1","event_hash":""}}"#,
            ["evt_1", "evt_2"],
        )
        .differing(ANY_FUTURE),
    Row::new(Sdk::Node("easypost"), &providers::EASYPOST),
    Row::new(Sdk::Node("elevenlabs"), &providers::ELEVENLABS).differing(ANY_FUTURE),
    Row::new(Sdk::Node("fathom"), &providers::FATHOM),
    Row::new(Sdk::Python("finch"), &providers::FINCH)
        .with_secrets(BASE64_KEYS),
    Row::new(Sdk::Node("fintoc"), &providers::FINTOC),
    Row::new(Sdk::Node("gocardless"), &providers::GOCARDLESS),
    Row::new(Sdk::Node("hook0"), &providers::HOOK0)
        .with_headers(&[("x-event-type", "invoice.paid"), ("x-event-id", "msg_1")]),
    Row::new(Sdk::Node("hubspot-v1"), &providers::HUBSPOT_V1),
    Row::new(Sdk::Node("hubspot-v2"), &providers::HUBSPOT_V2),
    Row::new(Sdk::Node("hubspot-v3"), &providers::HUBSPOT).differing(ANY_FUTURE),
    Row::new(Sdk::Node("imagekit"), &providers::IMAGEKIT),
    Row::new(Sdk::Node("kontent"), &providers::KONTENT_AI),
    Row::new(Sdk::Node("lark"), &providers::LARK)
        .with_body(LARK_BODY, ["evt_1", "evt_2"])
        .with_headers(&[("x-lark-request-nonce", "nonce-1")])
        .differing(ANY_TIME),
    Row::new(Sdk::Node("line"), &providers::LINE),
    Row::new(Sdk::Node("linear"), &providers::LINEAR).with_body(
        r#"{"action":"update","type":"Issue","data":{"id":"evt_1"},"webhookTimestamp":{milliseconds}}"#,
        ["evt_1", "evt_2"],
    ),
    Row::new(Sdk::Node("lithic"), &providers::LITHIC),
    Row::new(Sdk::Node("liveblocks"), &providers::LIVEBLOCKS)
        .with_body(r#"{"type":"userEntered","data":{"projectId":"evt_1"}}"#, ["evt_1", "evt_2"]),
    Row::new(Sdk::Node("livekit"), &providers::LIVEKIT)
        .with_parameter("api_key", "api-key-1")
        .differing(&[Latest]),
    Row::new(Sdk::Node("lovable-email"), &providers::LOVABLE_EMAIL),
    Row::new(Sdk::Node("mercadopago"), &providers::MERCADOPAGO)
        .with_url("https://hooks.example.com/in?data.id=123456&type=payment&tenant=7"),
    Row::new(Sdk::Node("messagebird"), &providers::MESSAGEBIRD),
    Row::new(Sdk::Node("metronome"), &providers::METRONOME),
    Row::new(Sdk::Node("modern-treasury"), &providers::MODERN_TREASURY),
    Row::new(Sdk::Node("mux"), &providers::MUX).differing(ANY_FUTURE),
    Row::new(Sdk::Node("notion"), &providers::NOTION),
    Row::new(Sdk::Node("octokit"), &providers::GITHUB),
    Row::new(Sdk::Node("onfido"), &providers::ONFIDO),
    Row::new(Sdk::Node("openai"), &providers::OPENAI),
    Row::new(Sdk::Node("opennode"), &providers::OPENNODE)
        .with_body("id=evt_1&status=paid&hashed_order={signature}", ["evt_1", "evt_2"]),
    Row::new(Sdk::Python("openpay"), &providers::OPENPAY)
        .with_body(OPENPAY_BODY, ["evt_1", "evt_2"])
        .differing(ANY_TIME),
    Row::new(Sdk::Node("orb"), &providers::ORB),
    Row::new(Sdk::Node("paddle"), &providers::PADDLE).differing(ANY_FUTURE),
    Row::new(Sdk::Node("plain"), &providers::PLAIN),
    Row::new(Sdk::Node("plivo-v2"), &providers::PLIVO_V2)
        .with_headers(&[("x-plivo-signature-v2-nonce", "05429567804466091622")]),
    Row::new(Sdk::Node("plivo-v3"), &providers::PLIVO)
        .with_body(FORM, ["evt_1", "evt_2"])
        .with_headers(&[("x-plivo-signature-v3-nonce", "05429567804466091622")]),
    Row::new(Sdk::Python("polar"), &providers::POLAR),
    Row::new(Sdk::Node("pusher"), &providers::PUSHER)
        .with_headers(&[("content-type", "application/json"), ("x-pusher-key", "key-1")]),
    Row::new(Sdk::Node("qstash"), &providers::QSTASH).differing(&[Oldest, Latest]),
    Row::new(Sdk::Node("razorpay"), &providers::RAZORPAY),
    Row::new(Sdk::Node("replicate"), &providers::REPLICATE).differing(ANY_TIME),
    Row::new(Sdk::Node("resend"), &providers::RESEND),
    Row::new(Sdk::Node("retell"), &providers::RETELL),
    Row::new(Sdk::Node("saleor"), &providers::SALEOR)
        .with_keys(RSA, include_str!("../../keys/rsa-new.public.pem")),
    Row::new(Sdk::Node("sanity"), &providers::SANITY).differing(ANY_TIME),
    Row::new(Sdk::Node("scalekit"), &providers::SCALEKIT),
    Row::new(Sdk::Node("sendgrid"), &providers::SENDGRID)
        .with_keys(P256, P256_PUBLIC)
        .with_body(
            "[{\"sg_event_id\":\"evt_1\",\"event\":\"open\",\"email\":\"zoë@example.com\"}]\r\n",
            ["evt_1", "evt_2"],
        )
        .differing(ANY_TIME),
    Row::new(Sdk::Node("shopify"), &providers::SHOPIFY).with_headers(&[
        ("x-shopify-topic", "orders/paid"),
        ("x-shopify-shop-domain", "shop.example.com"),
        ("x-shopify-api-version", "2025-07"),
    ]),
    Row::new(Sdk::Node("shopify"), &providers::SHOPIFY_EVENTS).with_headers(&[
        ("shopify-topic", "orders/paid"),
        ("shopify-shop-domain", "shop.example.com"),
        ("shopify-api-version", "2025-07"),
        ("shopify-event-id", "event-1"),
    ]),
    Row::new(Sdk::Node("sinch"), &providers::SINCH)
        .with_headers(&[("x-sinch-webhook-signature-nonce", "01FJA8B4A7BM43YGWSG9GBV067")])
        .differing(ANY_TIME),
    Row::new(Sdk::Node("sinch-numbers"), &providers::SINCH_NUMBERS),
    Row::new(Sdk::Node("sinch-application"), &providers::SINCH_VERIFICATION)
        .with_secrets(BASE64_KEYS)
        .with_parameter("application_key", "application-1")
        .with_headers(&[("content-type", "application/json")])
        .differing(ANY_TIME),
    Row::new(Sdk::Node("sinch-application"), &providers::SINCH_VOICE)
        .with_secrets(BASE64_KEYS)
        .with_parameter("application_key", "application-1")
        .with_headers(&[("content-type", "application/json")])
        .differing(ANY_TIME),
    Row::new(Sdk::Node("slack"), &providers::SLACK).differing(ANY_FUTURE),
    Row::new(Sdk::Node("smartcar"), &providers::SMARTCAR),
    Row::new(Sdk::Node("square"), &providers::SQUARE),
    Row::new(Sdk::Node("standardwebhooks"), &providers::STANDARD_WEBHOOKS),
    Row::new(Sdk::Node("stripe"), &providers::STRIPE).differing(ANY_FUTURE),
    Row::new(Sdk::Python("stripe"), &providers::STRIPE).differing(ANY_FUTURE),
    Row::new(Sdk::Node("svix"), &providers::SVIX),
    Row::new(Sdk::Python("svix"), &providers::SVIX),
    Row::new(Sdk::Node("stream"), &providers::STREAM),
    Row::new(Sdk::Node("telnyx"), &providers::TELNYX)
        .with_keys(ED25519, "cLxSN5kSKKsisP6ywshvR6Fl+x+iqL6dD6L/DYaYItE="),
    Row::new(Sdk::Node("terra"), &providers::TERRA),
    Row::new(Sdk::Node("trigger-dev"), &providers::TRIGGER_DEV),
    Row::new(Sdk::Node("truelayer"), &providers::TRUELAYER)
        .with_keys(P521, include_str!("../../keys/p521-new.public.pem"))
        .differing(ANY_TIME),
    Row::new(Sdk::Node("twilio"), &providers::TWILIO).with_body(FORM, ["evt_1", "evt_2"]),
    Row::new(Sdk::Node("twilio-body"), &providers::TWILIO_BODY_SHA256).with_url(TWILIO_URL),
    Row::new(Sdk::Node("viber"), &providers::VIBER),
    Row::new(Sdk::Node("vonage"), &providers::VONAGE).differing(&[Body, Oldest, Latest]),
    Row::new(Sdk::Node("webflow"), &providers::WEBFLOW).differing(ANY_TIME),
    Row::new(Sdk::Node("whop"), &providers::WHOP),
    Row::new(Sdk::Node("workos"), &providers::WORKOS).differing(ANY_FUTURE),
    Row::new(Sdk::Python("workos"), &providers::WORKOS),
    Row::new(Sdk::Node("worldline"), &providers::WORLDLINE).with_headers(&[("x-gcs-keyid", "key-1")]),
];

/// The SDK bounds only the age; this crate bounds the future, too.
const ANY_FUTURE: &[Variant] = &[TooLate];
/// The SDK signs the timestamp without checking it.
const ANY_TIME: &[Variant] = &[TooOld, TooLate];

pub(crate) const FORM: &str =
    "Event=evt_1&To=%2B15551234567&Text=hello+w%C3%B6rld%21&Empty=&Digits=5&Digits=1&Digits=1";
/// `public_key|private_key`.
pub(crate) const BRAINTREE_SECRET: &str = "public-1|private-key";
/// `<notification><timestamp type="datetime">2023-11-14T22:13:20Z</timestamp><kind>check</kind><subject><check type="boolean">true</check></subject></notification>`.
const BRAINTREE_BODY: &str = "bt_signature={signature}&bt_payload=PG5vdGlmaWNhdGlvbj48dGltZXN0YW1wIHR5cGU9ImRhdGV0aW1lIj4yMDIzLTExLTE0VDIyOjEzOjIwWjwvdGltZXN0YW1wPjxraW5kPmNoZWNrPC9raW5kPjxzdWJqZWN0PjxjaGVjayB0eXBlPSJib29sZWFuIj50cnVlPC9jaGVjaz48L3N1YmplY3Q%2BPC9ub3RpZmljYXRpb24%2B%0A";
/// Contentful's have 64 characters.
pub(crate) const CONTENTFUL_SECRET: &str = "the-new-secret-of-64-characters-which-are-what-contentful-has-00";
const OTHER_CONTENTFUL_SECRET: &str = "another-account-has-64-characters-that-are-what-contentful-has-1";
const BASE64_KEYS: [&str; 2] = ["dGhlLW5ldy1zZWNyZXQ=", "bm8tc2VjcmV0LW9mLW91cnM="];
pub(crate) const HEX_KEYS: [&str; 2] = [
    "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
    "00782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
];
const ADYEN_BODY: &str = r#"{"live":"false","notificationItems":[{"NotificationRequestItem":{"additionalData":{"hmacSignature":""},"amount":{"currency":"EUR","value":1130},"eventCode":"AUTHORISATION","merchantAccountCode":"TestMerchant","merchantReference":"TestPayment-1407325143704","originalReference":"","pspReference":"psp_1","success":"true"}}]}"#;
const OPENPAY_BODY: &str = r#"{"id":"aaaabbbb","data":"{\"id\": \"evt_1\", \"amount\": 1.5}"}"#;
const LARK_BODY: &str = r#"{"schema":"2.0","header":{"event_id":"evt_1","event_type":"invoice.paid"},"event":{"customer":"Zoë ✓"}}"#;
const RSA: [&str; 2] = [include_str!("../../keys/rsa-new.pem"), include_str!("../../keys/rsa-other.pem")];
const P521: [&str; 2] = [include_str!("../../keys/p521-new.pem"), include_str!("../../keys/p521-other.pem")];
const ED25519: [&str; 2] =
    [include_str!("../../keys/ed25519-new.pem"), include_str!("../../keys/ed25519-other.pem")];
const P256: [&str; 2] = [include_str!("../../keys/p256-new.pem"), include_str!("../../keys/p256-other.pem")];
/// DER in Base64.
const P256_PUBLIC: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEO/tTJk0O2h9BAZXUGS6x+ebJmefTsjcruF5c0ukPJLDe2E2ubWriYq8AjUyClWKWMWZimHzmbts0EgwrTMjhRQ==";
