//! Checks for algorithms that are compiled in on demand.

use crate::error::ConfigError;
use crate::scheme::Algorithm;

/// Checks that the algorithm is compiled in.
///
/// # Errors
///
/// [`ConfigError`] with the feature to enable.
pub(crate) fn check_compiled_in(algorithm: Algorithm) -> Result<(), ConfigError> {
    let enabled = algorithm.feature().is_none_or(|feature| FEATURES.contains(&(feature, true)));
    if enabled { Ok(()) } else { Err(missing_feature(algorithm)) }
}

/// Returns the error for an algorithm that is not compiled in, with the feature to enable.
pub(super) fn missing_feature(algorithm: Algorithm) -> ConfigError {
    let feature = algorithm.feature().unwrap_or("full");
    let cure = format!("needs the feature `{feature}` of the crate `countersign`: enable it in Cargo.toml");
    ConfigError::new("scheme.algorithm", cure)
}

const FEATURES: [(&str, bool); 4] = [
    ("ecdsa", cfg!(feature = "ecdsa")),
    ("ed25519", cfg!(feature = "ed25519")),
    ("jwt", cfg!(feature = "jwt")),
    ("rsa", cfg!(feature = "rsa")),
];

#[cfg(test)]
mod tests {
    #[cfg(not(feature = "_public-key"))]
    #[test]
    fn an_algorithm_that_is_not_compiled_in_names_its_feature() {
        use crate::mac::{KeyRing, Role};
        use crate::providers::SVIX;
        use crate::scheme::Algorithm::{EcdsaP256Sha1, EcdsaP256Sha256, Ed25519, RsaSha1, RsaSha256};
        use crate::{Secret, SecretSet, Verifier};
        for algorithm in [Ed25519, EcdsaP256Sha256, EcdsaP256Sha1, RsaSha256, RsaSha1] {
            let mut provider = SVIX.clone();
            provider.scheme.algorithm = algorithm;
            provider.check().unwrap();
            let secrets = SecretSet::new(Secret::new("anything").unwrap());
            let feature = format!("feature `{}`", algorithm.feature().unwrap());
            for role in [Role::Verifier, Role::Signer] {
                let error = KeyRing::new(&provider.scheme, &secrets, role).unwrap_err();
                assert_eq!(error.field(), "scheme.algorithm");
                assert!(error.to_string().contains(&feature), "{error}");
            }
            let error = Verifier::keyless(provider).unwrap_err();
            assert!(error.to_string().contains(&feature), "{error}");
        }
    }

    #[cfg(not(feature = "jwt"))]
    #[test]
    fn jwts_that_are_not_compiled_in_name_their_feature() {
        use crate::providers::NETLIFY;
        use crate::{Secret, Signer, Verifier};
        NETLIFY.check().unwrap();
        let secret = Secret::new("anything").unwrap();
        let built = Verifier::new(&NETLIFY, secret.clone()).map(drop);
        for error in [
            built.unwrap_err(),
            Verifier::keyless(&NETLIFY).unwrap_err(),
            Signer::new(&NETLIFY, secret).unwrap_err(),
        ] {
            assert_eq!(error.field(), "scheme.algorithm");
            assert!(error.to_string().contains("feature `jwt`"), "{error}");
        }
    }
}
