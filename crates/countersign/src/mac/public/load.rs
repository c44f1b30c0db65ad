#[cfg(feature = "jwt")]
use zeroize::Zeroizing;

#[cfg(feature = "ed25519")]
use super::ed25519;
#[cfg(feature = "jwt")]
use super::material::{Kind, Material};
use super::running::{Message, Running};
#[cfg(feature = "ecdsa")]
use super::{ecdsa, ecdsa_whole};
#[cfg(feature = "rsa")]
use super::{rsa, rsa_pss};
use crate::error::ConfigError;
use crate::mac::Role;
use crate::mac::features::missing_feature;
use crate::scheme::{Algorithm, Scheme};

/// Loads the half of a key pair that the role needs.
///
/// # Errors
///
/// [`ConfigError`] if the feature is not enabled, or the text is not that half of a key of this kind.
pub(in crate::mac) fn load(scheme: &Scheme, text: &str, role: Role) -> Result<Running, ConfigError> {
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
pub(in crate::mac) fn p521(text: &str, role: Role) -> Option<Result<Zeroizing<Vec<u8>>, ConfigError>> {
    let material = Material::read(text).ok()?;
    match &material {
        Material::Public(Kind::P521, _) | Material::Private(Kind::P521, _) => {
            Some(material.half(Kind::P521, role))
        }
        _ => None,
    }
}
