use std::fmt;

use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
use jsonwebtoken::{Algorithm, EncodingKey};

use super::text::Given;
use crate::error::ConfigError;
use crate::mac::key::key_bytes;
use crate::scheme::{Scheme, TokenRules};
use crate::secret::Secret;

/// The key that tokens are signed with, and how.
pub(crate) struct SigningKey {
    key: EncodingKey,
    algorithm: Algorithm,
}

impl SigningKey {
    /// A shared secret, or a private key as PEM (PKCS#8, or PKCS#1 for RSA). It signs with the first of the accepted
    /// algorithms that it can.
    pub(crate) fn new(scheme: &Scheme, rules: &TokenRules, secret: &Secret) -> Result<Self, ConfigError> {
        let text = secret.expose_secret();
        let key = match Given::read(text)? {
            Given::Secret if !rules.takes_shared_secrets() => return Err(no_private_key()),
            Given::Secret => {
                let keys = key_bytes(&scheme.key, text)?;
                EncodingKey::from_secret(keys.first().map(|bytes| bytes.as_slice()).unwrap_or_default())
            }
            Given::Pem(pem) if pem.contains("PRIVATE KEY-----") => {
                let readers = [EncodingKey::from_rsa_pem, EncodingKey::from_ec_pem, EncodingKey::from_ed_pem];
                readers.into_iter().find_map(|read| read(pem.as_bytes()).ok()).ok_or_else(no_private_key)?
            }
            _ => return Err(no_private_key()),
        };
        let accepted = rules.algorithms().filter_map(|name| name.parse::<Algorithm>().ok());
        let algorithm = accepted
            .filter(|algorithm| algorithm.family() == key.family())
            .find(|algorithm| sign(*algorithm, &key, b"").is_some())
            .ok_or_else(|| {
                ConfigError::new("secret", format!("is no key for tokens signed with {}", rules.algorithms))
            })?;
        Ok(Self { key, algorithm })
    }

    /// What the header of the token calls it.
    pub(crate) fn algorithm(&self) -> String {
        format!("{:?}", self.algorithm)
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        // It could sign when it was made.
        sign(self.algorithm, &self.key, message).unwrap_or_default()
    }
}

fn sign(algorithm: Algorithm, key: &EncodingKey, message: &[u8]) -> Option<Vec<u8>> {
    let signer = (DEFAULT_PROVIDER.signer_factory)(&algorithm, key).ok()?;
    signer.try_sign(message).ok()
}

fn no_private_key() -> ConfigError {
    ConfigError::new(
        "secret",
        "is neither a shared secret nor a private key as PEM (PKCS#8, or PKCS#1 for RSA), which signing needs",
    )
}

impl fmt::Debug for SigningKey {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}
