//! A provider as data: how it signs, where the fields of its events are, how it retries.

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
pub use facts::{Proof, Sources};
pub use retries::Retries;

/// The declaration of a provider of webhooks. The same declaration verifies and signs.
///
/// The catalogue is in [`providers`](crate::providers). A declaration of your own is a `static` like those, or a
/// file:
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
    /// The short name: lower case, unique in the catalogue.
    pub slug: Text,
    /// Other names by which [`providers::find`](crate::providers::find) and the command know the declaration: `github` for
    /// `github-sha256`.
    #[serde(default, skip_serializing_if = "<[Text]>::is_empty")]
    pub aliases: Cow<'static, [Text]>,
    /// The display name.
    pub name: Text,
    /// The source of the facts: the provider's page, or the code of its library.
    pub doc: Text,
    /// The confidence in the facts.
    #[serde(default)]
    pub confidence: Confidence,
    /// The strongest proof that the scheme is right. None is not stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// The month in which the facts were last compared with their source, for example `2026-11`. Empty means never.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub checked: Text,
    /// The sources of single facts, where they differ from `doc`.
    #[serde(default, skip_serializing_if = "Sources::is_none")]
    pub sources: Sources,
    /// Notes for developers, including the choices made where the provider's page is silent.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub notes: Text,
    /// The accounts that a public key signs for. `None` means not stated: schemes with shared secrets have no such
    /// key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_scope: Option<KeyScope>,
    /// The signature scheme.
    pub scheme: Scheme,
    /// The places of id, type and data of an event.
    #[serde(default)]
    pub event: EventFields,
    /// The documented retry policy. `None` means unknown; a provider that does not retry has [`Retries::NONE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<Retries>,
    /// The documented delays before each retry, in seconds, each counted from the attempt before it.
    #[serde(default = "no_delays", skip_serializing_if = "<[u64]>::is_empty")]
    pub retry_delays_secs: Cow<'static, [u64]>,
    /// The size of the largest body that the provider documents. `None` means unknown. The accepted size is
    /// `scheme.limits.body_bytes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_limit: Option<usize>,
    /// Deliveries that the provider sends without a signature. They are rejected like any other unsigned request;
    /// `explain` reports the reason.
    #[serde(default = "no_unsigned", skip_serializing_if = "<[UnsignedDelivery]>::is_empty")]
    pub unsigned: Cow<'static, [UnsignedDelivery]>,
    /// Marks a scheme that other providers use, such as Standard Webhooks: `identify` ranks it before them if a
    /// request fits all equally well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub generic: bool,
    /// Slugs of the providers whose headers this one sends as well, as forks do: `identify` ranks it before them if
    /// a request fits all equally well.
    #[serde(default, skip_serializing_if = "<[Text]>::is_empty")]
    pub also_sends: Cow<'static, [Text]>,
    /// The provider's handshakes: requests that verify the ownership of the endpoint.
    #[serde(default = "no_handshakes", skip_serializing_if = "<[Handshake]>::is_empty")]
    pub handshakes: Cow<'static, [Handshake]>,
    /// The provider's requirements on the responses to refused requests.
    #[serde(default, skip_serializing_if = "Responses::is_default")]
    pub responses: Responses,
}

/// The confidence in the facts of a declaration, by their source.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Confidence {
    /// The provider's own code.
    OfficialCode,
    /// The provider's own documentation.
    OfficialDocs,
    /// Code or documentation of a third party.
    Secondary,
    /// No source: verify the facts before you rely on them.
    Memory,
    /// Declared by the user.
    #[default]
    Own,
}

/// The accounts whose deliveries verify under a public key.
///
/// A provider that signs for all of its accounts with one key also signs for the accounts of others. A valid
/// signature then proves that the provider sent the delivery, not that it concerns your account.
///
/// In TOML: `key_scope = "provider"`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeyScope {
    /// One account, application, endpoint or installation, which has its own key.
    Account,
    /// All accounts of the provider. The declaration has a parameter that names the intended one, and a
    /// [`Verifier`](crate::Verifier) cannot be built without it: see
    /// [`Provider::with_parameter`](crate::Provider::with_parameter).
    Provider,
    /// All accounts of the provider, and no signed value in a fixed place names the account. The handler must
    /// compare a value known to it; the notes name it.
    ProviderUnchecked,
}

/// A kind of delivery that a provider sends without a signature.
///
/// In TOML: `unsigned = [{ header = "x-amz-sns-rawdelivery", reason = "raw message delivery is on: turn it off" }]`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UnsignedDelivery {
    /// The header that identifies such a delivery.
    pub header: Text,
    /// The reason for the missing signature, and the cure.
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

/// The provider's requirements on the responses to refused requests.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Responses {
    /// The status for every rejection because of signature, timestamp or headers, instead of 400 and 401: Discord
    /// and Xero send wrong signatures and require a 401, Mailgun stops retrying at a 406.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected: Option<u16>,
    /// Sends no problem document, because the response must be empty (Xero).
    pub empty: bool,
    /// The text that the response to an accepted delivery must contain (Dropbox Sign). Durable acceptors send it; an
    /// inline handler must send it itself.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub accepted: Text,
    /// The value of `WWW-Authenticate` with a 401, for providers that send their credentials only after a challenge
    /// (Bandwidth: `Basic`). Empty means no header.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub authenticate: Text,
}

impl Responses {
    /// The default: 400 and 401, with a problem document.
    pub const DEFAULT: Self =
        Self { rejected: None, empty: false, accepted: text(""), authenticate: text("") };

    fn is_default(&self) -> bool {
        *self == Self::DEFAULT
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.rejected.is_some_and(|status| !(400..500).contains(&status)) {
            return Err(ConfigError::new(
                "responses.rejected",
                "is not a status for errors of the sender: use a 4xx",
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

    /// Checks what the types cannot express: header names, templates, and dependencies between fields.
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

    /// Returns the parts of a request that its signatures cover.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the field at fault, as [`check`](Self::check) finds it.
    pub fn coverage(&self) -> Result<Coverage, ConfigError> {
        Plan::new(Cow::Owned(self.clone())).map(|plan| plan.signs)
    }

    /// Lists the properties of the declaration that weaken its protection: adjacent values in the signed content
    /// that can exchange bytes, a timestamp that is not signed, a hash that allows length extension.
    /// [`coverage`](Self::coverage) reflects each of them.
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
