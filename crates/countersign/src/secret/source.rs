//! Reads secrets from the environment and from files.

use std::env::{self, VarError};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::secret::Secret;
use crate::error::ConfigError;

impl Secret {
    /// Reads a secret from an environment variable.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], with the name of the variable as its field, if the variable is not set or not UTF-8, and for
    /// the reasons of [`new`](Self::new).
    pub fn from_env(name: &str) -> Result<Self, ConfigError> {
        from_env(name)?.ok_or_else(|| ConfigError::new(name, "is not set in the environment"))
    }

    /// Reads a secret from a file, such as a mounted secret of Docker or Kubernetes.
    ///
    /// Drops one line break at the end of the file, because editors and `echo` write one. Everything else counts.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], with the path as its field, if the file cannot be read, is larger than 64 KiB or not UTF-8,
    /// and for the reasons of [`new`](Self::new).
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        from_file(path.as_ref())
    }
}

/// Reads a variable. Returns `None` if it is not set.
fn from_env(name: &str) -> Result<Option<Secret>, ConfigError> {
    match env::var(name) {
        Ok(text) => Secret::new(text).map(Some).map_err(|error| error.of(name)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(ConfigError::new(name, "is not UTF-8: a secret is text")),
    }
}

/// Reads a variable that may be empty, which counts as not set.
pub(super) fn from_env_if_set(name: &str) -> Result<Option<Secret>, ConfigError> {
    match from_env(name) {
        Err(_) if env::var_os(name).is_some_and(|value| value.is_empty()) => Ok(None),
        found => found,
    }
}

fn from_file(path: &Path) -> Result<Secret, ConfigError> {
    let field = path.display().to_string();
    let text = read(path).map_err(|error| ConfigError::new(&field, format!("cannot be read: {error}")))?;
    let line = text.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    Secret::new(line.unwrap_or(&text)).map_err(|error| error.of(&field))
}

fn read(path: &Path) -> io::Result<Zeroizing<String>> {
    // One allocation, so that no copy of a secret is left behind where a string has grown.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST + 1));
    let read = File::open(path)?.take(LONGEST as u64 + 1).read_to_string(&mut text)?;
    if read > LONGEST {
        return Err(io::Error::other("it is larger than 64 KiB, which no secret is"));
    }
    Ok(text)
}

/// The longest file: RSA keys of 16,384 bits in PEM take 13 KiB.
const LONGEST: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        let error = Secret::from_env("COUNTERSIGN_NO_SUCH_VARIABLE").unwrap_err();
        assert_eq!(error.to_string(), "`COUNTERSIGN_NO_SUCH_VARIABLE`: is not set in the environment");
        assert!(from_env_if_set("COUNTERSIGN_NO_SUCH_VARIABLE").unwrap().is_none());
    }

    #[test]
    fn one_line_break_at_the_end_of_a_file_is_dropped() {
        let path = env::temp_dir().join(format!("countersign-secret-{}", std::process::id()));
        let secret_of = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Secret::from_file(&path).map(|secret| secret.expose_secret().to_owned())
        };
        for text in ["whsec_abc", "whsec_abc\n", "whsec_abc\r\n"] {
            assert_eq!(secret_of(text).unwrap(), "whsec_abc", "{text:?}");
        }
        for (text, problem) in [
            ("whsec_abc\n\n", "ends with a line break"),
            (" whsec_abc\n", "white space"),
            ("\n", "is empty"),
            (&"a".repeat(LONGEST + 1), "larger than 64 KiB"),
        ] {
            let error = secret_of(text).unwrap_err();
            assert!(error.to_string().contains(problem), "{error}");
            assert_eq!(error.field(), path.display().to_string());
        }
        std::fs::remove_file(&path).unwrap();
        assert!(secret_of("").is_err());
        std::fs::remove_file(&path).unwrap();
        assert!(Secret::from_file(&path).unwrap_err().to_string().contains("cannot be read"));
    }
}
