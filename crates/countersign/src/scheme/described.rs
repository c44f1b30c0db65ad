//! Descriptions of a scheme in words, for tables, commands and documentation.

use std::fmt::Write;

use super::algorithm::Algorithm;
use super::check::{Check, DigestFormat, Presence};
use super::jwt_rules::JwtRules;
use super::key::{KeyEncoding, KeyFormat};
use super::location::Location;
use super::message_signature::MessageSignatureRules;
use super::scheme::Scheme;

impl Scheme {
    /// Returns a description of the signed part of a delivery: the content, or the part that a JWT, a password or a
    /// message signature proves. Never empty, other than [`content`](Self::content).
    ///
    /// ```
    /// use countersign::providers::{FIGMA, STRIPE};
    ///
    /// assert_eq!(STRIPE.scheme.describe_signed(), "`{timestamp}.{body}`");
    /// assert_eq!(
    ///     FIGMA.scheme.describe_signed(),
    ///     "nothing of the delivery: the secret itself is in body /passcode"
    /// );
    /// ```
    #[must_use]
    pub fn describe_signed(&self) -> String {
        let (content, at) = (self.content.as_str(), self.signature.at.describe());
        let mut signed = match (self.algorithm, &self.jwt, &self.message_signature) {
            (Algorithm::Token, ..) => format!("nothing of the delivery: the secret itself is in {at}"),
            (Algorithm::Basic, ..) => {
                format!("nothing of the delivery: the user name and the password are in {at}")
            }
            (_, _, Some(rules)) => components(rules),
            (_, Some(rules), _) if rules.detached => match content {
                "" => "the body, as the payload of the JWT".to_owned(),
                content => format!("`{content}`, as the payload of the JWT"),
            },
            (_, Some(_), _) if self.signature.at == Location::Body => {
                "the claims of the JWT, which is the whole body".to_owned()
            }
            (_, Some(_), _) if self.signature.at.is_in_body() => {
                format!("the payload of the JWT in {at}, and no other member of the body")
            }
            (_, Some(_), _) => {
                let binds_body = self.checks.iter().any(|check| check.equals.as_str().contains("{body"));
                let body = if binds_body { "" } else { ", and not the body" };
                format!("the claims of the JWT in {at}{body}")
            }
            _ => format!("`{content}`"),
        };
        if let Some(array) = &self.for_each {
            let _ = write!(signed, ", for each item of {}", array.as_str());
        }
        for check in &*self.checks {
            signed += "; ";
            signed += &checked(check);
        }
        signed
    }

    /// Returns a description of the secret: the form of a shared key, or the kind of public key.
    ///
    /// ```
    /// use countersign::providers::{DISCORD, STRIPE, SVIX};
    ///
    /// assert_eq!(STRIPE.scheme.describe_key(), "the text of the secret");
    /// assert_eq!(SVIX.scheme.describe_key(), "the secret without `whsec_`, decoded from Base64");
    /// assert_eq!(DISCORD.scheme.describe_key(), "a public key");
    /// ```
    #[must_use]
    pub fn describe_key(&self) -> String {
        match (self.algorithm, &self.jwt) {
            (_, Some(rules)) => jwt_key(rules, &self.key),
            (Algorithm::Token, _) => format!("{}, which is sent as it is", shared(&self.key)),
            (Algorithm::Basic, _) => "the user name and the password, joined by `:`".to_owned(),
            (algorithm, _) if algorithm.is_asymmetric() => public(&self.key),
            _ => shared(&self.key),
        }
    }

    /// Returns whether the secrets of a verifier are public keys or certificates only.
    #[must_use]
    pub fn takes_public_keys(&self) -> bool {
        match &self.jwt {
            Some(rules) => rules.algorithms().all(|name| !name.starts_with("HS")),
            None => self.algorithm.is_asymmetric(),
        }
    }
}

impl Location {
    /// Returns a description of the place: `header svix-id, or webhook-id`.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Header(names) => format!("header {}", names.replace(',', ", or ")),
            Self::Json(pointer) => format!("body {}", pointer.as_str()),
            Self::Form(name) => format!("form field {name}"),
            Self::Query(name) => format!("query parameter {name}"),
            Self::Claim(name) => format!("claim {name}"),
            Self::Body => "the body".to_owned(),
            Self::SignatureItem(tag) => format!("item {tag} of the signature"),
            Self::SignatureIndex(index) => format!("item {index} of the signature"),
            Self::FirstOf(places) => places.iter().map(Self::describe).collect::<Vec<_>>().join(", or "),
            Self::Malformed(text) => format!("no place: {text}"),
        }
    }
}

fn components(rules: &MessageSignatureRules) -> String {
    let required = rules.components().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let body = match (rules.covers_body(), rules.components().count()) {
        (true, 1) => ", which is that of the body",
        (true, _) => "; `content-digest` is that of the body",
        (false, _) => ", and not the body",
    };
    format!(
        "the components that the signature (HTTP Message Signatures, RFC 9421) lists, at least {required}{body}"
    )
}

fn checked(check: &Check) -> String {
    let at = check.at.describe();
    let prefix = if check.prefix.is_empty() { String::new() } else { format!(" after `{}`", check.prefix) };
    let is = if check.separator.is_empty() { "is" } else { "is one of" };
    let digest = match check.digest {
        None => "",
        Some(DigestFormat::Sha256Hex | DigestFormat::Sha256Base64 | DigestFormat::Sha256Base64Url) => {
            "the SHA-256 of "
        }
    };
    let presence = match check.presence {
        Presence::Required => "",
        Presence::Optional => ", where it is present",
        Presence::WithBody => ", where there is a body",
    };
    format!("{at}{prefix} {is} {digest}`{}`{presence}", check.equals.as_str())
}

