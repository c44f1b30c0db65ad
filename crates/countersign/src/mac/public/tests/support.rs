//! Signs and verifies with a pair of keys of each algorithm.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;

use crate::mac::public::load;
use crate::mac::public::running::Running;
use crate::mac::{Budget, Role};
use crate::scheme::{Algorithm, Encoding, KeyFormat, Scheme, SignatureField};

/// Includes a file of `tests/data/keys`.
macro_rules! key {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/keys/", $name))
    };
}

pub(super) use key;

pub(super) const PAIRS: [(Algorithm, &str, &str); 7] = [
    (Algorithm::EcdsaP384Sha384, key!("p384.pkcs8.pem"), key!("p384.spki.pem")),
    (Algorithm::RsaPssSha512, key!("rsa2048.pkcs8.pem"), key!("rsa2048.spki.pem")),
    (Algorithm::Ed25519, key!("ed.pkcs8.pem"), key!("ed.spki.pem")),
    (Algorithm::EcdsaP256Sha256, key!("ec.pkcs8.pem"), key!("ec.spki.pem")),
    (Algorithm::EcdsaP256Sha1, key!("ec.sec1.pem"), key!("ec.spki.pem")),
    (Algorithm::RsaSha256, key!("rsa2048.pkcs8.pem"), key!("rsa2048.spki.pem")),
    (Algorithm::RsaSha1, key!("rsa2048.pkcs1.pem"), key!("rsa2048.cert.pem")),
];

pub(super) const ENCODINGS: [Encoding; 3] = [Encoding::Hex, Encoding::Base64, Encoding::Base64Url];

pub(super) fn loaded(algorithm: Algorithm, role: Role, key: &str) -> Result<Running, String> {
    let signature = SignatureField::header("signature", Encoding::Base64);
    let scheme = Scheme::new(algorithm, signature, "{body}").with_key(KeyFormat::base64("whpk_"));
    let running = load(&scheme, key, role);
    running.map_err(|error| error.to_string())
}

pub(super) fn sign(
    algorithm: Algorithm,
    key: &str,
    message: &[u8],
    encoding: Encoding,
) -> Result<String, String> {
    Ok(loaded(algorithm, Role::Signer, key)?.sign(&[message], encoding))
}

pub(super) fn verify(
    algorithm: Algorithm,
    key: &str,
    message: &[u8],
    signature: &str,
) -> Result<bool, String> {
    let mut running = loaded(algorithm, Role::Verifier, key)?;
    running.update(message);
    Ok(running.verifies(&[signature.as_bytes()], Encoding::Base64, &mut Budget::new()))
}

pub(super) fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

pub(super) fn unhex(digits: &str) -> Vec<u8> {
    const_hex::decode(digits).unwrap()
}

/// Returns the Base64 in a PEM file.
pub(super) fn body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}
