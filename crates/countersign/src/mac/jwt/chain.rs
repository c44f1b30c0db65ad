//! Verifies the certificates that a JWT carries (`x5c`, RFC 7515, section 4.1.6) against a root (RFC 5280,
//! section 6.1).
//!
//! A chain consists of a leaf, its issuer, and optionally the root, which is ignored: the secret is the root.
//! Revocation is not checked, because that would require network access.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;
use jsonwebtoken::Algorithm;
use p256::ecdsa as p256_ecdsa;
use p384::ecdsa as p384_ecdsa;
use p384_ecdsa::signature::hazmat::PrehashVerifier;
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::Certificate;
use x509_cert::der::asn1::{AnyRef, ObjectIdentifier};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::signed_jwt::{JwtAlgorithm, SignedJwt};
use crate::error::ConfigError;
use crate::scheme::CertificateRules;
use crate::time::UnixTime;

/// A root certificate, with the rules for the certificates under it.
pub(super) struct Root {
    certificate: Certificate,
    leaf: Option<ObjectIdentifier>,
    issuer: Option<ObjectIdentifier>,
}

/// A public key of a certificate.
enum Point {
    P256(Box<p256_ecdsa::VerifyingKey>),
    P384(Box<p384_ecdsa::VerifyingKey>),
}

impl Root {
    /// Reads the root certificates of a secret: PEM, one block or several, or DER in Base64.
    pub(super) fn read_all(rules: &CertificateRules, text: &str) -> Result<Vec<Self>, ConfigError> {
        let certificates = certificates(text).filter(|found| !found.is_empty()).ok_or_else(unreadable)?;
        certificates.into_iter().map(|certificate| Self::new(rules, certificate)).collect()
    }

    fn new(rules: &CertificateRules, certificate: Certificate) -> Result<Self, ConfigError> {
        let oid = |field: &str, text: &str| {
            let parsed = (!text.is_empty()).then(|| ObjectIdentifier::new(text)).transpose();
            parsed.map_err(|_| {
                ConfigError::new(format!("scheme.jwt.certificates.{field}"), "is not an object identifier")
            })
        };
        if !is_authority(&certificate) || Point::of(key(&certificate)).is_none() {
            return Err(ConfigError::new(
                "secret",
                "is not a root certificate with a key on P-256 or P-384, which JWTs with certificates require",
            ));
        }
        Ok(Self { leaf: oid("leaf", &rules.leaf)?, issuer: oid("issuer", &rules.issuer)?, certificate })
    }

    /// Returns whether the JWT carries a chain to this root, and the key of its first certificate signed the
    /// JWT.
    pub(super) fn verifies(&self, algorithm: JwtAlgorithm, jwt: &SignedJwt<'_>, now: UnixTime) -> bool {
        let Some(leaf) = self.leaf_of(&jwt.certificates, now) else { return false };
        match (leaf, algorithm) {
            (Point::P256(key), JwtAlgorithm::Library(Algorithm::ES256)) => {
                let signature = p256_ecdsa::Signature::from_slice(jwt.signature);
                let hash = Sha256::digest(jwt.message);
                signature.is_ok_and(|signature| key.verify_prehash(&hash, &signature).is_ok())
            }
            (Point::P384(key), JwtAlgorithm::Library(Algorithm::ES384)) => {
                let signature = p384_ecdsa::Signature::from_slice(jwt.signature);
                let hash = Sha384::digest(jwt.message);
                signature.is_ok_and(|signature| key.verify_prehash(&hash, &signature).is_ok())
            }
            _ => false,
        }
    }

    /// Returns the key of the first certificate of a chain that this root issued. Cheap checks run first.
    fn leaf_of(&self, chain: &[&str], now: UnixTime) -> Option<Point> {
        let ([leaf, issuer] | [leaf, issuer, _]) = chain else { return None };
        let (leaf_der, issuer_der) = (STANDARD.decode(leaf).ok()?, STANDARD.decode(issuer).ok()?);
        let (leaf, issuer) =
            (Certificate::from_der(&leaf_der).ok()?, Certificate::from_der(&issuer_der).ok()?);
        let root = &self.certificate;
        let names = |certificate: &Certificate, by: &Certificate| {
            certificate.tbs_certificate().issuer() == by.tbs_certificate().subject()
        };
        let is_right = names(&issuer, root)
            && names(&leaf, &issuer)
            && [root, &issuer, &leaf].iter().all(|certificate| is_valid(certificate, now))
            && is_authority(&issuer)
            && has_extension(&leaf, self.leaf.as_ref())
            && has_extension(&issuer, self.issuer.as_ref())
            && !has_unknown_critical_extension(&leaf)
            && !has_unknown_critical_extension(&issuer);
        let is_right = is_right
            && is_issued_by(&issuer, &issuer_der, key(root))
            && is_issued_by(&leaf, &leaf_der, key(&issuer));
        if is_right { Point::of(key(&leaf)) } else { None }
    }
}

impl Point {
    fn of(key: &SubjectPublicKeyInfoOwned) -> Option<Self> {
        let curve = key.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()?;
        let point = key.subject_public_key.as_bytes()?;
        match (key.algorithm.oid, curve) {
            (EC, P256) => Some(Self::P256(Box::new(p256_ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?))),
            (EC, P384) => Some(Self::P384(Box::new(p384_ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?))),
            _ => None,
        }
    }

