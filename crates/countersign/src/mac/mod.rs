//! Keyed hashing, signatures and comparison. No other module implements them.

mod base64;
mod budget;
mod compare;
mod decoy;
mod features;
#[cfg(feature = "jwt")]
mod jwt;
mod key;
mod key_bytes;
mod pairs;
#[cfg(feature = "_public-key")]
mod public;
mod state;

pub(crate) use budget::Budget;
#[cfg(all(test, feature = "ecdsa", feature = "ed25519", feature = "rsa"))]
pub(crate) use budget::SPENT;
pub(crate) use compare::Expected;
pub(crate) use features::check_compiled_in;
#[cfg(feature = "jwt")]
pub(crate) use jwt::{SignedJwt, SigningKey};
pub(crate) use key::{Key, KeyRing};
pub(crate) use key_bytes::key_bytes;
pub(crate) use pairs::Role;
pub(crate) use state::{Mac, hmac_sha1_hex, hmac_sha256_base64, hmac_sha256_hex, sha256_hex};
