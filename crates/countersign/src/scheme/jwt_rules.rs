use std::mem::{forget, replace};

use serde::{Deserialize, Serialize};

use super::{CertificateRules, Text, text};
use crate::error::ConfigError;

/// Requirements on a JSON Web Token (RFC 7519) beyond its signature.
///
/// `exp`, `nbf` and `iat` are checked whenever they are present. The [tolerance](super::TimestampField::tolerance)
/// of the timestamp is their leeway: how long after `exp` a JWT is still accepted, and how far ahead `nbf` and
/// `iat` may be. Without a timestamp the leeway is 60 s. Any other claim that the timestamp is read from must be
/// within the tolerance itself. [`Check`](super::Check) declares how claims must match the request.
///
/// Keys come from the secrets only. Key references in the header of a JWT (`jku`, `x5u`, `jwk`) are ignored, with
/// two exceptions: `kid` selects among the secrets, and `x5c` is used if [`certificates`](Self::certificates) is
/// set; the secrets are then root certificates.
///
/// A JWT may be a member of a JSON body (`signature = { at = "json:/signedPayload", encoding = "base64url" }`, as
/// Apple's App Store sends it). [`Delivery::payload`](crate::Delivery::payload) is then the payload of the JWT,
/// in which id, type and data are looked up; the other members of the body are not signed.
///
/// In TOML: `jwt = { algorithms = "ES256", required = "iat", max_age = 300 }`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct JwtRules {
    /// The accepted algorithms, separated by `|`; a signer uses the first: `HS256` `HS384` `HS512` `RS256` `RS384`
    /// `RS512` `PS256` `PS384` `PS512` `ES256` `ES384` `ES512` `EdDSA` (RFC 7518, RFC 8037). Never `none`.
    ///
    /// A key is used only with algorithms of its own kind, whatever a JWT claims: a public key is never the secret
    /// of an `HS256`.
    pub algorithms: Text,
    /// The required times among `exp`, `nbf` and `iat`, separated by `|`.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub required: Text,
    /// The largest age by `iat`, in seconds. `None` sets no bound beyond `exp`.
    #[serde(default, rename = "max_age", skip_serializing_if = "Option::is_none")]
    pub max_age_secs: Option<u64>,
    /// Accepts the text of a secret as a key for the `HS` algorithms although public keys are accepted, too.
    /// Otherwise such a text is refused, because a public key in an unrecognised form would become a shared secret.
    /// Has no effect if all algorithms are `HS`. Set by the developer with
    /// [`Provider::with_shared_secrets`](crate::Provider::with_shared_secrets).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared_secrets: bool,
    /// The JWT comes without its payload: `header..signature` (RFC 7515, appendix F), Base64url-encoded or, if its
    /// header states it, unencoded (RFC 7797). The payload is the [content](super::Scheme::content) of the scheme,
    /// or the body if that is empty. The claims are then those of the JWT's header.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub detached: bool,
    /// A [`Signer`](crate::Signer) leaves the payload of a detached JWT unencoded (RFC 7797). A verifier follows
    /// the header of the JWT.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unencoded: bool,
    /// The HTTP headers that stand in for parameters which the header of a detached JWT lacks, as `name=header`,
    /// separated by `|`: `tl_version=tl-signature-version` (TrueLayer). A header that stands in must be among those
    /// that are signed.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub parameter_headers: Text,
    /// Rules for the certificates that a JWT carries in `x5c`. Without them `x5c` is ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificates: Option<CertificateRules>,
}

impl JwtRules {
    /// The leeway in seconds if no timestamp is declared. The default of most libraries.
    pub const LEEWAY_SECS: u64 = 60;

    /// Creates rules with these algorithms and no required times.
    #[must_use]
    pub const fn new(algorithms: &'static str) -> Self {
        Self {
            algorithms: text(algorithms),
            required: text(""),
            max_age_secs: None,
            shared_secrets: false,
            detached: false,
            unencoded: false,
            parameter_headers: text(""),
            certificates: None,
        }
    }

    /// Sets the required times, separated by `|`.
    #[must_use]
    pub const fn with_required(mut self, times: &'static str) -> Self {
        forget(replace(&mut self.required, text(times)));
        self
    }

    /// Sets the largest age by `iat`, in seconds.
    #[must_use]
    pub const fn with_max_age(mut self, secs: u64) -> Self {
        self.max_age_secs = Some(secs);
        self
    }

    /// Accepts shared secrets in addition to public keys.
    #[must_use]
    pub const fn with_shared_secrets(mut self) -> Self {
        self.shared_secrets = true;
        self
    }

