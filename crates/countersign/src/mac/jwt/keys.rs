use super::load;
use super::signed_jwt::{JwtAlgorithm, SignedJwt};
use super::verifying::JwtVerifier;
use crate::error::{ConfigError, VerifyError};
use crate::mac::Budget;
use crate::scheme::{JwtRules, Scheme};
use crate::secret::{SecretSet, Validity};
use crate::time::UnixTime;

/// The keys that JWTs are verified with.
#[derive(Default)]
pub(crate) struct JwtKeys {
    keys: Vec<JwtKey>,
}

/// A key with its name and its permitted algorithms.
struct JwtKey {
    /// The name of its secret.
    name: String,
    valid: Validity,
    /// The key id in JWTs, if the key has one of its own.
    kid: Option<String>,
    key: JwtVerifier,
    /// The accepted algorithms that fit this kind of key. Never empty.
    algorithms: Vec<JwtAlgorithm>,
}

impl JwtKeys {
    pub(crate) fn new(scheme: &Scheme, rules: &JwtRules, secrets: &SecretSet) -> Result<Self, ConfigError> {
        let (mut keys, mut passed_over) = (Vec::new(), None);
        for named in secrets.iter() {
            let loaded = match load::keys(scheme, rules, named.secret.expose_secret()) {
                Ok(loaded) => loaded,
                // A published set contains keys for other purposes.
                Err(error) if named.published => {
                    passed_over = Some(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            for load::Loaded { key, kid, algorithms } in loaded {
                keys.push(JwtKey { name: named.name.clone(), valid: named.valid, kid, key, algorithms });
            }
        }
        match passed_over {
            Some(error) if keys.is_empty() => Err(error),
            _ => Ok(Self { keys }),
        }
    }

    pub(crate) fn name(&self, index: usize) -> Option<&str> {
        self.keys.get(index).map(|key| key.name.as_str())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.name.as_str())
    }

    /// Returns the bytes of the shared keys.
    pub(crate) fn shared(&self) -> impl Iterator<Item = &[u8]> {
        self.keys.iter().filter_map(|key| key.key.shared())
    }

    /// Returns the key that signed. The kind of a key determines the algorithms that it verifies, never the JWT.
    pub(crate) fn matching(&self, jwt: &SignedJwt<'_>, now: UnixTime) -> Result<usize, VerifyError> {
        let algorithm = JwtAlgorithm::parse(jwt.algorithm).ok_or_else(|| self.unsupported())?;
        let fit: Vec<_> =
            self.keys.iter().enumerate().filter(|(_, key)| key.is_for(algorithm, now)).collect();
        if self.keys.is_empty() {
            return Err(VerifyError::SignatureMismatch { keys: 0 });
        }
        if fit.is_empty() {
            return Err(self.unsupported());
        }
        let named = fit.into_iter().filter(|(_, key)| key.answers_to(jwt.kid));
        let most = Budget::operations_over(jwt.message.len()) / jwt.readings / algorithm.weight();
        // Two, if the provider replaces its key.
        let named: Vec<_> = named.take(most.max(2)).collect();
        if named.is_empty() {
            return Err(VerifyError::NoMatchingPublicKey);
        }
        let keys = named.len();
        let right = named.into_iter().find(|(_, key)| {
            crate::work::operation(400_000 * algorithm.weight());
            crate::work::hashed(jwt.message.len());
            key.key.verifies(algorithm, jwt, now)
        });
        right.map(|(index, _)| index).ok_or(VerifyError::SignatureMismatch { keys })
    }

    fn unsupported(&self) -> VerifyError {
        let mut accepted: Vec<String> = Vec::new();
        for name in self.keys.iter().flat_map(|key| &key.algorithms).map(ToString::to_string) {
            if !accepted.contains(&name) {
                accepted.push(name);
            }
        }
        VerifyError::UnsupportedJwtAlgorithm { accepted: accepted.join("|") }
    }
}

impl JwtKey {
    fn is_for(&self, algorithm: JwtAlgorithm, now: UnixTime) -> bool {
        self.valid.contains(now) && self.algorithms.contains(&algorithm)
    }

    /// Returns whether the key may be the named one. Either may lack a name.
    fn answers_to(&self, kid: Option<&str>) -> bool {
        match (kid, self.kid.as_deref()) {
            (Some(kid), Some(own)) => kid == own,
            _ => true,
        }
    }
}
