//! Classifies the text of a secret by its form.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::ConfigError;
use crate::mac::pairs::{Container, container, is_ssh};

/// A key in its configured form.
pub(super) enum Given {
    /// PEM, with normalised line breaks.
    Pem(Zeroizing<String>),
    /// A JWK, or the keys of a JWKS.
    Jwk(Value),
    Jwks(Vec<Value>),
    /// A shared secret.
    Secret,
}

impl Given {
    /// Classifies the text. A text that looks like a key of a pair is never a shared secret, because it may be
    /// public.
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
        if let Some((kind, der)) = container(text) {
            let label = match kind {
                Container::Spki => "PUBLIC KEY",
                Container::Pkcs1 => "RSA PUBLIC KEY",
                Container::Certificate => "CERTIFICATE",
                Container::Private => "PRIVATE KEY",
            };
            let digits = Zeroizing::new(STANDARD.encode(&*der));
            return Ok(Self::Pem(Zeroizing::new(format!(
                "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
                *digits
            ))));
        }
        if is_ssh(text) {
            return Err(ConfigError::new(
                "secret",
                "is a public key as OpenSSH writes it: `ssh-keygen -e -m pkcs8 -f FILE` prints it as PEM",
            ));
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
