//! Signatures that are verified with a public key.
//!
//! One file per algorithm; what they share is how keys are written ([`material`], [`pem`], [`der`], [`jwk`]) and how
//! signatures are ([`text`]). Keys are loaded once, so that a request finds them ready.
#![cfg_attr(
    not(all(feature = "ecdsa", feature = "ed25519", feature = "rsa")),
    allow(
        dead_code,
        unreachable_code,
        unused_variables,
        reason = "each algorithm uses its part of the rest"
    )
)]

mod der;
#[cfg(feature = "ecdsa")]
mod ecdsa;
#[cfg(feature = "ed25519")]
mod ed25519;
mod jwk;
mod material;
mod pem;
#[cfg(feature = "rsa")]
mod rsa;
mod running;
#[cfg(all(test, feature = "ecdsa", feature = "ed25519", feature = "rsa"))]
mod tests;
mod text;

use std::sync::Arc;

pub(crate) use running::Running;
use running::{Half, Message};

use super::features::missing_feature;
use super::key::Role;
use crate::error::ConfigError;
use crate::scheme::{Algorithm, KeyFormat};

/// A public key.
trait Verify: Send + Sync {
    /// Whether the signature is right. `message` is the content, or its hash where the algorithm hashes first.
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool;
}

/// A private key.
trait Sign: Send + Sync {
    /// The signature; none if the key cannot sign, which is found out when it is loaded.
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>>;
}

/// Loads the half of a pair of keys that the role needs.
///
/// # Errors
///
/// [`ConfigError`] when the feature is not enabled, or the text is not that half of a key of that kind.
pub(super) fn load(
    algorithm: Algorithm,
    format: &KeyFormat,
    text: &str,
    role: Role,
) -> Result<Running, ConfigError> {
    let key = format.prefix.split('|').find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let half = match algorithm {
        #[cfg(feature = "ed25519")]
        Algorithm::Ed25519 => ed25519::load(text, key, role)?,
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP256Sha256 | Algorithm::EcdsaP256Sha1 => ecdsa::load(key, role)?,
        #[cfg(feature = "rsa")]
        Algorithm::RsaSha256 => rsa::load(key, role, rsa::Hash::Sha256)?,
        #[cfg(feature = "rsa")]
        Algorithm::RsaSha1 => rsa::load(key, role, rsa::Hash::Sha1)?,
        #[cfg(feature = "rsa")]
        Algorithm::RsaSha256OrSha1 => rsa::load(key, role, rsa::Hash::Either)?,
        other => return Err(missing_feature(other)),
    };
    Ok(Running::new(half, Message::of(algorithm)))
}

/// The half of a pair that verifies.
fn verifying(key: impl Verify + 'static) -> Half {
    Half::Public(Arc::new(key))
}

/// The half of a pair that signs.
fn signing(key: impl Sign + 'static) -> Half {
    Half::Private(Arc::new(key))
}
