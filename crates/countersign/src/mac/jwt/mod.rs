//! Keys of JSON Web Tokens, and the signatures made with them.

mod chain;
mod keys;
mod load;
mod signed_token;
mod signing;
mod text;
mod verifying;

pub(crate) use keys::TokenKeys;
pub(crate) use signed_token::SignedToken;
pub(crate) use signing::SigningKey;
