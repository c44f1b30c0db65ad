//! Providers that send a JSON Web Token (RFC 7519), or a signature like one (RFC 7515).
//!
//! A digest of the body among the claims makes the body signed. Without one, anyone who sees a token can send it
//! with another body until it expires; [`is_body_signed`](crate::Delivery::is_body_signed) is then `false`.
//!
//! The secrets are public keys: PEM, a certificate, a JWK, or the whole JWKS that the provider publishes.

mod a_k;
mod l_z;
mod parts;

use crate::provider::Provider;

pub use a_k::*;
pub use l_z::*;

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[
    &APPLE_APP_STORE,
    &ATLASSIAN_CONNECT,
    &CONSTANT_CONTACT,
    &EVENT_GRID,
    &FIREBLOCKS,
    &FUSIONAUTH,
    &FUSIONAUTH_HMAC,
    &GEMINI_JWT,
    &KINDE,
    &LAGO,
    &LAGO_HMAC,
    &MESSAGEBIRD,
    &MONDAY,
    &NETLIFY,
    &PLAID,
    &PUBSUB,
    &TRUELAYER,
    &VONAGE,
];
