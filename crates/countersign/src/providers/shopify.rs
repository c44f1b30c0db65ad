//! Shopify.
//!
//! The topic and the id are headers that the signature does not cover.

use crate::provider::{Confidence, Provider};
use crate::scheme::{Encoding, Location, Scheme, SignatureField};

/// The declaration.
pub static PROVIDER: Provider = Provider::new(
    "shopify",
    "Shopify",
    Scheme::hmac_sha256(SignatureField::header("x-shopify-hmac-sha256", Encoding::Base64), "{body}"),
)
.with_source(Confidence::OfficialCode, "Shopify/shopify-app-js packages/apps/shopify-api/lib/webhooks")
.with_notes("The key is the app's API secret. X-Shopify-Event-Id is the same for all webhooks of one event.")
.with_id(Location::header("x-shopify-webhook-id"))
.with_event_type(Location::header("x-shopify-topic"));
