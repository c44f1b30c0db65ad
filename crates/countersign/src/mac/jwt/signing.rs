use std::fmt;

use jsonwebtoken::EncodingKey;
use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
use p521::ecdsa::signature::Signer;

use super::chain;
use super::signed_jwt::JwtAlgorithm;
use super::text::Given;
use crate::error::ConfigError;
use crate::mac::Role;
use crate::mac::key_bytes::key_bytes;
use crate::mac::public;
use crate::scheme::{JwtRules, Scheme};
use crate::secret::NamedSecret;

/// The key that JWTs are signed with, and its algorithm.
pub(crate) struct SigningKey {
    key: PrivateKey,
    algorithm: JwtAlgorithm,
    /// The key id in JWTs, if the secret was given a name.
    kid: Option<String>,
    /// The certificates that JWTs carry, in Base64.
    certificates: Vec<String>,
}

enum PrivateKey {
    Library(EncodingKey),
    P521(Box<p521::ecdsa::SigningKey>),
}

impl SigningKey {
    /// Loads a shared secret, or a private key as PEM (PKCS#8, or PKCS#1 for RSA), followed by its certificates if
    /// JWTs carry them. The key signs with the first accepted algorithm that fits.
    pub(crate) fn new(scheme: &Scheme, rules: &JwtRules, named: &NamedSecret) -> Result<Self, ConfigError> {
        let text = named.secret.expose_secret();
        let certificates = match &rules.certificates {
            Some(_) => chain::encoded(text)?,
            None => Vec::new(),
        };
        let (key, algorithm) = private_key(scheme, rules, text)?;
        let kid = (named.name != "primary").then(|| named.name.clone());
        Ok(Self { key, algorithm, kid, certificates })
    }

    /// Returns the name of the algorithm for the header of a JWT.
    pub(crate) fn algorithm(&self) -> String {
        self.algorithm.to_string()
    }

    /// Returns the name of the key, or `None` if its secret has no name of its own.
    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Returns the certificates that JWTs carry, in Base64.
    pub(crate) fn certificates(&self) -> &[String] {
        &self.certificates
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        // Signing was tested when the key was loaded.
        sign(self.algorithm, &self.key, message).unwrap_or_default()
    }
}

fn private_key(
    scheme: &Scheme,
    rules: &JwtRules,
    text: &str,
) -> Result<(PrivateKey, JwtAlgorithm), ConfigError> {
    let key = match Given::read(text)? {
        Given::Secret if !rules.takes_shared_secrets() => return Err(no_private_key()),
        Given::Secret => {
            let keys = key_bytes(&scheme.key, text)?;
            EncodingKey::from_secret(keys.first().map(|bytes| bytes.as_slice()).unwrap_or_default())
        }
        Given::Pem(pem) if pem.contains("PRIVATE KEY-----") => {
            if let Some(scalar) = public::p521(&pem, Role::Signer) {
                let key = p521::ecdsa::SigningKey::from_slice(&scalar?).map_err(|_| no_private_key())?;
                let algorithm =
                    rules.algorithms().find(|name| *name == "ES512").ok_or_else(|| no_key_for(rules))?;
                let algorithm = JwtAlgorithm::parse(algorithm).ok_or_else(|| no_key_for(rules))?;
                return Ok((PrivateKey::P521(Box::new(key)), algorithm));
            }
            let readers = [EncodingKey::from_rsa_pem, EncodingKey::from_ec_pem, EncodingKey::from_ed_pem];
            readers.into_iter().find_map(|read| read(pem.as_bytes()).ok()).ok_or_else(no_private_key)?
        }
        _ => return Err(no_private_key()),
    };
    let family = key.family();
    let key = PrivateKey::Library(key);
    let accepted = rules.algorithms().filter_map(JwtAlgorithm::parse);
    let algorithm = accepted
        .filter(|algorithm| matches!(algorithm, JwtAlgorithm::Library(one) if one.family() == family))
        .find(|algorithm| sign(*algorithm, &key, b"").is_some())
        .ok_or_else(|| no_key_for(rules))?;
    Ok((key, algorithm))
}

fn sign(algorithm: JwtAlgorithm, key: &PrivateKey, message: &[u8]) -> Option<Vec<u8>> {
    match (key, algorithm) {
        (PrivateKey::Library(key), JwtAlgorithm::Library(algorithm)) => {
            (DEFAULT_PROVIDER.signer_factory)(&algorithm, key).ok()?.try_sign(message).ok()
        }
        (PrivateKey::P521(key), JwtAlgorithm::Es512) => {
            let signature: p521::ecdsa::Signature = key.try_sign(message).ok()?;
            Some(signature.to_bytes().to_vec())
        }
        _ => None,
    }
}

fn no_key_for(rules: &JwtRules) -> ConfigError {
    ConfigError::new("secret", format!("is not a key for JWTs signed with {}", rules.algorithms))
}

fn no_private_key() -> ConfigError {
    ConfigError::new(
        "secret",
        "is neither a shared secret nor a private key as PEM (PKCS#8, or PKCS#1 for RSA), which signing needs",
    )
}

impl fmt::Debug for SigningKey {
    /// Omits the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm.to_string()).finish_non_exhaustive()
    }
}
