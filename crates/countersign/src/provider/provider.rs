use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::body_limit::BodyLimit;
use super::event_fields::EventFields;
use super::facts::{self, Confidence, KeyScope, Proof, Sources};
use super::rejection_style::RejectionStyle;
use super::retries::{self, Retries};
use super::unsigned::UnsignedDelivery;
use crate::error::ConfigError;
use crate::handshake::Handshake;
use crate::scheme::{Scheme, Text};

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
///     format = "seconds"
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
#[non_exhaustive]
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
    /// The size of the largest body that the provider documents, or [`BodyLimit::None`] if its pages name none. `None`
    /// means unknown. The accepted size is `scheme.limits.body_bytes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_limit: Option<BodyLimit>,
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
    #[serde(default, skip_serializing_if = "RejectionStyle::is_default")]
    pub responses: RejectionStyle,
}

impl Provider {
    /// Checks the facts that no signature depends on.
    pub(crate) fn check_facts(&self) -> Result<(), ConfigError> {
        self.event.check()?;
        facts::check_month(&self.checked)?;
        self.check_body_limit()?;
        retries::check_delays(self.retries, &self.retry_delays_secs)
    }

    fn check_body_limit(&self) -> Result<(), ConfigError> {
        if self.body_limit == Some(BodyLimit::None) && self.sources.body_limit.trim().is_empty() {
            let problem = "is declared as none without `sources.body_limit`: name the page that describes the deliveries";
            return Err(ConfigError::new("body_limit", problem));
        }
        Ok(())
    }
}

const fn no_unsigned() -> Cow<'static, [UnsignedDelivery]> {
    UnsignedDelivery::NONE
}

const fn no_delays() -> Cow<'static, [u64]> {
    Cow::Borrowed(&[])
}

const fn no_handshakes() -> Cow<'static, [Handshake]> {
    Cow::Borrowed(&[])
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
