//! Signatures that are verified with a public key.
//!
//! One file per algorithm. They share the reading of keys ([`material`], [`pem`], [`der`], [`jwk`]) and of
//! signatures ([`text`]). Keys are loaded once, before the first request.
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
#[cfg(feature = "ecdsa")]
mod ecdsa_whole;
#[cfg(feature = "ed25519")]
mod ed25519;
mod jwk;
mod material;
mod pem;
#[cfg(feature = "rsa")]
mod rsa;
#[cfg(feature = "rsa")]
mod rsa_pss;
mod running;
#[cfg(all(test, feature = "ecdsa", feature = "ed25519", feature = "rsa"))]
mod tests;
mod text;

use std::sync::Arc;

#[cfg(feature = "jwt")]
use material::{Kind, Material};
pub(crate) use running::Running;
use running::{Half, Message};
#[cfg(feature = "jwt")]
use zeroize::Zeroizing;

use super::Budget;
use super::features::missing_feature;
use super::key::Role;
use crate::error::ConfigError;
use crate::scheme::{Algorithm, Scheme};

/// A public key.
trait Verify: Send + Sync {
    /// Returns whether the signature is valid; always `false` once the budget is used up. `message` is the content,
    /// or its hash if the algorithm hashes first.
    fn verify(&self, message: &[u8], signature: &[u8], budget: &mut Budget) -> bool;
}

/// A private key.
trait Sign: Send + Sync {
    /// Returns the signature. `None` if the key cannot sign, which is detected when it is loaded.
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>>;
}

/// Loads the half of a key pair that the role needs.
///
/// # Errors
///
/// [`ConfigError`] if the feature is not enabled, or the text is not that half of a key of this kind.
pub(super) fn load(scheme: &Scheme, text: &str, role: Role) -> Result<Running, ConfigError> {
    let algorithm = scheme.algorithm;
    // HTTP Message Signatures use the two raw numbers of a signature instead of DER (RFC 9421, section 3.3.4).
    let is_fixed = scheme.message_signature.is_some();
    let key = scheme.key.prefix.split('|').find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let half = match algorithm {
        #[cfg(feature = "ed25519")]
        Algorithm::Ed25519 => ed25519::load(text, key, role)?,
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP256Sha256 if is_fixed => ecdsa_whole::p256(key, role)?,
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP384Sha384 => ecdsa_whole::p384(key, role, is_fixed)?,
        #[cfg(feature = "ecdsa")]
        Algorithm::EcdsaP256Sha256 | Algorithm::EcdsaP256Sha1 => ecdsa::load(key, role)?,
        #[cfg(feature = "rsa")]
        Algorithm::RsaSha256 => rsa::load(key, role, rsa::Hash::Sha256)?,
        #[cfg(feature = "rsa")]
        Algorithm::RsaSha512 => rsa::load(key, role, rsa::Hash::Sha512)?,
        #[cfg(feature = "rsa")]
        Algorithm::RsaSha1 => rsa::load(key, role, rsa::Hash::Sha1)?,
        #[cfg(feature = "rsa")]
        Algorithm::RsaSha256OrSha1 => rsa::load(key, role, rsa::Hash::Either)?,
        #[cfg(feature = "rsa")]
        Algorithm::RsaPssSha512 => rsa_pss::load(key, role)?,
        other => return Err(missing_feature(other)),
    };
    let is_whole = is_fixed && algorithm == Algorithm::EcdsaP256Sha256;
    Ok(Running::new(half, if is_whole { Message::Whole(Vec::new()) } else { Message::of(algorithm) }))
}

/// Returns the point or the scalar of a key on P-521, or `None` if the text is another key.
#[cfg(feature = "jwt")]
pub(super) fn p521(text: &str, role: Role) -> Option<Result<Zeroizing<Vec<u8>>, ConfigError>> {
    let material = Material::read(text).ok()?;
    match &material {
        Material::Public(Kind::P521, _) | Material::Private(Kind::P521, _) => {
            Some(material.half(Kind::P521, role))
        }
        _ => None,
    }
}

/// Creates the half of a pair that verifies.
fn verifying(key: impl Verify + 'static) -> Half {
    Half::Public(Arc::new(key))
}

/// Creates the half of a pair that signs.
fn signing(key: impl Sign + 'static) -> Half {
    Half::Private(Arc::new(key))
}
