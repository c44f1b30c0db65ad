//! A provider as data: how it signs, where its events are, how it retries.

mod build;
mod event_fields;
mod facts;
mod retries;

use std::borrow::Cow;

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::error::{ConfigError, ConfigWarning};
use crate::handshake::Handshake;
use crate::scheme::{Scheme, Text, text};
use crate::verifier::{Coverage, Plan};

pub use event_fields::{EventFields, Placement};
pub use facts::Sources;
pub use retries::Retries;

/// A sender of webhooks, as data. The same declaration verifies and signs.
///
/// The catalogue is in [`providers`](crate::providers). Your own is a `static` like those, or a file:
///
#[cfg_attr(feature = "toml", doc = "```")]
#[cfg_attr(not(feature = "toml"), doc = "```ignore")]
/// let provider = countersign::Provider::from_toml(r#"
///     slug = "acme"
///     name = "Acme"
///     doc = "https://acme.example/docs/webhooks"
///
///     [scheme]
///     algorithm = "hmac-sha256"
///     content = "{timestamp}.{body}"
///
///     [scheme.signature]
///     at = "header:acme-signature"
///     format = { list = { separator = ",", assign = "=", tags = "v1" } }
///     encoding = "hex"
///
///     [scheme.timestamp]
///     at = "sig:t"
///     unit = "seconds"
///
///     [event]
///     id = "json:/id"
///     type = "json:/type"
///     data = "/data"
/// "#)?;
/// assert_eq!(provider.slug, "acme");
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Short name, lower case, unique in the catalogue.
    pub slug: Text,
    /// Name for people.
    pub name: Text,
    /// Where the facts come from: the provider's page, or the code of its library.
    pub doc: Text,
    /// How far the facts can be trusted.
    #[serde(default)]
    pub confidence: Confidence,
    /// The month in which the facts were last compared with their source, `2026-11`. Empty is never.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub checked: Text,
    /// The sources of single facts, where they differ from `doc`.
    #[serde(default, skip_serializing_if = "Sources::is_none")]
    pub sources: Sources,
    /// What one has to know, and what was chosen where the provider's page is silent.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub notes: Text,
    /// The accounts that a public key signs for. None is not stated: schemes with shared secrets have no such key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_scope: Option<KeyScope>,
    /// How it signs.
    pub scheme: Scheme,
    /// Where id, type and data of an event are.
    #[serde(default)]
    pub event: EventFields,
    /// How it retries, as far as it says. None is unknown; a provider that does not retry says so there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<Retries>,
    /// The delays before each retry, in seconds, where they are documented: each is counted from the attempt before it.
    #[serde(default = "no_delays", skip_serializing_if = "<[u64]>::is_empty")]
    pub retry_delays_secs: Cow<'static, [u64]>,
    /// The size of the largest body that it documents. None is unknown. What is accepted is `scheme.limits.body_bytes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_limit: Option<usize>,
    /// Deliveries that it sends without a signature, for `explain`: they are refused like any other that has none.
    #[serde(default = "no_unsigned", skip_serializing_if = "<[UnsignedDelivery]>::is_empty")]
    pub unsigned: Cow<'static, [UnsignedDelivery]>,
    /// Whether this is a scheme that other providers use, such as Standard Webhooks: `identify` names it before them where
    /// a request fits all alike.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub generic: bool,
    /// Slugs of the providers whose headers it sends as well, as forks do: `identify` names it before them where a request
    /// fits all alike.
    #[serde(default, skip_serializing_if = "<[Text]>::is_empty")]
    pub also_sends: Cow<'static, [Text]>,
    /// What it sends to find out whose endpoint it is.
    #[serde(default = "no_handshakes", skip_serializing_if = "<[Handshake]>::is_empty")]
    pub handshakes: Cow<'static, [Handshake]>,
    /// What it insists on in the answers to what is refused.
    #[serde(default, skip_serializing_if = "Responses::is_default")]
    pub responses: Responses,
}

/// How far the facts of a declaration can be trusted.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Confidence {
    /// Read in the provider's own code.
    OfficialCode,
    /// Read on the provider's own page.
    OfficialDocs,
    /// Read in somebody else's code or page.
    Secondary,
    /// Not read anywhere: check before you rely on it.
    Memory,
    /// Declared by the user.
    #[default]
    Own,
}

/// The accounts whose deliveries verify under a public key.
///
/// A provider that signs for all of its accounts with one key also signs for a stranger's account. A valid signature
/// then proves that the provider sent the delivery, not that it is about your account.
///
/// In TOML: `key_scope = "provider"`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeyScope {
    /// Those of one account, application, endpoint or installation, which has a key of its own.
    Account,
    /// Those of all accounts of the provider. The declaration has a parameter that says which one is meant, and a
    /// [`Verifier`](crate::Verifier) cannot be built without it: see
    /// [`Provider::with_parameter`](crate::Provider::with_parameter).
    Provider,
    /// Those of all accounts of the provider, and no signed value in a fixed place names the account. The handler has
    /// to compare a value that it knows; the notes name it.
    ProviderUnchecked,
}

