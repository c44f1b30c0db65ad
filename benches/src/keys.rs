//! Secrets in the format of any provider of the catalogue.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::scheme::{Algorithm, KeyEncoding};
use countersign::{Provider, Secret};

/// Includes a test key of the core crate.
macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../../crates/countersign/tests/data/keys/", $name))
    };
}

/// Returns the secret of a receiver: a public key if there is a pair.
#[must_use]
pub fn secret(provider: &Provider) -> Secret {
    let text = match provider.scheme.algorithm {
        Algorithm::Ed25519 => key!("ed.spki.pem").to_owned(),
        Algorithm::EcdsaP256Sha256 | Algorithm::EcdsaP256Sha1 => key!("ec.spki.pem").to_owned(),
        Algorithm::RsaSha256 | Algorithm::RsaSha512 | Algorithm::RsaSha1 | Algorithm::RsaSha256OrSha1 => {
            key!("rsa2048.spki.pem").to_owned()
        }
        _ => shared(provider),
    };
    Secret::new(text).unwrap()
}

/// Returns a copy of the declaration with its open parameters set.
#[must_use]
pub fn filled(provider: &Provider) -> Provider {
    PARAMETERS.iter().fold(provider.clone(), |provider, (name, value)| provider.with_parameter(name, value))
}

/// Returns whether the algorithm is compiled into this program. JSON Web Tokens are not.
#[must_use]
pub fn is_available(provider: &Provider) -> bool {
    let compiled_in = cfg!(feature = "asymmetric") || !provider.scheme.algorithm.is_asymmetric();
    compiled_in && provider.scheme.jwt.is_none()
}

fn shared(provider: &Provider) -> String {
    let key = &provider.scheme.key;
    let before = if key.after.is_empty() { String::new() } else { format!("key-id{}", key.after) };
    let prefix = key.prefix.split('|').next().unwrap_or_default();
    let rest = match key.encoding {
        KeyEncoding::Base64 => format!("{prefix}{}", STANDARD.encode(KEY)),
        KeyEncoding::Hex => KEY.iter().map(|byte| format!("{byte:02x}")).collect(),
        _ if provider.scheme.algorithm == Algorithm::Basic => "user:password".to_owned(),
        _ => String::from_utf8_lossy(&KEY).into_owned(),
    };
    before + &rest
}

const PARAMETERS: [(&str, &str); 2] =
    [("topics", "arn:aws:sns:eu-west-1:123456789012:a"), ("webhook_id", "1JE4291016473214C")];
const KEY: [u8; 24] = *b"an everyday key, 24 byte";
