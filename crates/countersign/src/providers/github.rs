//! GitHub, with SHA-256.
//!
//! Neither the delivery id nor the event type is signed: both are headers beside the signature. Hooks of content type
//! form are signed over the raw form.

use crate::provider::{Confidence, Provider};
use crate::scheme::{Encoding, Location, Scheme, SignatureField};

/// The declaration.
pub static PROVIDER: Provider = Provider::new("github-sha256", "GitHub", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "octokit/webhooks-methods.js src/node/sign.ts; docs.github.com, validating webhook deliveries",
    )
    .with_notes(
        "Id and type are headers that the signature does not cover. SHA-1 signatures are refused. Bodies up to 25 MiB.",
    )
    .with_id(Location::header("x-github-delivery"))
    .with_event_type(Location::header("x-github-event"));

const SCHEME: Scheme =
    Scheme::hmac_sha256(SignatureField::prefixed("x-hub-signature-256", "sha256=", Encoding::Hex), "{body}")
        .with_body_bytes(25 << 20);
