//! Keys of JSON Web Tokens, and the signatures made with them.

mod chain;
mod keys;
mod load;
mod signed_jwt;
mod signing;
mod text;
mod verifying;

pub(crate) use keys::JwtKeys;
pub(crate) use signed_jwt::SignedJwt;
pub(crate) use signing::SigningKey;
