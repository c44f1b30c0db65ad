//! What the text of a secret is, by its look.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::ConfigError;

/// A key as it was given.
pub(super) enum Given {
    /// PEM, with line breaks where they belong.
    Pem(Zeroizing<String>),
    /// A JWK, or the keys of a JWKS.
    Jwk(Value),
    Jwks(Vec<Value>),
    /// A shared secret.
    Secret,
}

impl Given {
    /// What looks like a key of a pair is never taken as a shared secret: everybody may know it.
    pub(super) fn read(text: &str) -> Result<Self, ConfigError> {
        if text.contains("-----BEGIN") {
            return Ok(Self::Pem(Zeroizing::new(text.replace("\\n", "\n"))));
        }
        if text.starts_with(['{', '[']) {
            return json(text);
        }
        let bytes = STANDARD.decode(text).map(Zeroizing::new).unwrap_or_default();
        if bytes.starts_with(b"-----BEGIN")
            && let Ok(pem) = std::str::from_utf8(&bytes)
        {
            return Ok(Self::Pem(Zeroizing::new(pem.to_owned())));
        }
        if is_public_key(&bytes) {
            return Ok(Self::Pem(Zeroizing::new(format!(
                "-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n"
            ))));
        }
        Ok(Self::Secret)
    }
}

fn json(text: &str) -> Result<Given, ConfigError> {
    match serde_json::from_str(text) {
        Ok(Value::Object(mut object)) => match object.remove("keys") {
            Some(Value::Array(keys)) => Ok(Given::Jwks(keys)),
            None if object.contains_key("kty") => Ok(Given::Jwk(Value::Object(object))),
            _ => Err(no_key()),
        },
        _ => Err(no_key()),
    }
}

fn no_key() -> ConfigError {
    ConfigError::new("secret", "looks like JSON, and is neither a JWK nor a JWKS (RFC 7517)")
}

/// Whether it begins as `SubjectPublicKeyInfo` does (RFC 5280): a sequence in a sequence, and the identifier of a kind.
fn is_public_key(der: &[u8]) -> bool {
    const KINDS: [&[u8]; 3] = [
        // rsaEncryption
        &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01],
        // id-ecPublicKey
        &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01],
        // id-Ed25519
        &[0x06, 0x03, 0x2b, 0x65, 0x70],
    ];
    let head = der.get(..der.len().min(24)).unwrap_or_default();
    der.first() == Some(&0x30) && KINDS.iter().any(|kind| head.windows(kind.len()).any(|part| part == *kind))
}
