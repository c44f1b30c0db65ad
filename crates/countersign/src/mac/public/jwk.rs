use ::base64::Engine;
use ::base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pkcs8::der::Encode;
use pkcs8::der::asn1::UintRef;
use serde::Deserialize;

use super::material::{Kind, Material};
use crate::error::ConfigError;
use crate::jwks::Jwk;

/// The numbers of a public key, depending on its kind.
#[derive(Deserialize)]
struct Numbers {
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// Decodes the key in a JWK (RFC 7517, RFC 7518, RFC 8037).
pub(super) fn decode(text: &str) -> Result<Material, ConfigError> {
    let malformed =
        |error| ConfigError::new("secret", format!("looks like a JSON Web Key and is none: {error}"));
    let jwk = Jwk::parse(text).map_err(malformed)?;
    if jwk.is_private() {
        let cure = "is a private JSON Web Key: a verifier needs the public one, and a signer takes PEM";
        return Err(ConfigError::new("secret", cure));
    }
    if !jwk.may_verify() {
        return Err(ConfigError::new("secret", "is a JSON Web Key for something else than these signatures"));
    }
    let Numbers { x, y, n, e } = serde_json::from_str(text).map_err(malformed)?;
    let kind = Kind::of_jwk(&jwk.kty, jwk.crv.as_deref());
    let bytes = match kind {
        Kind::Ed25519 => number("x", x)?,
        Kind::P256 => point(32, &number("x", x)?, &number("y", y)?)?,
        Kind::P384 => point(48, &number("x", x)?, &number("y", y)?)?,
        Kind::P521 => point(66, &padded(66, number("x", x)?), &padded(66, number("y", y)?))?,
        Kind::Rsa => rsa_public_key(&number("n", n)?, &number("e", e)?)?,
        Kind::RsaPss | Kind::Other(_) => Vec::new(),
    };
    Ok(Material::Public(kind, bytes))
}

fn number(name: &str, value: Option<String>) -> Result<Vec<u8>, ConfigError> {
    let bytes = value.and_then(|value| URL_SAFE_NO_PAD.decode(value).ok());
    bytes.filter(|bytes| !bytes.is_empty()).ok_or_else(|| without(name))
}

/// Returns an uncompressed point (SEC 1, 2.3.3). The coordinates have full length (RFC 7518, 6.2.1.2).
fn point(len: usize, x: &[u8], y: &[u8]) -> Result<Vec<u8>, ConfigError> {
    if x.len() == len && y.len() == len { Ok([&[4], x, y].concat()) } else { Err(without("x` and `y")) }
}

/// Pads a coordinate to full length. Most on P-521 begin with a zero, which some libraries omit (TrueLayer's keys).
fn padded(len: usize, number: Vec<u8>) -> Vec<u8> {
    [vec![0; len.saturating_sub(number.len())], number].concat()
}

/// Encodes an `RSAPublicKey` (RFC 8017, A.1.1).
fn rsa_public_key(n: &[u8], e: &[u8]) -> Result<Vec<u8>, ConfigError> {
    let numbers = UintRef::new(n).and_then(|n| Ok(vec![n, UintRef::new(e)?]));
    numbers.and_then(|numbers| numbers.to_der()).map_err(|_| without("n` and `e"))
}

fn without(name: &str) -> ConfigError {
    ConfigError::new("secret", format!("is a JSON Web Key without a proper `{name}`"))
}