    /// Sets the HTTP headers that stand in for parameters which the header of a detached JWT lacks, as
    /// `name=header`, separated by `|`.
    #[must_use]
    pub const fn with_parameter_headers(mut self, headers: &'static str) -> Self {
        forget(replace(&mut self.parameter_headers, text(headers)));
        self
    }

    /// Uses the content of the scheme as the payload, or the body if that is empty.
    #[must_use]
    pub const fn detached(mut self) -> Self {
        self.detached = true;
        self
    }

    /// Leaves the payload of a detached JWT unencoded when signing (RFC 7797).
    #[must_use]
    pub const fn unencoded(mut self) -> Self {
        self.unencoded = true;
        self
    }

    /// Uses keys from the certificates that a JWT carries in `x5c`.
    #[must_use]
    pub const fn with_certificates(mut self, rules: CertificateRules) -> Self {
        forget(self.certificates.replace(rules));
        self
    }

    /// Returns the names of the accepted algorithms.
    pub(crate) fn algorithms(&self) -> impl Iterator<Item = &str> {
        self.algorithms.split('|')
    }

    /// Returns whether the text of a secret may be a key for the `HS` algorithms.
    #[cfg(feature = "jwt")]
    pub(crate) fn takes_shared_secrets(&self) -> bool {
        let shared = self.algorithms().filter(|name| name.starts_with("HS")).count();
        // Without public keys among the algorithms, a public key is refused by its kind.
        self.shared_secrets || shared == 0 || shared == self.algorithms().count()
    }

    /// Returns whether the time is required.
    #[cfg(feature = "jwt")]
    pub(crate) fn requires(&self, time: &str) -> bool {
        self.required.split('|').any(|required| required == time)
    }

    /// Returns the parameters that a header may stand in for, each with the header.
    pub(crate) fn stand_ins(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.parameter_headers.split('|').filter(|pair| !pair.is_empty());
        pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
    }

    fn check_stand_ins(&self) -> Result<(), ConfigError> {
        let refuse = |problem| Err(ConfigError::new("scheme.jwt.parameter_headers", problem));
        let is_pair =
            |(name, header): (&str, &str)| !name.is_empty() && http::HeaderName::try_from(header).is_ok();
        if !self.stand_ins().all(is_pair) {
            return refuse("is a list of `name=header`, separated by `|`");
        }
        if !self.parameter_headers.is_empty() && !self.detached {
            return refuse("stands in for the header of a detached JWT: set `detached`");
        }
        Ok(())
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        self.check_stand_ins()?;
        if let Some(name) = self.algorithms().find(|name| !ALGORITHMS.contains(name)) {
            let known = ALGORITHMS.join("|");
            return Err(ConfigError::new("scheme.jwt.algorithms", format!("{name:?} is none of {known}")));
        }
        if let Some(rules) = &self.certificates {
            rules.check()?;
            if self.algorithms().any(|name| !name.starts_with("ES")) {
                let problem = "are only `ES256` and `ES384` where JWTs bring certificates";
                return Err(ConfigError::new("scheme.jwt.algorithms", problem));
            }
        }
        let mut required = self.required.split('|').filter(|_| !self.required.is_empty());
        match required.find(|name| !TIMES.contains(name)) {
            Some(name) => {
                Err(ConfigError::new("scheme.jwt.required", format!("{name:?} is none of exp|nbf|iat")))
            }
            None => Ok(()),
        }
    }
}

/// The registered time claims.
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
        let rules = JwtRules::new("HS256|EdDSA").with_required("exp|iat");
        rules.check().unwrap();
        #[cfg(feature = "jwt")]
        assert!(rules.requires("iat") && !rules.requires("nbf"));
        for algorithms in ["", "none", "None", "HS256|none", "HS256|", "hs256", "ES256K"] {
            let error = JwtRules::new(algorithms).check().unwrap_err();
            assert_eq!(error.field(), "scheme.jwt.algorithms", "{algorithms}");
        }
        for headers in ["a", "=x-a", "a=", "a=x a", "a=x-a"] {
            let error = JwtRules::new("HS256").with_parameter_headers(headers).check().unwrap_err();
            assert_eq!(error.field(), "scheme.jwt.parameter_headers", "{headers}");
        }
        JwtRules::new("HS256").detached().with_parameter_headers("a=x-a|b=x-b").check().unwrap();
        let error = JwtRules::new("HS256").with_required("exp|jti").check().unwrap_err();
        assert_eq!(error.field(), "scheme.jwt.required");
    }
}
