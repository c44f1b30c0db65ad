use std::mem::{forget, replace};

use serde::{Deserialize, Serialize};

use super::{Algorithm, Location, Text, text};

/// Rules for HTTP Message Signatures (RFC 9421): the components that a signature must cover, and the signatures
/// that count.
///
/// The signature is in the header `signature`, and `signature-input` lists what it covers. The content of the
/// scheme is empty, because the request itself declares the signed components. The component `content-digest` (RFC
/// 9530) binds the body: its SHA-256 or SHA-512 digest is compared with the body. Without that component the body
/// is not signed.
///
/// A parameter of the signature has the location `sig:` and its name: `sig:created` for the timestamp, `sig:nonce`
/// for an id, `sig:keyid` for the name of the key. A signature that names another algorithm than the scheme, or
/// that has expired, is rejected.
///
/// In TOML:
///
/// ```toml
/// [scheme]
/// algorithm = "ed25519"
/// signature = { at = "header:signature", encoding = "base64" }
/// timestamp = { at = "sig:created", format = "seconds", tolerance = 300 }
/// key_id = "sig:keyid"
/// message_signature = { components = "@method|@target-uri|content-digest" }
/// ```
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct MessageSignatureRules {
    /// The components that every accepted signature must cover, separated by `|`: names of headers, and `@method`
    /// `@target-uri` `@authority` `@scheme` `@request-target` `@path` `@query` `@query-param;name="…"`. Parameters
    /// are written as in the request: `example-dictionary;key="a"`. A signature may cover more.
    pub components: Text,
    /// The label of the signature that counts. Empty means any label.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub label: Text,
    /// The application that the signature must name as its `tag`. Empty means any.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub tag: Text,
}

impl MessageSignatureRules {
    /// Creates rules with these required components, separated by `|`.
    #[must_use]
    pub const fn new(components: &'static str) -> Self {
        Self { components: text(components), label: text(""), tag: text("") }
    }

    /// Limits the rules to signatures with this label.
    #[must_use]
    pub const fn with_label(mut self, label: &'static str) -> Self {
        forget(replace(&mut self.label, text(label)));
        self
    }

    /// Limits the rules to signatures with this `tag`.
    #[must_use]
    pub const fn with_tag(mut self, tag: &'static str) -> Self {
        forget(replace(&mut self.tag, text(tag)));
        self
    }

    /// Returns the required components as written in the declaration.
    pub(crate) fn components(&self) -> impl Iterator<Item = &str> {
        self.components.split('|')
    }

    /// Returns whether this component, without parameters, is required.
    pub(crate) fn requires(&self, component: &str) -> bool {
        self.components().any(|required| required == component)
    }

    /// Returns whether every accepted signature covers the body.
    pub(crate) fn covers_body(&self) -> bool {
        self.requires("content-digest")
    }

    /// Returns whether every accepted signature covers the value at this place, if it is present.
    pub(crate) fn covers(&self, at: &Location) -> bool {
        match at {
            Location::Header(names) => {
                names.split(',').all(|name| self.requires(&name.trim().to_ascii_lowercase()))
            }
            Location::Query(name) => {
                let parameter = format!("@query-param;name=\"{name}\"");
                ["@query", "@target-uri", "@request-target", &parameter]
                    .iter()
                    .any(|part| self.requires(part))
            }
            Location::Json(_) | Location::Form(_) => self.covers_body(),
            Location::SignatureItem(_) => true,
            Location::FirstOf(places) => places.iter().all(|at| self.covers(at)),
            Location::Claim(_) | Location::Body | Location::SignatureIndex(_) | Location::Malformed(_) => {
                false
            }
        }
    }

    /// Returns whether a required component is derived from the public URL.
    pub(crate) fn needs_url(&self) -> bool {
        ["@target-uri", "@authority", "@scheme"].iter().any(|component| self.requires(component))
    }

    /// Returns the name of the algorithm in RFC 9421, section 6.2, or `None` if it is not registered there.
    pub(crate) const fn algorithm_name(algorithm: Algorithm) -> Option<&'static str> {
        Some(match algorithm {
            Algorithm::HmacSha256 => "hmac-sha256",
            Algorithm::Ed25519 => "ed25519",
            Algorithm::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Algorithm::EcdsaP384Sha384 => "ecdsa-p384-sha384",
            Algorithm::RsaSha256 => "rsa-v1_5-sha256",
            Algorithm::RsaPssSha512 => "rsa-pss-sha512",
            _ => return None,
        })
    }
}