    fn verifies(&self, hash: &[u8], der: &[u8]) -> bool {
        match self {
            Self::P256(key) => {
                let signature = p256_ecdsa::Signature::from_der(der);
                signature.is_ok_and(|signature| key.verify_prehash(hash, &signature).is_ok())
            }
            Self::P384(key) => {
                let signature = p384_ecdsa::Signature::from_der(der);
                signature.is_ok_and(|signature| key.verify_prehash(hash, &signature).is_ok())
            }
        }
    }
}

/// Returns whether the key signed the certificate.
fn is_issued_by(certificate: &Certificate, der: &[u8], by: &SubjectPublicKeyInfoOwned) -> bool {
    let signed = Vec::<AnyRef<'_>>::from_der(der).ok().and_then(|parts| parts.first()?.to_der().ok());
    let (Some(signed), Some(key), Some(signature)) =
        (signed, Point::of(by), certificate.signature().as_bytes())
    else {
        return false;
    };
    let hash = match certificate.signature_algorithm().oid {
        ECDSA_SHA256 => Sha256::digest(signed).to_vec(),
        ECDSA_SHA384 => Sha384::digest(signed).to_vec(),
        ECDSA_SHA512 => Sha512::digest(signed).to_vec(),
        _ => return false,
    };
    // The algorithm is repeated in the signed part (RFC 5280, section 4.1.1.2).
    certificate.tbs_certificate().signature() == certificate.signature_algorithm()
        && key.verifies(&hash, signature)
}

fn key(certificate: &Certificate) -> &SubjectPublicKeyInfoOwned {
    certificate.tbs_certificate().subject_public_key_info()
}

/// Returns whether the certificate may issue others.
fn is_authority(certificate: &Certificate) -> bool {
    let constraints = certificate.tbs_certificate().get_extension::<BasicConstraints>();
    let usage = certificate.tbs_certificate().get_extension::<KeyUsage>();
    matches!(constraints, Ok(Some((_, constraints))) if constraints.ca)
        && match usage {
            Ok(usage) => usage.is_none_or(|(_, usage)| usage.key_cert_sign()),
            Err(_) => false,
        }
}

fn is_valid(certificate: &Certificate, now: UnixTime) -> bool {
    let validity = certificate.tbs_certificate().validity();
    let secs =
        |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    let now = now.as_secs();
    secs(validity.not_before) <= now.saturating_add(SKEW_SECS)
        && now.saturating_sub(SKEW_SECS) <= secs(validity.not_after)
}

fn has_extension(certificate: &Certificate, wanted: Option<&ObjectIdentifier>) -> bool {
    let Some(wanted) = wanted else { return true };
    let extensions = certificate.tbs_certificate().extensions();
    extensions.is_some_and(|extensions| extensions.iter().any(|extension| extension.extn_id == *wanted))
}

/// Returns whether a critical extension is unknown. Such a certificate must be rejected (RFC 5280, section 4.2).
fn has_unknown_critical_extension(certificate: &Certificate) -> bool {
    let extensions = certificate.tbs_certificate().extensions();
    extensions.is_some_and(|extensions| {
        extensions.iter().any(|extension| extension.critical && !UNDERSTOOD.contains(&extension.extn_id))
    })
}

/// Returns the certificates in a text: PEM, or DER in Base64.
fn certificates(text: &str) -> Option<Vec<Certificate>> {
    if let Some(at) = text.find("-----BEGIN CERTIFICATE") {
        let pem = text.get(at..)?.replace("\\n", "\n");
        return Certificate::load_pem_chain(pem.as_bytes()).ok();
    }
    let der = STANDARD.decode(text.split_ascii_whitespace().collect::<String>()).ok()?;
    Some(vec![Certificate::from_der(&der).ok()?])
}

/// Returns the certificates that follow a private key, in the form in which a JWT carries them.
pub(super) fn encoded(text: &str) -> Result<Vec<String>, ConfigError> {
    let at = text.find("-----BEGIN CERTIFICATE").and_then(|at| text.get(at..));
    let certificates = at.and_then(certificates).filter(|found| matches!(found.len(), 2 | 3));
    let encoded = certificates.and_then(|found| {
        found.iter().map(|one| one.to_der().ok().map(|der| STANDARD.encode(der))).collect::<Option<Vec<_>>>()
    });
    encoded.ok_or_else(|| {
        ConfigError::new(
            "secret",
            "is not a private key in PEM, followed by two or three certificates: that of the key, its issuer's, the root",
        )
    })
}

fn unreadable() -> ConfigError {
    ConfigError::new(
        "secret",
        "is not a root certificate (PEM, or DER in Base64), which JWTs with certificates require: take it from the \
         provider's page",
    )
}

/// The accepted clock skew in seconds, as in Apple's libraries.
const SKEW_SECS: i64 = 60;

// RFC 5480, RFC 5758 and RFC 5280: basic constraints, key usage, extended key usage, policies.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");
const UNDERSTOOD: [ObjectIdentifier; 4] = [
    ObjectIdentifier::new_unwrap("2.5.29.19"),
    ObjectIdentifier::new_unwrap("2.5.29.15"),
    ObjectIdentifier::new_unwrap("2.5.29.37"),
    ObjectIdentifier::new_unwrap("2.5.29.32"),
];