/// A kind of delivery that a provider sends without a signature.
///
/// In TOML: `unsigned = [{ header = "x-amz-sns-rawdelivery", reason = "raw message delivery is on: turn it off" }]`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UnsignedDelivery {
    /// The header that such a delivery has.
    pub header: Text,
    /// The reason why it has no signature, and the cure.
    pub reason: Text,
}

impl UnsignedDelivery {
    /// No unsigned deliveries: the provider documents none.
    pub const NONE: Cow<'static, [Self]> = Cow::Borrowed(&[]);

    /// Declares that deliveries with this header are unsigned, and why.
    #[must_use]
    pub const fn new(header: &'static str, reason: &'static str) -> Self {
        Self { header: text(header), reason: text(reason) }
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let is_name = HeaderName::try_from(&*self.header).is_ok();
        let named = |ok, field, problem| if ok { Ok(()) } else { Err(ConfigError::new(field, problem)) };
        named(is_name, "unsigned.header", "is not a header name")?;
        named(!self.reason.trim().is_empty(), "unsigned.reason", "is empty: say why, and what to do")
    }
}

/// What a provider insists on in the answers to what is refused.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Responses {
    /// The status of everything that is refused for its signature, its timestamp or its headers, instead of 400 and 401:
    /// Discord and Xero send wrong signatures to see a 401, Mailgun gives up at a 406.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected: Option<u16>,
    /// No problem document, because the answer has to be empty (Xero).
    pub empty: bool,
    /// The text that the answer to an accepted delivery has to contain (Dropbox Sign). The durable mode answers with it; an
    /// inline handler answers by itself.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub accepted: Text,
    /// `WWW-Authenticate` with a 401: for providers that send their credentials only when they are asked for them
    /// (Bandwidth: `Basic`). Empty is none.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub authenticate: Text,
}

impl Responses {
    /// 400 and 401, with a problem document.
    pub const DEFAULT: Self =
        Self { rejected: None, empty: false, accepted: text(""), authenticate: text("") };

    fn is_default(&self) -> bool {
        *self == Self::DEFAULT
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.rejected.is_some_and(|status| !(400..500).contains(&status)) {
            return Err(ConfigError::new(
                "responses.rejected",
                "is no status for what a sender did wrong: 4xx",
            ));
        }
        if HeaderValue::try_from(&*self.authenticate).is_err() {
            return Err(ConfigError::new("responses.authenticate", "cannot stand in a header"));
        }
        Ok(())
    }
}

impl Provider {
    /// Loads a declaration from TOML.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the field at fault.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let source = toml::Deserializer::parse(text).map_err(|e| ConfigError::new("toml", e.message()))?;
        Self::load(serde_path_to_error::deserialize(source))
    }

    /// Loads a declaration from JSON.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the field at fault.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        Self::load(serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text)))
    }

    /// Checks what the types cannot: header names, templates, and what they need of each other.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the field at fault.
    pub fn check(&self) -> Result<(), ConfigError> {
        Plan::new(Cow::Owned(self.clone())).map(drop)
    }

    /// Checks the facts that no signature depends on.
    pub(crate) fn check_facts(&self) -> Result<(), ConfigError> {
        self.event.check()?;
        facts::check_month(&self.checked)?;
        retries::check_delays(self.retries, &self.retry_delays_secs)
    }

    /// What its signatures cover.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the field at fault, as [`check`](Self::check) finds it.
    pub fn coverage(&self) -> Result<Coverage, ConfigError> {
        Plan::new(Cow::Owned(self.clone())).map(|plan| plan.signs)
    }

    /// Lists the properties of the declaration that weaken its protection: neighbours in the signed content that can
    /// exchange bytes, a timestamp that is not signed, a hash that can be continued. Each of them is reflected in
    /// [`coverage`](Self::coverage).
    ///
    /// ```
    /// let warnings = countersign::providers::SQUARE.warnings()?;
    /// assert!(warnings[0].to_string().contains("`{url}` ends and `{body}` begins"));
    /// # Ok::<(), countersign::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the field at fault, as [`check`](Self::check) finds it.
    pub fn warnings(&self) -> Result<Vec<ConfigWarning>, ConfigError> {
        Plan::new(Cow::Owned(self.clone())).map(|plan| plan.warnings)
    }

    fn load<E: std::fmt::Display>(
        parsed: Result<Self, serde_path_to_error::Error<E>>,
    ) -> Result<Self, ConfigError> {
        let provider = parsed.map_err(|error| {
            let field = error.path().to_string();
            ConfigError::new(field, error.into_inner().to_string().trim_end().to_owned())
        })?;
        provider.check()?;
        Ok(provider)
    }
}

const fn no_unsigned() -> Cow<'static, [UnsignedDelivery]> {
    UnsignedDelivery::NONE
}

const fn no_delays() -> Cow<'static, [u64]> {
    Cow::Borrowed(&[])
}

const fn no_handshakes() -> Cow<'static, [Handshake]> {
    Handshake::NONE
}

impl From<Provider> for Cow<'static, Provider> {
    fn from(provider: Provider) -> Self {
        Cow::Owned(provider)
    }
}

impl From<&'static Provider> for Cow<'static, Provider> {
    fn from(provider: &'static Provider) -> Self {
        Cow::Borrowed(provider)
    }
}