fn jwt_key(rules: &JwtRules, key: &KeyFormat) -> String {
    let hashed = rules.algorithms().filter(|name| name.starts_with("HS")).count();
    if rules.certificates.is_some() {
        return "a root certificate".to_owned();
    }
    match (hashed, rules.shared_secrets) {
        (0, _) => public(key),
        (count, _) if count == rules.algorithms().count() => shared(key),
        (_, true) => format!("{}, or {}", public(key), shared(key)),
        (_, false) => {
            format!("{}, or {} with `Provider::with_shared_secrets`", public(key), shared(key))
        }
    }
}

fn public(key: &KeyFormat) -> String {
    format!("a public key{}", without(key))
}

/// Describes a shared key: the steps of [`KeyFormat`], in their order.
fn shared(key: &KeyFormat) -> String {
    let formats: Vec<_> = std::iter::once(key).chain(key.alternatives.iter()).map(one_shared).collect();
    let several = match &*key.separator {
        "" => String::new(),
        separator => format!("; `{separator}` separates several keys"),
    };
    format!("{}{several}", formats.join(", or "))
}

fn one_shared(key: &KeyFormat) -> String {
    let mut text = encoded(key.encoding, &without(key));
    if let Some(encoding) = key.unprefixed {
        let _ = write!(text, ", or, if it has no prefix, {}", encoded(encoding, ""));
    }
    if key.nfkd {
        text += " in Unicode's NFKD";
    }
    if !key.append.is_empty() {
        let _ = write!(text, ", with `{}` appended", key.append);
    }
    match (key.sha1, key.sha256) {
        (true, _) => format!("the SHA-1 of {text}"),
        (_, true) => format!("the SHA-256 of {text}"),
        _ => text,
    }
}

fn encoded(encoding: KeyEncoding, without: &str) -> String {
    match encoding {
        KeyEncoding::Utf8 => format!("the text of the secret{without}"),
        KeyEncoding::Base64 => format!("the secret{without}, decoded from Base64"),
        KeyEncoding::Hex => format!("the secret{without}, decoded from hexadecimal"),
    }
}

/// Names what is removed from the text of a secret.
fn without(key: &KeyFormat) -> String {
    let mut without = String::new();
    if !key.after.is_empty() {
        let _ = write!(without, " after its first `{}`", key.after);
    }
    if !key.prefix.is_empty() {
        let _ = write!(without, " without `{}`", key.prefix.replace('|', "` or `"));
    }
    without
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers;

    #[test]
    fn every_declaration_says_what_is_signed_and_which_key_it_takes() {
        for provider in providers::all() {
            let (slug, scheme) = (&provider.slug, &provider.scheme);
            let (signed, key) = (scheme.describe_signed(), scheme.describe_key());
            // Empty code, or nothing but punctuation, says nothing.
            assert!(!signed.contains("``") && signed.contains(char::is_alphabetic), "{slug}: {signed}");
            assert_eq!(
                scheme.takes_public_keys(),
                !key.contains("secret") && !key.contains("password"),
                "{slug}: {key}"
            );
            if !signed.starts_with('`') {
                let unsigned = ["nothing of the delivery", "no other member of the body", "not the body"];
                let is_signed = !unsigned.iter().any(|text| signed.contains(text));
                assert_eq!(is_signed, provider.coverage().unwrap().body, "{slug}: {signed}");
            }
        }
    }

    #[test]
    fn each_step_of_a_key_is_named() {
        let key = KeyFormat::base64("a_|b_").behind(":").or_unprefixed(KeyEncoding::Utf8).with_suffix("&");
        assert_eq!(
            shared(&key.clone().hashed_with_sha1().separated_by("|")),
            "the SHA-1 of the secret after its first `:` without `a_` or `b_`, decoded from Base64, or, if it has no \
             prefix, the text of the secret, with `&` appended; `|` separates several keys"
        );
        let other = KeyFormat::UTF8.normalized().hashed_with_sha256();
        assert_eq!(shared(&other), "the SHA-256 of the text of the secret in Unicode's NFKD");
        assert_eq!(
            shared(&KeyFormat::HEX.or(const { &[KeyFormat::UTF8] })),
            "the secret, decoded from hexadecimal, or the text of the secret"
        );
        assert_eq!(public(&KeyFormat::base64("whpk_")), "a public key without `whpk_`");
    }

    #[test]
    fn the_keys_of_a_jwt_depend_on_its_algorithms() {
        let key = |rules: JwtRules| jwt_key(&rules, &KeyFormat::UTF8);
        assert_eq!(key(JwtRules::new("HS256|HS512")), "the text of the secret");
        assert_eq!(key(JwtRules::new("RS256|EdDSA")), "a public key");
        let both = JwtRules::new("RS256|HS256");
        assert_eq!(key(both.clone().with_shared_secrets()), "a public key, or the text of the secret");
        assert_eq!(key(both), "a public key, or the text of the secret with `Provider::with_shared_secrets`");
    }

    #[test]
    fn a_message_signature_without_a_digest_does_not_cover_the_body() {
        let signed = |names| components(&MessageSignatureRules::new(names));
        assert!(signed("@method|@path").ends_with("`@method`, `@path`, and not the body"));
        assert!(signed("content-digest").ends_with("`content-digest`, which is that of the body"));
        assert!(signed("@method|content-digest").ends_with("; `content-digest` is that of the body"));
    }
}
