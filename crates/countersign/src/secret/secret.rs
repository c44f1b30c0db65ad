use std::fmt;

use zeroize::Zeroizing;

use crate::error::ConfigError;

/// A signing secret, as the provider displays it. Redacted in `Debug`, wiped from memory on drop.
///
/// The text is used unchanged: trimming it silently would make deliveries fail to verify without a visible cause.
/// [`KeyFormat`](crate::scheme::KeyFormat) describes how a provider turns the text into a key.
///
/// For providers that sign with a key pair, a [`Verifier`](crate::Verifier) takes the public key and a
/// [`Signer`](crate::Signer) the private key: PEM, DER in Base64, a JWK for public keys, or the bytes of an Ed25519
/// key in Base64 or hexadecimal, with or without a prefix such as `whpk_`. White space at the end is accepted for
/// PEM only, whose files end with a line break.
///
/// ```
/// use countersign::Secret;
///
/// assert!(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_ok());
/// assert_eq!(Secret::new("").unwrap_err().code(), "empty_secret");
/// assert!(Secret::new("whsec_abc\n").unwrap_err().to_string().contains("ends with a line break"));
/// assert!(Secret::new("-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n").is_ok());
/// ```
#[derive(Clone)]
pub struct Secret {
    text: Zeroizing<String>,
}

impl Secret {
    /// Creates a secret from its text.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the text is empty or blank, or begins or ends with white space (a PEM text may end with
    /// it).
    pub fn new(text: impl Into<String>) -> Result<Self, ConfigError> {
        let text = Zeroizing::new(text.into());
        let trimmed = text.trim();
        let problem = if text.starts_with("-----BEGIN") {
            return Ok(Self { text });
        } else if text.is_empty() {
            return Err(ConfigError::empty_secret(
                "secret",
                "is empty: every sender could sign with an empty key",
            ));
        } else if trimmed.is_empty() {
            return Err(ConfigError::empty_secret("secret", "is blank: only white space"));
        } else if text.ends_with(['\n', '\r']) {
            "ends with a line break: remove it where the secret is stored, `printf %s` writes none"
        } else if trimmed.len() != text.len() {
            "has white space at an end: remove it where the secret is stored"
        } else {
            return Ok(Self { text });
        };
        Err(ConfigError::new("secret", problem))
    }

    /// Creates a secret without the checks of [`new`](Self::new), to diagnose one that it would reject.
    pub(crate) fn unchecked(text: String) -> Self {
        Self { text: Zeroizing::new(text) }
    }

    /// Returns the text of the secret.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_and_blank_secrets_are_refused() {
        for text in ["", " ", "\t\n"] {
            assert_eq!(Secret::new(text).unwrap_err().code(), "empty_secret", "{text:?}");
        }
    }

    #[test]
    fn white_space_at_an_end_is_refused_and_never_trimmed() {
        for text in ["secret\n", "secret\r\n"] {
            let error = Secret::new(text).unwrap_err().to_string();
            assert!(error.contains("ends with a line break"), "{error}");
        }
        assert!(Secret::new(" secret").is_err());
        assert!(Secret::new("secret ").is_err());
        assert_eq!(Secret::new("It's a Secret").unwrap().expose_secret(), "It's a Secret");
    }

    #[test]
    fn pem_may_end_as_files_do() {
        for end in ["", "\n", "\r\n"] {
            assert!(Secret::new(format!("-----BEGIN X-----\nAQID\n-----END X-----{end}")).is_ok(), "{end:?}");
        }
        assert!(Secret::new("\n-----BEGIN X-----").is_err());
    }
}
