//! Loads verification keys from the text of a secret.

use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind};
use serde_json::Value;

use super::chain::Root;
use super::signed_jwt::JwtAlgorithm;
use super::text::Given;
use super::verifying::JwtVerifier;
use crate::error::ConfigError;
use crate::mac::Role;
use crate::mac::key_bytes::{key_bytes, no_shared_secret};
use crate::mac::pairs::{are_key_of_pair, check_exponent};
use crate::mac::public;
use crate::scheme::{JwtRules, Scheme};

/// A key with its name and its permitted algorithms.
pub(super) struct Loaded {
    pub(super) key: JwtVerifier,
    pub(super) kid: Option<String>,
    pub(super) algorithms: Vec<JwtAlgorithm>,
}

/// Returns the keys in a secret: several if it is a JWKS.
pub(super) fn keys(scheme: &Scheme, rules: &JwtRules, text: &str) -> Result<Vec<Loaded>, ConfigError> {
    if let Some(certificates) = &rules.certificates {
        if text.contains("PRIVATE KEY-----") {
            return Err(private_key());
        }
        let roots = Root::read_all(certificates, text)?;
        return Ok(roots.into_iter().map(|root| root_of(rules, root)).collect());
    }
    match Given::read(text)? {
        Given::Pem(pem) => {
            if pem.contains("PRIVATE KEY-----") {
                return Err(private_key());
            }
            if let Some(key) = on_p521(rules, &pem, None) {
                return Ok(vec![key?]);
            }
            let key = public_key(pem.as_bytes()).ok_or_else(unreadable)?;
            Ok(vec![usable(rules, key, None)?])
        }
        Given::Jwk(jwk) => Ok(vec![from_jwk(rules, jwk)?]),
        Given::Jwks(all) => {
            let (keys, mut errors): (Vec<_>, Vec<_>) =
                all.into_iter().map(|jwk| from_jwk(rules, jwk)).partition(Result::is_ok);
            // A published set contains keys for other purposes.
            let keys: Vec<_> = keys.into_iter().flatten().collect();
            match errors.pop() {
                Some(Err(error)) if keys.is_empty() => Err(error),
                _ if keys.is_empty() => Err(ConfigError::new("secret", "is a JWKS without a key")),
                _ => Ok(keys),
            }
        }
        Given::Secret if !rules.takes_shared_secrets() => Err(not_opted_in(rules)),
        Given::Secret => {
            let keys = key_bytes(&scheme.key, text)?;
            keys.iter().map(|bytes| usable(rules, DecodingKey::from_secret(bytes), None)).collect()
        }
    }
}

/// Returns a public key, or the one in a certificate.
fn public_key(pem: &[u8]) -> Option<DecodingKey> {
    let readers = [DecodingKey::from_rsa_pem, DecodingKey::from_ec_pem, DecodingKey::from_ed_pem];
    readers.into_iter().find_map(|read| read(pem).ok())
}

fn from_jwk(rules: &JwtRules, jwk: Value) -> Result<Loaded, ConfigError> {
    if ["d", "p", "q"].iter().any(|private| jwk.get(private).is_some()) {
        return Err(private_key());
    }
    // RFC 9864 has only this name for what RFC 8037 calls EdDSA.
    let only =
        jwk.get("alg").and_then(Value::as_str).map(|only| if only == "Ed25519" { "EdDSA" } else { only });
    let only = only.map(str::to_owned);
    if let Some(key) = on_p521(rules, &jwk.to_string(), only.as_deref()) {
        let kid = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
        return key.map(|loaded| Loaded { kid, ..loaded });
    }
    let jwk: Jwk = serde_json::from_value(jwk)
        .map_err(|error| ConfigError::new("secret", format!("is a JWK that cannot be read: {error}")))?;
    let common = &jwk.common;
    let is_for_signatures =
        common.public_key_use.as_ref().is_none_or(|only| *only == PublicKeyUse::Signature)
            && common.key_operations.as_ref().is_none_or(|only| only.contains(&KeyOperations::Verify));
    if !is_for_signatures {
        return Err(ConfigError::new("secret", "is a JWK that is not for verifying signatures"));
    }
    let key = DecodingKey::from_jwk(&jwk).map_err(|_| unreadable())?;
    let mut loaded = usable(rules, key, only.as_deref())?;
    loaded.algorithms.retain(|algorithm| is_on_curve_of(&jwk.algorithm, *algorithm));
    if loaded.algorithms.is_empty() {
        let problem = format!(
            "is a JWK whose `crv` is not that of its key type or of {}: a key is used on its own curve",
            rules.algorithms
        );
        return Err(ConfigError::new("secret", problem));
    }
    Ok(Loaded { kid: common.key_id.clone(), ..loaded })
}

/// Returns whether the algorithm signs on the curve that the key names. The library ignores the name.
fn is_on_curve_of(key: &AlgorithmParameters, algorithm: JwtAlgorithm) -> bool {
    let JwtAlgorithm::Library(algorithm) = algorithm else { return false };
    match (key, algorithm) {
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => key.curve == EllipticCurve::P256,
        // ES384 is the only other algorithm of the library for such keys.
        (AlgorithmParameters::EllipticCurve(key), _) => key.curve == EllipticCurve::P384,
        (AlgorithmParameters::OctetKeyPair(key), _) => key.curve == EllipticCurve::Ed25519,
        _ => true,
    }
}

