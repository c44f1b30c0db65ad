//! Key containers in DER. The kind is derived from the structure, because the labels of PEM files are often wrong.

use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef};
use pkcs8::der::{Decode, Tag, Tagged};
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use super::material::{Kind, Material, UNKNOWN};

/// Returns the key in a container.
pub(super) fn classify(der: &[u8]) -> Option<Material> {
    let parts = Vec::<AnyRef<'_>>::from_der(der).ok()?;
    let tags: Vec<Tag> = parts.iter().map(Tagged::tag).collect();
    match tags.as_slice() {
        [Tag::Sequence, Tag::BitString] => spki(der),
        [Tag::Sequence, Tag::Sequence, Tag::BitString] => certificate(der),
        [Tag::Integer, Tag::Sequence, Tag::OctetString, ..] => pkcs8(der),
        [Tag::Integer, Tag::OctetString, ..] => {
            // The curve is optional, but rarely omitted in a standalone key.
            let curve = parts.iter().find(|part| part.tag().is_context_specific());
            let curve = curve.and_then(|part| ObjectIdentifier::from_der(part.value()).ok());
            Some(Material::Private(curve.map_or(Kind::P256, of_curve), scalar(der)?))
        }
        [Tag::Integer, Tag::Integer] => Some(Material::Public(Kind::Rsa, der.to_vec())),
        [Tag::Integer, Tag::Integer, Tag::Integer, ..] => {
            Some(Material::Private(Kind::Rsa, Zeroizing::new(der.to_vec())))
        }
        _ => None,
    }
}

/// Reads `SubjectPublicKeyInfo` (RFC 5280).
fn spki(der: &[u8]) -> Option<Material> {
    let info = SubjectPublicKeyInfoRef::from_der(der).ok()?;
    Some(Material::Public(kind(&info.algorithm), info.subject_public_key.as_bytes()?.to_vec()))
}

/// Returns the public key in a certificate (RFC 5280). Issuer and validity are ignored: the key is trusted because
/// it was configured.
#[cfg(any(feature = "jwt", feature = "rsa"))]
fn certificate(der: &[u8]) -> Option<Material> {
    let certificate = x509_cert::Certificate::from_der(der).ok()?;
    let info = certificate.tbs_certificate().subject_public_key_info();
    let algorithm = AlgorithmIdentifierRef {
        oid: info.algorithm.oid,
        parameters: info.algorithm.parameters.as_ref().map(AnyRef::from),
    };
    Some(Material::Public(kind(&algorithm), info.subject_public_key.as_bytes()?.to_vec()))
}

/// Returns no key: certificates are used for RSA keys only.
#[cfg(not(any(feature = "jwt", feature = "rsa")))]
fn certificate(_: &[u8]) -> Option<Material> {
    None
}

/// Reads `PrivateKeyInfo` (RFC 5208, RFC 5958).
fn pkcs8(der: &[u8]) -> Option<Material> {
    let info = PrivateKeyInfoRef::from_der(der).ok()?;
    let kind = kind(&info.algorithm);
    let key = info.private_key.as_bytes();
    let bytes = match kind {
        Kind::Ed25519 => Zeroizing::new(<&OctetStringRef>::from_der(key).ok()?.as_bytes().to_vec()),
        Kind::P256 | Kind::P384 | Kind::P521 => scalar(key)?,
        Kind::Rsa | Kind::RsaPss | Kind::Other(_) => Zeroizing::new(key.to_vec()),
    };
    Some(Material::Private(kind, bytes))
}

/// Returns the scalar of an `ECPrivateKey` (RFC 5915).
fn scalar(der: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let parts = Vec::<AnyRef<'_>>::from_der(der).ok()?;
    let scalar = parts.get(1).filter(|part| part.tag() == Tag::OctetString)?;
    Some(Zeroizing::new(scalar.value().to_vec()))
}

fn kind(algorithm: &AlgorithmIdentifierRef<'_>) -> Kind {
    match algorithm.oid {
        ED25519 => Kind::Ed25519,
        RSA => Kind::Rsa,
        EC => {
            let curve = algorithm.parameters.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
            curve.map_or(UNKNOWN, of_curve)
        }
        RSA_PSS => Kind::RsaPss,
        X25519 => Kind::Other("an X25519 key, which signs nothing"),
        ED448 => Kind::Other("an Ed448 key"),
        _ => UNKNOWN,
    }
}

fn of_curve(curve: ObjectIdentifier) -> Kind {
    match curve {
        P256 => Kind::P256,
        P384 => Kind::P384,
        P521 => Kind::P521,
        SECP256K1 => Kind::Other("a secp256k1 key"),
        _ => Kind::Other("a key on another curve"),
    }
}

// RFC 8410, RFC 8017 and RFC 5480; SEC 2 for secp256k1.
const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const ED448: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.113");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const SECP256K1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.10");
