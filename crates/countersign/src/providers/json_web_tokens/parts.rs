use crate::scheme::{Encoding, Location, SignatureField, TokenRules};
use crate::time::Tolerance;

/// The time at which a token was issued.
pub(super) const ISSUED: Location = Location::claim("iat");

/// The leeway of most libraries.
pub(super) const LEEWAY: Tolerance = Tolerance::seconds(TokenRules::LEEWAY_SECS);

/// A bearer token. The case of `Bearer` does not matter (RFC 9110).
pub(super) const BEARER: SignatureField =
    SignatureField::prefixed("authorization", "Bearer ", Encoding::Base64Url);

/// A token behind the word `JWT`.
pub(super) const AUTHORIZATION_JWT: SignatureField =
    SignatureField::prefixed("authorization", "JWT ", Encoding::Base64Url);

/// A header that holds a token and nothing else.
pub(super) const fn bare(header: &'static str) -> SignatureField {
    SignatureField::header(header, Encoding::Base64Url)
}
