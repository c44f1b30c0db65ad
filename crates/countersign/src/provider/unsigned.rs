use std::borrow::Cow;

use http::HeaderName;
use serde::{Deserialize, Serialize};

use crate::error::ConfigError;
use crate::scheme::{Text, text};

/// A kind of delivery that a provider sends without a signature.
///
/// In TOML: `unsigned = [{ header = "x-amz-sns-rawdelivery", reason = "raw message delivery is on: turn it off" }]`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
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
