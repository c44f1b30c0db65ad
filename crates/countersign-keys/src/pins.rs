//! Restricts the addresses of requests that may be fetched.

mod pattern;
mod url;

pub(crate) use pattern::Pattern;

use crate::error::BuildError;
use url::{PinnedUrl, is_path};

/// The addresses that requests may name, and the certificates that may be there.
///
/// An address is fetched only if it is `https`, with a matching host, on port 443, with a matching path, in plain
/// letters: no user, query, fragment, escape, dot segment or upper-case host. Any other address counts as an absent
/// key, and causes no connection.
///
/// ```
/// use countersign_keys::{HttpKeys, Pins};
///
/// let pins = Pins::host("certs.example.com")
///     .with_path_prefix("/webhooks/")
///     .with_path_suffix(".pem")
///     .with_subject("*.example.com");
/// let keys = HttpKeys::certificates(pins).build()?;
///
/// assert_eq!(HttpKeys::certificates(Pins::host("*.com")).build().unwrap_err().field(), "pins");
/// # Ok::<(), countersign_keys::BuildError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Pins {
    hosts: Vec<String>,
    prefix: String,
    suffix: String,
    subjects: Vec<String>,
    paths_alone: bool,
}

impl Pins {
    /// Creates pins with one host: its name in lower case, with at most one `{region}` for a region of AWS.
    pub fn host(host: impl Into<String>) -> Self {
        Self {
            hosts: vec![host.into()],
            prefix: "/".to_owned(),
            suffix: String::new(),
            subjects: Vec::new(),
            paths_alone: false,
        }
    }

    /// Adds a host.
    pub fn and_host(mut self, host: impl Into<String>) -> Self {
        self.hosts.push(host.into());
        self
    }

    /// Sets the required prefix of paths. The default is `/`.
    pub fn with_path_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets the required suffix of paths. The default is empty.
    pub fn with_path_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.suffix = suffix.into();
        self
    }

    /// Requires certificates to be issued to this name, or to another one added here: a host, one with `{region}`,
    /// or `*.` and a domain. The common name and the alternative names of the subject are compared. Without a
    /// subject, public keys without a certificate are accepted, too.
    pub fn with_subject(mut self, subject: impl Into<String>) -> Self {
        self.subjects.push(subject.into());
        self
    }

    /// Allows requests to name a path without a host, which is then one of the first host.
    pub const fn with_paths_alone(mut self) -> Self {
        self.paths_alone = true;
        self
    }

    pub(crate) fn compile(self) -> Result<(CompiledPins, Vec<Pattern>), BuildError> {
        let hosts = patterns(&self.hosts)?;
        let origin = match hosts.first() {
            Some(Pattern::Exact(host)) if self.paths_alone => Some(format!("https://{host}")),
            _ if self.paths_alone => {
                return Err(BuildError::new("pins", "paths alone need a first host without `{region}`"));
            }
            _ => None,
        };
        if let Some(Pattern::Below(suffix)) = hosts.iter().find(|host| matches!(host, Pattern::Below(_))) {
            let problem = format!("`*{suffix}` is too wide: an attacker can register a host below it");
            return Err(BuildError::new("pins", problem));
        }
        if !self.prefix.starts_with('/') {
            return Err(BuildError::new("pins", format!("`{}` is not the start of a path", self.prefix)));
        }
        let subjects = patterns(&self.subjects)?;
        Ok((CompiledPins { hosts, prefix: self.prefix, suffix: self.suffix, origin }, subjects))
    }
}

/// Validated [`Pins`].
#[derive(Debug)]
pub(crate) struct CompiledPins {
    hosts: Vec<Pattern>,
    prefix: String,
    suffix: String,
    origin: Option<String>,
}

impl CompiledPins {
    /// Returns the address to fetch, if the key id is permitted.
    pub(crate) fn admit(&self, key_id: &str) -> Option<String> {
        if let Some(origin) = &self.origin
            && is_path(key_id)
        {
            return self.admits_path(key_id).then(|| format!("{origin}{key_id}"));
        }
        let PinnedUrl { host, path } = PinnedUrl::parse(key_id)?;
        let admitted = self.hosts.iter().any(|pattern| pattern.matches(host)) && self.admits_path(path);
        admitted.then(|| format!("https://{host}{path}"))
    }

    fn admits_path(&self, path: &str) -> bool {
        path.strip_prefix(self.prefix.as_str())
            .and_then(|rest| rest.strip_suffix(self.suffix.as_str()))
            .is_some_and(|rest| !rest.is_empty())
    }
}

fn patterns(texts: &[String]) -> Result<Vec<Pattern>, BuildError> {
    let pattern = |text: &String| {
        Pattern::parse(text).ok_or_else(|| BuildError::new("pins", format!("`{text}` is not a host name")))
    };
    texts.iter().map(pattern).collect()
}

#[cfg(test)]
mod tests;
