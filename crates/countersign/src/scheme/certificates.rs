use std::mem::{forget, replace};

use serde::{Deserialize, Serialize};

use super::{Text, text};
use crate::error::ConfigError;

/// Rules for JWTs that carry the certificate of their key and that of its issuer in `x5c` (RFC 7515, section
/// 4.1.6).
///
/// The secrets are then root certificates. A JWT is accepted if its first certificate was issued by the second
/// one, and that one by a root; if both are valid at the time of the request; and if they have the extensions that
/// are named here, with which an issuer of many kinds of certificates marks those that may sign.
///
/// In TOML: `jwt = { algorithms = "ES256", certificates = { leaf = "1.2.840.113635.100.6.11.1", issuer = "1.2.840.113635.100.6.2.1" } }`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CertificateRules {
    /// The object identifier of an extension that the certificate of the key must have. Empty means none.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub leaf: Text,
    /// The object identifier of an extension that its issuer's certificate must have. Empty means none.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub issuer: Text,
}

impl CertificateRules {
    /// Creates rules that require these extensions in the certificate of the key and in that of its issuer.
    #[must_use]
    pub const fn new(leaf: &'static str, issuer: &'static str) -> Self {
        let mut rules = Self { leaf: text(""), issuer: text("") };
        forget(replace(&mut rules.leaf, text(leaf)));
        forget(replace(&mut rules.issuer, text(issuer)));
        rules
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let is_oid = |oid: &str| {
            oid.split('.').count() > 1
                && oid.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()))
        };
        for (field, oid) in [("leaf", &self.leaf), ("issuer", &self.issuer)] {
            if !oid.is_empty() && !is_oid(oid) {
                let field = format!("scheme.jwt.certificates.{field}");
                return Err(ConfigError::new(
                    field,
                    format!("{oid:?} is not an object identifier, such as `1.2.840.113635`"),
                ));
            }
        }
        Ok(())
    }
}
