use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::material::{Kind, Material, other_half};
use super::running::{Half, Sign, Verify, signing, verifying};
use crate::error::ConfigError;
use crate::mac::Budget;
use crate::mac::Role;

/// A public key. `None` for 32 bytes that are not a point of the curve: like a weak key they verify nothing, as in
/// the libraries of the providers.
struct Public(Option<VerifyingKey>);

struct Private(SigningKey);

/// Loads either half of a key pair. The prefixes of Standard Webhooks name the half; `bare` is the text without the
/// declared prefix.
pub(super) fn load(text: &str, bare: &str, role: Role) -> Result<Half, ConfigError> {
    let (own, others, cure) = match role {
        Role::Verifier => {
            (PUBLIC, PRIVATE, "is a private key (`whsk_…`); the verifier needs the public one (`whpk_…`)")
        }
        Role::Signer => {
            (PRIVATE, PUBLIC, "is a public key (`whpk_…`); the signer needs the private one (`whsk_…`)")
        }
    };
    if text.starts_with(others) {
        return Err(ConfigError::new("secret", cure));
    }
    let key = text.strip_prefix(own).unwrap_or(bare);
    match role {
        Role::Verifier => public(key),
        Role::Signer => private(key),
    }
}

fn public(text: &str) -> Result<Half, ConfigError> {
    let bytes = match Material::read(text)? {
        Material::Raw(bytes) if bytes.len() == 64 => return Err(other_half(Role::Verifier)),
        Material::Raw(bytes) => bytes,
        other => other.half(Kind::Ed25519, Role::Verifier)?,
    };
    let key: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| wrong_size(bytes.len()))?;
    Ok(verifying(Public(VerifyingKey::from_bytes(key).ok())))
}

fn private(text: &str) -> Result<Half, ConfigError> {
    let bytes = match Material::read(text)? {
        Material::Raw(bytes) => bytes,
        other => other.half(Kind::Ed25519, Role::Signer)?,
    };
    if let Ok(pair) = <&[u8; 64]>::try_from(bytes.as_slice()) {
        let key = SigningKey::from_keypair_bytes(pair).map_err(|_| {
            ConfigError::new("secret", "is a pair whose public half does not belong to the private one")
        })?;
        return Ok(signing(Private(key)));
    }
    let seed: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| wrong_size(bytes.len()))?;
    Ok(signing(Private(SigningKey::from_bytes(seed))))
}

impl Verify for Public {
    fn verify(&self, message: &[u8], signature: &[u8], budget: &mut Budget) -> bool {
        match (&self.0, Signature::from_slice(signature)) {
            (Some(key), Ok(signature)) => {
                budget.take_hashing(message.len()) && key.verify_strict(message, &signature).is_ok()
            }
            _ => false,
        }
    }
}

impl Sign for Private {
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.0.try_sign(message).ok().map(|signature| signature.to_bytes().to_vec())
    }
}

fn wrong_size(bytes: usize) -> ConfigError {
    ConfigError::new("secret", format!("has {bytes} bytes, and an Ed25519 key has 32"))
}

/// The prefixes of Standard Webhooks.
const PUBLIC: &str = "whpk_";
const PRIVATE: &str = "whsk_";
