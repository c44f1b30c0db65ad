//! Decoy keys: a request for an unknown tenant is computed under them, so that it takes as long as a wrong
//! signature.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;

use super::{KeyRing, Role};
use crate::scheme::{Algorithm, KeyEncoding, KeyFormat, Scheme};
use crate::secret::{Secret, SecretSet};

impl KeyRing {
    /// Creates the keys. Their private halves are unknown, but shared secrets among them are public constants, so a
    /// delivery that verifies under them must be rejected.
    pub(crate) fn decoy(scheme: &Scheme) -> Self {
        let is_one =
            |secret: &Secret| Self::new(scheme, &SecretSet::new(secret.clone()), Role::Verifier).is_ok();
        let found = texts(scheme).into_iter().filter_map(|text| Secret::new(text).ok()).filter(is_one);
        // One key of each kind that a JWT may be signed with.
        let secrets = found
            .enumerate()
            .fold(SecretSet::none(), |secrets, (number, secret)| secrets.with(number.to_string(), secret));
        Self::new(scheme, &secrets, Role::Verifier).unwrap_or_default()
    }
}

/// Returns texts that are valid keys of the scheme.
fn texts(scheme: &Scheme) -> Vec<String> {
    let shared = || vec![shared(scheme)];
    match scheme.algorithm {
        Algorithm::Ed25519 => vec![pem(ED25519)],
        Algorithm::EcdsaP256Sha256 | Algorithm::EcdsaP256Sha1 => vec![pem(P256)],
        Algorithm::EcdsaP384Sha384 => vec![pem(P384)],
        Algorithm::RsaSha256
        | Algorithm::RsaSha512
        | Algorithm::RsaSha1
        | Algorithm::RsaSha256OrSha1
        | Algorithm::RsaPssSha512 => vec![pem(RSA)],
        Algorithm::Jwt => [shared(), vec![pem(RSA), pem(P256), pem(P384), pem(P521), pem(ED25519)]].concat(),
        _ => shared(),
    }
}

fn shared(scheme: &Scheme) -> String {
    let KeyFormat { after, prefix, encoding, .. } = &scheme.key;
    let id = if after.is_empty() { String::new() } else { format!("decoy{after}") };
    let rest = match encoding {
        KeyEncoding::Base64 => {
            prefix.split('|').next().unwrap_or_default().to_owned() + &STANDARD.encode(KEY)
        }
        KeyEncoding::Hex => const_hex::encode(KEY),
        KeyEncoding::Utf8 => KEY.to_owned(),
    };
    id + &rest
}

fn pem(der: &str) -> String {
    format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n")
}

/// As long as most secrets.
const KEY: &str = "decoy of no tenant, 32 bytes ...";

// The points and the modulus are derived from SHA-512 of a counter.
const ED25519: &str = "MCowBQYDK2VwAyEAXpMPc3z8mKD7Q8Hmi6NiDxy66eBiTfUg4SlrJqdoYfY=";
const P256: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjhFWULdkauNZTQ8XyU+SASDuuPQQhd/asEB3AK2iMx8KU/82/P6Ktn0wGU79/MrKTAf/\
                    1SHJLdeVHmBcR9v8dw==";
const P384: &str = "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEOrUi9M53FzX7faqApcdlFxvoqdvK2UkcW0jJrL7eTsVQpO1v9dqYQ3gx0a1lbsLFLq4bfKRvR7We\
                    G+xwvkfJTz0Gb5NyKxdQLIxvYujSJ6ayMYk1EgXnLbQxC2Tr033v";
const P521: &str = "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAFD7ZZLMXxhFhFTZlgZpqiDbkTNcftzwLsH+cZkcYAK23gBFSP8vXFodwmIDlmn90Gour5+z+rh\
                    /BIU1NEM+Uw/4BTgyV6mhutjiAyFtR4qrtRA8X5izCNT7aiQZg7MTT+/3/u+58zKm+GJw4uJd4VDZIxYbn7AAOA9PKS8kNO9Kbkko=";
const RSA: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1Z9RSw0b04zNQ0puH984zcZRE3h2GiTy8wJV7pp0ink54w+EegZlfMiFsNBy/BNh\
                   +8Zhke2Bywpgt4d5HQBPeBp8vODq0E4h+mJFuy4psPKBwbDp/D3tWgZDlKJyr6fG00RJIgxjPfeVkkUPLzEChYuJYPLhhZ9rjCLz0VTYmhAw\
                   Tc+eLyf/v2CxUnBppJlxj4EXBikgAa3Go3dbrjsyFAD95N85DJw3nXxLjj+tid32CNycy/VOntAh6NZeqFqx0pXH/uza/z3uzesEm8Ouft3o\
                   s8vmsl5WbFTBLURf3nK33dmthtZQ4ZxDd4lQ0upvVy2DoFL9H3n6twZHUY27ZwIDAQAB";

#[cfg(all(test, feature = "full"))]
mod tests {
    use super::*;
    use crate::providers;

    #[test]
    fn every_declaration_has_a_decoy() {
        // If JWTs carry their certificates, only root certificates are configured.
        let has_keys = |provider: &&crate::Provider| {
            provider.scheme.jwt.as_ref().is_none_or(|rules| rules.certificates.is_none())
        };
        for provider in providers::all().filter(has_keys) {
            let shown = format!("{:?}", KeyRing::decoy(&provider.scheme));
            assert_ne!(shown, "[]", "{}", provider.slug);
        }
    }

    #[test]
    fn a_verifier_without_keys_gets_a_decoy() {
        let keyless = crate::Verifier::keyless(&providers::GITHUB).unwrap();
        let shown = format!("{:?}", keyless.with_decoy_key());
        assert_eq!(shown, r#"Verifier { provider: "github-sha256", keys: ["0"] }"#);
    }

    #[test]
    fn every_algorithm_with_public_keys_has_a_decoy() {
        for algorithm in [
            Algorithm::Ed25519,
            Algorithm::EcdsaP256Sha256,
            Algorithm::EcdsaP256Sha1,
            Algorithm::EcdsaP384Sha384,
            Algorithm::RsaSha256,
            Algorithm::RsaSha512,
            Algorithm::RsaSha1,
            Algorithm::RsaSha256OrSha1,
            Algorithm::RsaPssSha512,
        ] {
            let scheme = Scheme { algorithm, ..providers::SENDGRID.scheme.clone() };
            assert_eq!(format!("{:?}", KeyRing::decoy(&scheme)), r#"["0"]"#, "{algorithm:?}");
        }
    }
}
