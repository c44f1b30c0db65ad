use std::mem::{forget, replace};

use serde::{Deserialize, Serialize};

use super::{CertificateRules, Text, text};
use crate::error::ConfigError;

/// What a JSON Web Token has to be (RFC 7519), beyond being signed.
///
/// `exp`, `nbf` and `iat` are judged wherever they are. The [tolerance](super::TimestampField::tolerance) of the
/// timestamp is the leeway for it: how long after `exp` a token is still accepted, and how far ahead `nbf` and `iat` may
/// be; 60 s where there is no timestamp. Any other claim that the timestamp is read from is held against the tolerance
/// itself. What the claims have to say of the request is said by [`Check`](super::Check).
///
/// Keys come from the secrets alone. Whatever the header of a token says of a key (`jku`, `x5u`, `jwk`) is not looked at,
/// but for `kid`, which chooses among them, and `x5c` where [`certificates`](Self::certificates) says so: the secrets are
/// root certificates then.
///
/// A token may be a member of a JSON body (`signature = { at = "json:/signedPayload", encoding = "base64url" }`, as Apple's
/// App Store sends it). [`Delivery::payload`](crate::Delivery::payload) is what the token says then, and id, type and data are
/// looked up there; the other members of the body are not signed.
///
/// In TOML: `token = { algorithms = "ES256", required = "iat", max_age = 300 }`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRules {
    /// The algorithms that are accepted, separated by `|`, the one that is signed with first: `HS256` `HS384` `HS512`
    /// `RS256` `RS384` `RS512` `PS256` `PS384` `PS512` `ES256` `ES384` `ES512` `EdDSA` (RFC 7518, RFC 8037). Never `none`.
    ///
    /// A key takes part in those of its own kind and in no others, whatever a token says: a public key is never the
    /// secret of an `HS256`.
    pub algorithms: Text,
    /// Those of `exp`, `nbf` and `iat` that have to be there, separated by `|`.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub required: Text,
    /// The largest age by `iat`, in seconds; none is not bounded, beyond what `exp` does.
    #[serde(default, rename = "max_age", skip_serializing_if = "Option::is_none")]
    pub max_age_secs: Option<u64>,
    /// Whether the text of a secret is a key for the `HS` algorithms although public keys are accepted too. Without it
    /// such a text is refused, because a public key in an unusual form would become a shared secret. It has no effect
    /// where all algorithms are `HS`. A developer sets it with
    /// [`Provider::with_shared_secrets`](crate::Provider::with_shared_secrets).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared_secrets: bool,
    /// Whether the token comes without its payload: `header..signature` (RFC 7515, appendix F), encoded or, where its
    /// header says so, as it is (RFC 7797). The payload is the [content](super::Scheme::content) of the scheme, and the
    /// body where that is empty. The claims are those of the header of the token then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub detached: bool,
    /// Whether a [`Signer`](crate::Signer) leaves the payload of a detached token as it is (RFC 7797). A verifier takes
    /// what the token says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unencoded: bool,
    /// Rules for the certificates that a token brings in `x5c`. Without them `x5c` is not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificates: Option<CertificateRules>,
}

impl TokenRules {
    /// The leeway where no timestamp is declared, in seconds: what most libraries have.
    pub const LEEWAY_SECS: u64 = 60;

    /// These algorithms, and nothing required of the time.
    #[must_use]
    pub const fn new(algorithms: &'static str) -> Self {
        Self {
            algorithms: text(algorithms),
            required: text(""),
            max_age_secs: None,
            shared_secrets: false,
            detached: false,
            unencoded: false,
            certificates: None,
        }
    }

    /// With times that have to be there, separated by `|`.
    #[must_use]
    pub const fn with_required(mut self, times: &'static str) -> Self {
        forget(replace(&mut self.required, text(times)));
        self
    }

    /// With a largest age by `iat`, in seconds.
    #[must_use]
    pub const fn with_max_age(mut self, secs: u64) -> Self {
        self.max_age_secs = Some(secs);
        self
    }

    /// Accepts shared secrets beside public keys.
    #[must_use]
    pub const fn with_shared_secrets(mut self) -> Self {
        self.shared_secrets = true;
        self
    }

    /// Takes the content of the scheme as the payload, and the body where that is empty.
    #[must_use]
    pub const fn detached(mut self) -> Self {
        self.detached = true;
        self
    }

    /// Signs the payload of a detached token as it is (RFC 7797).
    #[must_use]
    pub const fn unencoded(mut self) -> Self {
        self.unencoded = true;
        self
    }

    /// Takes keys from the certificates that a token brings in `x5c`.
    #[must_use]
    pub const fn with_certificates(mut self, rules: CertificateRules) -> Self {
        forget(self.certificates.replace(rules));
        self
    }

    /// The names of the accepted algorithms.
    pub(crate) fn algorithms(&self) -> impl Iterator<Item = &str> {
        self.algorithms.split('|')
    }

    /// Returns whether the text of a secret may be a key for the `HS` algorithms.
    #[cfg(feature = "jwt")]
    pub(crate) fn takes_shared_secrets(&self) -> bool {
        let shared = self.algorithms().filter(|name| name.starts_with("HS")).count();
        // If public keys are not accepted, the text is refused for its kind.
        self.shared_secrets || shared == 0 || shared == self.algorithms().count()
    }

    /// Whether the time has to be there.
    #[cfg(feature = "jwt")]
    pub(crate) fn requires(&self, time: &str) -> bool {
        self.required.split('|').any(|required| required == time)
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if let Some(name) = self.algorithms().find(|name| !ALGORITHMS.contains(name)) {
            let known = ALGORITHMS.join("|");
            return Err(ConfigError::new("scheme.token.algorithms", format!("{name:?} is none of {known}")));
        }
        if let Some(rules) = &self.certificates {
            rules.check()?;
            if self.algorithms().any(|name| !name.starts_with("ES")) {
                let problem = "are only `ES256` and `ES384` where tokens bring certificates";
                return Err(ConfigError::new("scheme.token.algorithms", problem));
            }
        }
        let mut required = self.required.split('|').filter(|_| !self.required.is_empty());
        match required.find(|name| !TIMES.contains(name)) {
            Some(name) => {
                Err(ConfigError::new("scheme.token.required", format!("{name:?} is none of exp|nbf|iat")))
            }
            None => Ok(()),
        }
    }
}

/// The times that every token may have.
pub(crate) const TIMES: [&str; 3] = ["exp", "nbf", "iat"];

const ALGORITHMS: [&str; 13] = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
    "ES512", "EdDSA",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_algorithms_and_times_are_taken() {
        let rules = TokenRules::new("HS256|EdDSA").with_required("exp|iat");
        rules.check().unwrap();
        #[cfg(feature = "jwt")]
        assert!(rules.requires("iat") && !rules.requires("nbf"));
        for algorithms in ["", "none", "None", "HS256|none", "HS256|", "hs256", "ES256K"] {
            let error = TokenRules::new(algorithms).check().unwrap_err();
            assert_eq!(error.field(), "scheme.token.algorithms", "{algorithms}");
        }
        let error = TokenRules::new("HS256").with_required("exp|jti").check().unwrap_err();
        assert_eq!(error.field(), "scheme.token.required");
    }
}