/// Returns the key with those accepted algorithms that fit its kind and its own restriction.
fn usable(rules: &JwtRules, key: DecodingKey, only: Option<&str>) -> Result<Loaded, ConfigError> {
    check(&key)?;
    let accepted = rules.algorithms().filter(|name| only.is_none_or(|only| only == *name));
    let accepted = accepted.filter_map(|name| name.parse::<Algorithm>().ok());
    let algorithms: Vec<_> = accepted
        .filter(|algorithm| algorithm.family() == key.family())
        .filter(|algorithm| (DEFAULT_PROVIDER.verifier_factory)(algorithm, &key).is_ok())
        .map(JwtAlgorithm::Library)
        .collect();
    if algorithms.is_empty() {
        let kind = match key.family() {
            AlgorithmFamily::Hmac => "a shared secret",
            AlgorithmFamily::Rsa => "an RSA key",
            AlgorithmFamily::Ec => "a key on an elliptic curve",
            AlgorithmFamily::Ed => "an Ed25519 key",
        };
        return Err(of_another_kind(kind, rules));
    }
    Ok(Loaded { key: JwtVerifier::Library(key), kid: None, algorithms })
}

/// Returns the key on P-521 if the text is one.
fn on_p521(rules: &JwtRules, text: &str, only: Option<&str>) -> Option<Result<Loaded, ConfigError>> {
    let load = |point: &[u8]| {
        if !rules.algorithms().any(|name| name == "ES512") || only.is_some_and(|only| only != "ES512") {
            return Err(of_another_kind("a P-521 key", rules));
        }
        let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(|_| unreadable())?;
        let algorithms = vec![JwtAlgorithm::Es512];
        Ok(Loaded { key: JwtVerifier::P521(Box::new(key)), kid: None, algorithms })
    };
    Some(public::p521(text, Role::Verifier)?.and_then(|point| load(&point)))
}

fn root_of(rules: &JwtRules, root: Root) -> Loaded {
    let algorithms = rules.algorithms().filter_map(JwtAlgorithm::parse).collect();
    Loaded { key: JwtVerifier::Root(Box::new(root)), kid: None, algorithms }
}

fn of_another_kind(kind: &str, rules: &JwtRules) -> ConfigError {
    ConfigError::new("secret", format!("is {kind}, and these JWTs are signed with {}", rules.algorithms))
}

/// Checks properties that the library detects only during verification, or not at all.
fn check(key: &DecodingKey) -> Result<(), ConfigError> {
    match (key.family(), key.kind()) {
        (AlgorithmFamily::Hmac, DecodingKeyKind::SecretOrDer(secret)) if secret.is_empty() => {
            Err(ConfigError::empty_secret("secret", "decodes to an empty key"))
        }
        (AlgorithmFamily::Hmac, DecodingKeyKind::SecretOrDer(secret)) if are_key_of_pair(secret) => {
            Err(no_shared_secret())
        }
        (AlgorithmFamily::Ed, DecodingKeyKind::SecretOrDer(bytes)) if bytes.len() != 32 => Err(unreadable()),
        (AlgorithmFamily::Rsa, DecodingKeyKind::RsaModulusExponent { n, e }) => check_rsa(n, e),
        (AlgorithmFamily::Rsa, DecodingKeyKind::SecretOrDer(der)) => {
            let parts = (DEFAULT_PROVIDER.key_utils.rsa_pub_components_from_public_key)(der);
            let (modulus, exponent) = parts.map_err(|_| unreadable())?;
            check_rsa(&modulus, &exponent)
        }
        _ => Ok(()),
    }
}

/// Checks the numbers of an RSA key.
fn check_rsa(modulus: &[u8], exponent: &[u8]) -> Result<(), ConfigError> {
    check_modulus(modulus)?;
    check_exponent(modulus, exponent)
}

/// Checks the size of the modulus. RFC 7518, section 3.3, requires 2048 bits; the library accepts at most 4096.
fn check_modulus(modulus: &[u8]) -> Result<(), ConfigError> {
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    match modulus.len() - zeros {
        256..=512 => Ok(()),
        bytes => {
            let problem = format!("is an RSA key of {} bits: 2048 to 4096 are accepted", bytes * 8);
            Err(ConfigError::new("secret", problem))
        }
    }
}

/// Returns the error for a text of unknown kind. If public keys are accepted, an HMAC key must be enabled
/// explicitly.
fn not_opted_in(rules: &JwtRules) -> ConfigError {
    let problem = format!(
        "is no public key, and these JWTs are signed with {}: use `Provider::with_shared_secrets` if the provider \
         shares a secret with you (in a declaration `shared_secrets = true` beside `algorithms`), or give the public key \
         as PEM, a JWK or a JWKS",
        rules.algorithms
    );
    ConfigError::new("secret", problem)
}

fn private_key() -> ConfigError {
    ConfigError::new(
        "secret",
        "is a private key; the verifier needs the public one: `openssl pkey -in FILE -pubout` prints it",
    )
}

fn unreadable() -> ConfigError {
    ConfigError::new(
        "secret",
        "is in no format that keys of JWTs are read in: PEM (SPKI, PKCS#1, a certificate), a JWK or a JWKS",
    )
}
