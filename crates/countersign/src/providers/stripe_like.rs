//! Providers whose signature header is a list of items including the timestamp, in Stripe's format: `t=…,v1=…`.

use super::shapes::{self, CHOSEN, WEBHOOK_CO};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[
    &BUILDKITE,
    &CALENDLY,
    &CLOUDFLARE_STREAM,
    &ELEVENLABS,
    &INCREASE_LEGACY,
    &MUX,
    &SHIPPO,
    &STRIPE,
    &TAILSCALE,
    &TIKTOK,
    &WORKOS,
];

/// Buildkite.
///
/// Proof: `page`.
pub static BUILDKITE: Provider = Provider::new(
    "buildkite",
    "Buildkite",
    stripe_like("x-buildkite-signature", ["timestamp", "signature"], Unit::Seconds, CHOSEN),
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

/// Calendly.
///
/// Proof: `secondary`.
pub static CALENDLY: Provider = Provider::new(
    "calendly",
    "Calendly",
    stripe_like("calendly-webhook-signature", ["t", "v1"], Unit::Seconds, Tolerance::seconds(180)),
)
.with_source(
    Confidence::Secondary,
    "https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
          dist/nodes/Calendly/CalendlyTriggerHelpers.js",
)
.with_checked("2026-11")
.with_event_type(Location::json("/event"))
.with_data("/payload")
.without_id("memory: \
      https://developer.calendly.com/receive-data-from-scheduled-events-in-real-time-with-webhook-subscriptions")
.with_retries(Retries::for_secs(shapes::DAY))
.with_retry_source("https://developer.calendly.com/api-docs/overview/webhooks/webhook-errors");

/// Cloudflare Stream.
///
/// Proof: `page`.
pub static CLOUDFLARE_STREAM: Provider = Provider::new(
    "cloudflare-stream",
    "Cloudflare Stream",
    stripe_like("webhook-signature", ["time", "sig1"], Unit::Seconds, CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/cloudflare/cloudflare-docs \
          src/content/docs/stream/manage-video-library/using-webhooks.mdx",
)
.with_notes("Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/uid"))
.with_event_type(Location::json("/status/state"))
.with_event_source(
    "https://github.com/cloudflare/cloudflare-docs \
          src/content/docs/stream/manage-video-library/using-webhooks.mdx",
)
.with_checked("2026-11")
    .without_body_limit("https://github.com/cloudflare/cloudflare-docs src/content/docs/stream/manage-video-library/using-webhooks.mdx");

/// ElevenLabs.
///
/// Proof: `sdk`.
pub static ELEVENLABS: Provider = Provider::new(
    "elevenlabs",
    "ElevenLabs",
    stripe_like("elevenlabs-signature", ["t", "v0"], Unit::Seconds, Tolerance::seconds(1800)),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/elevenlabs/elevenlabs-js src/wrapper/webhooks.ts; elevenlabs-docs \
      fern/snippets/webhook-hmac-authentication.mdx",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Not Standard Webhooks, although some say so. The official library does not bound the \
      future; we do.",
)
.with_event_type(Location::json("/type"))
.without_id("https://elevenlabs.io/docs/conversational-ai/workflows/post-call-webhooks")
    .without_body_limit("https://github.com/elevenlabs/elevenlabs-docs fern/conversational-ai/pages/workflows/post-call-webhook.mdx");

/// Increase (legacy).
///
/// Proof: `page`.
pub static INCREASE_LEGACY: Provider = Provider::new(
    "increase-legacy",
    "Increase (legacy)",
    stripe_like("increase-webhook-signature", ["t", "v1"], Unit::Rfc3339, CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://pypi.org/project/increase 0.100.0 increase/resources/webhooks.py",
)
.with_checked("2026-11")
.with_notes("The timestamp is RFC 3339. Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/category"));

/// Mux.
///
/// Proof: `sdk`.
pub static MUX: Provider = Provider::new(
    "mux",
    "Mux",
    stripe_like("mux-signature", ["t", "v1"], Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/muxinc/mux-node-sdk src/resources/webhooks/webhooks.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::for_secs(shapes::DAY).answered_in(5))
.with_retry_source("https://docs.mux.com/docs/webhooks");

/// Shippo.
///
/// Proof: `secondary`.
pub static SHIPPO: Provider = Provider::new(
    "shippo",
    "Shippo",
    stripe_like("shippo-auth-signature", ["t", "v1"], Unit::Seconds, CHOSEN),
)
.with_source(Confidence::Secondary, WEBHOOK_CO)
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_event_type(Location::json("/event"))
.with_data("/data")
.without_id("https://docs.goshippo.com/docs/tracking/webhookmetadata")
.with_retries(Retries::attempts(2))
.with_retry_source("https://docs.goshippo.com/docs/tracking/webhooks");

/// Stripe.
///
/// Proof: `sdk`.
pub static STRIPE: Provider = Provider::new(
    "stripe",
    "Stripe",
    stripe_like("stripe-signature", ["t", "v1"], Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/stripe/stripe-node src/Webhooks.ts; stripe-python stripe/_webhook.py; \
      stripe-go webhook/client.go",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The key is the whole whsec_ text, not decoded. v0 signatures are never accepted. The \
      official libraries do not bound the future; we do.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries { attempts: None, window_secs: Some(3 * 24 * 3600), ack_secs: None });

/// Tailscale.
///
/// Proof: `page`.
pub static TAILSCALE: Provider = Provider::new(
    "tailscale",
    "Tailscale",
    stripe_like("tailscale-webhook-signature", ["t", "v1"], Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(Confidence::OfficialCode, "https://github.com/tailscale/tailscale docs/webhooks/example.go")
.with_checked("2026-11")
.with_notes(
    "The body is an array of events; the type is that of the first. The official library does \
      not bound the future; we do.",
)
.with_event_type(Location::json("/0/type"))
.without_id("https://github.com/tailscale/tailscale docs/webhooks/example.go")
.with_retries(Retries::for_secs(shapes::DAY))
.with_retry_source("https://tailscale.com/kb/1213/webhooks");

/// TikTok for Developers.
///
/// Proof: `page`.
pub static TIKTOK: Provider = Provider::new(
    "tiktok",
    "TikTok for Developers",
    stripe_like("tiktok-signature", ["t", "s"], Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://developers.tiktok.com/doc/webhooks-verification")
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_event_type(Location::json("/event"))
.without_id("https://developers.tiktok.com/doc/webhooks-events")
.with_retries(Retries::for_secs(3 * shapes::DAY))
.with_retry_source("https://developers.tiktok.com/doc/webhooks-overview");

/// WorkOS.
///
/// Proof: `sdk`.
pub static WORKOS: Provider = Provider::new(
    "workos",
    "WorkOS",
    separated_by(", ", "workos-signature", ["t", "v1"], Unit::Milliseconds, Tolerance::seconds(180)),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/workos/workos-node src/common/crypto/signature-provider.ts; \
      workos-python workos/webhooks/_verification.py",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The raw body is signed; the official Node.js library re-serialises it, and does not bound \
      the future; the Python library does, and so do we. Between the items stands a comma and a \
      space, without which the Python library reads nothing.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/event"))
.with_data("/data")
.with_retries(Retries::for_secs(3 * shapes::DAY))
.with_retry_source("https://workos.com/docs/webhooks");

/// Creates a list like `t=1700000000,v1=…` over `{timestamp}.{body}`; `tags` are those of the timestamp and of the
/// signature.
pub(super) const fn stripe_like(
    header: &'static str,
    tags: [&'static str; 2],
    unit: Unit,
    tolerance: Tolerance,
) -> Scheme {
    separated_by(",", header, tags, unit, tolerance)
}

/// Creates such a list with another separator of items.
const fn separated_by(
    separator: &'static str,
    header: &'static str,
    tags: [&'static str; 2],
    unit: Unit,
    tolerance: Tolerance,
) -> Scheme {
    let [timestamp, signature] = tags;
    let signature = SignatureField::list(header, [separator, "=", signature], Encoding::Hex);
    Scheme::hmac_sha256(signature, "{timestamp}.{body}").with_timestamp(
        Location::signature_item(timestamp),
        unit,
        tolerance,
    )
}
