//! Published keys: JSON Web Keys (RFC 7517).

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::ConfigError;
use crate::secret::{Secret, SecretSet};

/// The fields of a JSON Web Key that are used here.
#[derive(Deserialize)]
pub(crate) struct Jwk {
    pub(crate) kty: String,
    pub(crate) crv: Option<String>,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    /// The private part.
    d: Option<String>,
}

#[derive(Deserialize)]
struct Jwks<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

impl Jwk {
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Returns whether the key is a private key.
    pub(crate) fn is_private(&self) -> bool {
        self.d.is_some()
    }

    /// Returns whether the key is meant for verifying signatures with one of the supported algorithms.
    pub(crate) fn may_verify(&self) -> bool {
        self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && self.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"))
            && self.alg.as_deref().is_none_or(|alg| ALGORITHMS.contains(&alg))
    }

    /// Returns whether the key is a public key of a supported type.
    fn is_usable(&self) -> bool {
        let kind = (self.kty.as_str(), self.crv.as_deref());
        let known = match kind {
            ("OKP", curve) => curve == Some("Ed25519"),
            ("EC", curve) => matches!(curve, Some("P-256" | "P-384" | "P-521")),
            (kind, _) => kind == "RSA",
        };
        known && !self.is_private() && self.may_verify()
    }
}

impl SecretSet {
    /// Creates a set of the public keys of a JWKS (RFC 7517). Each key is named by its `kid`, or by its position
    /// (from 0) if it has none.
    ///
    /// Encryption keys, keys of types that no [`Algorithm`](crate::scheme::Algorithm) uses, and private or malformed
    /// keys are skipped: a published set may contain keys for other purposes. Of a set with several key types, a
    /// [`Verifier`](crate::Verifier) uses those that fit its scheme.
    ///
    /// ```
    /// use countersign::SecretSet;
    ///
    /// let keys = SecretSet::from_jwks(r#"{ "keys": [
    ///     { "kty": "OKP", "crv": "Ed25519", "kid": "2025", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
    ///     { "kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB" }
    /// ] }"#)?;
    /// assert_eq!(keys.names().collect::<Vec<_>>(), ["2025"]);
    /// # Ok::<(), countersign::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the text is not a JWKS, or contains no key that can verify signatures.
    pub fn from_jwks(text: &str) -> Result<Self, ConfigError> {
        let jwks: Jwks<'_> = serde_json::from_str(text)
            .map_err(|error| ConfigError::new("jwks", format!("is not a JSON Web Key Set: {error}")))?;
        let mut keys = Vec::new();
        for (position, raw) in jwks.keys.iter().enumerate() {
            if let Ok(jwk) = Jwk::parse(raw.get())
                && jwk.is_usable()
            {
                let name = jwk.kid.filter(|kid| !kid.is_empty()).unwrap_or_else(|| position.to_string());
                keys.push((name, Secret::new(raw.get())?));
            }
        }
        if keys.is_empty() {
            let problem = "holds no public key for signatures (Ed25519, P-256 or RSA)";
            return Err(ConfigError::new("jwks", problem));
        }
        Ok(Self::published(keys))
    }
}

/// The accepted values of `alg` (RFC 7518, RFC 8037, RFC 8812, RFC 9864).
const ALGORITHMS: [&str; 9] =
    ["EdDSA", "Ed25519", "ES256", "ES384", "ES512", "RS1", "RS256", "RS384", "RS512"];

#[cfg(test)]
mod tests {
    use super::*;

    fn names(keys: &str) -> Result<Vec<String>, String> {
        let set = SecretSet::from_jwks(&format!(r#"{{"keys":[{keys}]}}"#)).map_err(|e| e.to_string())?;
        Ok(set.names().map(str::to_owned).collect())
    }

    #[test]
    fn keys_for_signatures_are_taken_under_their_names() {
        let keys = r#"{"kty":"OKP","crv":"Ed25519","x":"AA","kid":"a"},
            {"kty":"EC","crv":"P-256","x":"AA","y":"AA","use":"sig"},
            {"kty":"RSA","n":"AQAB","e":"AQAB","kid":"","key_ops":["verify"],"alg":"RS256"}"#;
        assert_eq!(names(keys).unwrap(), ["a", "1", "2"]);
    }

    #[test]
    fn everything_else_is_left_out() {
        for other in [
            r#"{"kty":"RSA","use":"enc"}"#,
            r#"{"kty":"RSA","key_ops":["encrypt"]}"#,
            r#"{"kty":"RSA","alg":"PS256"}"#,
            r#"{"kty":"RSA","d":"AQAB"}"#,
            r#"{"kty":"OKP","crv":"X25519"}"#,
            r#"{"kty":"EC","crv":"secp256k1"}"#,
            r#"{"kty":"oct","k":"AQAB"}"#,
            r#"{"crv":"Ed25519"}"#,
            r#""text""#,
        ] {
            assert!(names(other).unwrap_err().contains("no public key"), "{other}");
            assert_eq!(names(&format!(r#"{other},{{"kty":"RSA"}}"#)).unwrap(), ["1"], "{other}");
        }
    }

    #[test]
    fn what_is_no_set_is_refused() {
        for text in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[]}"#, r#"{"kty":"RSA"}"#] {
            assert_eq!(SecretSet::from_jwks(text).unwrap_err().field(), "jwks", "{text}");
        }
    }
}
