//! Providers that send a JSON Web Token (RFC 7519), or a signature like one (RFC 7515).
//!
//! A digest of the body among the claims makes the body signed. Without one, anyone who sees a token can send it
//! with another body until it expires; [`is_body_signed`](crate::Delivery::is_body_signed) is then `false`.
//!
//! The secrets are public keys: PEM, a certificate, a JWK, or the whole JWKS that the provider publishes.

mod a_k;
mod l_z;

use crate::provider::Provider;
use crate::scheme::{Encoding, Location, SignatureField, TokenRules};
use crate::time::Tolerance;

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

const ISSUED: Location = Location::claim("iat");

/// The leeway of most libraries.
const LEEWAY: Tolerance = Tolerance::seconds(TokenRules::LEEWAY_SECS);

/// A bearer token. The case of `Bearer` does not matter (RFC 9110).
const BEARER: SignatureField = SignatureField::prefixed("authorization", "Bearer ", Encoding::Base64Url);

const AUTHORIZATION_JWT: SignatureField =
    SignatureField::prefixed("authorization", "JWT ", Encoding::Base64Url);

const fn bare(header: &'static str) -> SignatureField {
    SignatureField::header(header, Encoding::Base64Url)
}
