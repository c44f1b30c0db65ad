//! Derives from a declaration the needs of its receiver: the secrets, handshakes, parameters and the public URL.

use std::path::Path;

use countersign::Provider;
use countersign::handshake::Trust;
use countersign::scheme::Text;

use super::Example;

impl Example<'_> {
    /// Returns the expression of the declaration, with the values of its parameters.
    pub(crate) fn declaration(&self, value: impl Fn(&str) -> String) -> String {
        let names = self.provider.open_parameters();
        let parameters: String =
            names.iter().map(|name| format!(".with_parameter(\"{name}\", {})", value(name))).collect();
        match self.file {
            Some(file) => {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                let parse = if is_toml(file) { "from_toml" } else { "from_json" };
                format!("Provider::{parse}(include_str!({name:?}))?{parameters}")
            }
            None if parameters.is_empty() => format!("&providers::{}", constant(self.provider)),
            None => format!("providers::{}.clone(){parameters}", constant(self.provider)),
        }
    }

    pub(super) fn policy(&self) -> Option<String> {
        let mut policy = String::new();
        if self.has(|trust| matches!(trust, Trust::VerifyToken(_))) {
            policy +=
                &format!(".with_verify_token(Secret::from_env(\"{}\")?)", self.variable("verify_token"));
        }
        if self.has(|trust| matches!(trust, Trust::Origin(_))) {
            policy +=
                &format!(".with_allowed_origin(std::env::var(\"{}\")?)", self.variable("allowed_origin"));
        }
        if self.has(|trust| *trust == Trust::Echo) {
            policy += ".with_echo()";
        }
        for name in self.settings() {
            policy += &format!(".with_setting(\"{name}\", std::env::var(\"{}\")?)", self.variable(&name));
        }
        (!policy.is_empty()).then(|| format!("HandshakePolicy::new(){policy}"))
    }

    /// Returns the environment variables, and what they hold.
    pub(super) fn variables(&self) -> Vec<(String, String)> {
        let mut variables = vec![(self.secret_variable(), self.secret())];
        let parameters = self.provider.open_parameters();
        variables.extend(
            parameters
                .iter()
                .map(|name| (self.variable(name), format!("the parameter `{name}` of the declaration"))),
        );
        if self.has(|trust| matches!(trust, Trust::VerifyToken(_))) {
            let is = "the token that was given to the provider for its handshake";
            variables.push((self.variable("verify_token"), is.to_owned()));
        }
        if self.has(|trust| matches!(trust, Trust::Origin(_))) {
            let is = "the origin whose handshakes are answered";
            variables.push((self.variable("allowed_origin"), is.to_owned()));
        }
        variables.extend(self.settings().iter().map(|name| {
            (self.variable(name), format!("the value `{name}` that an answer to a handshake holds"))
        }));
        if self.signs_url() {
            let is = "the public origin of this receiver, which is signed: https://hooks.example.com";
            variables.push(("PUBLIC_URL".to_owned(), is.to_owned()));
        }
        variables
    }

    /// Returns whether a handshake is of this kind.
    pub(super) fn has(&self, is: impl Fn(&Trust) -> bool) -> bool {
        self.provider.handshakes.iter().any(|handshake| handshake.answer.is_some() && is(&handshake.trust))
    }

    /// Returns the settings that answers need.
    fn settings(&self) -> Vec<String> {
        let handshakes = serde_json::to_string(&self.provider.handshakes).unwrap_or_default();
        let mut names = Vec::new();
        for part in handshakes.split("setting:").skip(1) {
            let end = part
                .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                .unwrap_or(part.len());
            let (name, rest) = part.split_at(end);
            // One with a default needs no value.
            if !name.is_empty() && !rest.starts_with('|') && !names.iter().any(|other| other == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// Returns whether the receiver has to know its public URL.
    pub(crate) fn signs_url(&self) -> bool {
        let scheme = &self.provider.scheme;
        let mut parts = scheme.checks.iter().map(|check| &check.equals).chain([&scheme.content]);
        parts.any(|part| {
            ["{url", "{target", "{path", "{query"].iter().any(|name| part.as_str().contains(name))
        })
    }

    pub(super) fn features(&self) -> Vec<&'static str> {
        let scheme = &self.provider.scheme;
        let mut features: Vec<_> = scheme.algorithm.feature().into_iter().collect();
        if scheme.content.as_str().contains("{body:crc32}") && !features.contains(&"rsa") {
            features.push("crc32");
        }
        if scheme.message_signature.is_some() {
            features.push("message-signatures");
        }
        if scheme.key.nfkd {
            features.push("nfkd");
        }
        if self.file.is_some_and(is_toml) {
            features.push("toml");
        }
        features
    }

    /// Describes the secret.
    fn secret(&self) -> String {
        let scheme = &self.provider.scheme;
        let from = if scheme.takes_public_keys() {
            "of the provider"
        } else {
            "that the provider shows, or was given"
        };
        format!(
            "the {} {from}; the key is {}",
            self.kind_of_secret().replace('_', " "),
            scheme.describe_key()
        )
    }

    fn kind_of_secret(&self) -> &'static str {
        if self.provider.scheme.takes_public_keys() { "public_key" } else { "secret" }
    }

    pub(super) fn secret_variable(&self) -> String {
        self.variable(self.kind_of_secret())
    }

    /// Returns the name of an environment variable.
    pub(super) fn variable(&self, name: &str) -> String {
        let letter =
            |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' };
        let words = format!("{}_{name}", self.provider.slug);
        let variable: String = words.chars().map(letter).collect();
        // No shell sets a variable whose name begins with a digit.
        if variable.starts_with(|first: char| first.is_ascii_digit()) {
            format!("P{variable}")
        } else {
            variable
        }
    }

    pub(super) fn option(&self) -> String {
        match self.file {
            Some(file) => format!("--scheme {}", file.display()),
            None => format!("--provider {}", self.provider.slug),
        }
    }
}

fn is_toml(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// Returns the name of the declaration in Rust: that of the first alias if the slug begins with it.
fn constant(provider: &Provider) -> String {
    let Provider { slug, aliases, .. } = provider;
    let begins = |alias: &&Text| slug.strip_prefix(&***alias).is_some_and(|rest| rest.starts_with('-'));
    let name = aliases.first().filter(begins).unwrap_or(slug).to_uppercase().replace('-', "_");
    let digits = name.find(|letter: char| !letter.is_ascii_digit()).unwrap_or_default();
    match name.split_at(digits) {
        ("", name) => name.to_owned(),
        (digits, name) => format!("{name}_{digits}"),
    }
}
