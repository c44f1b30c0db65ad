use std::mem::{forget, replace};

use http::HeaderValue;
use serde::{Deserialize, Serialize};

use crate::error::ConfigError;
use crate::scheme::{Text, text};

/// The provider's requirements on the responses to refused requests.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RejectionStyle {
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

impl RejectionStyle {
    /// The default: 400 and 401, with a problem document.
    pub const DEFAULT: Self =
        Self { rejected: None, empty: false, accepted: text(""), authenticate: text("") };

    /// Sets the status for every rejection because of signature, timestamp or headers: a 4xx.
    #[must_use]
    pub const fn with_rejection(mut self, status: u16) -> Self {
        self.rejected = Some(status);
        self
    }

    /// Sends no problem document with a rejection.
    #[must_use]
    pub const fn with_empty_rejection(mut self) -> Self {
        self.empty = true;
        self
    }

    /// Sets the text that the response to an accepted delivery must contain.
    #[must_use]
    pub const fn with_accepted_text(mut self, body: &'static str) -> Self {
        forget(replace(&mut self.accepted, text(body)));
        self
    }

    /// Sets the value of `WWW-Authenticate` with a 401.
    #[must_use]
    pub const fn with_authenticate(mut self, value: &'static str) -> Self {
        forget(replace(&mut self.authenticate, text(value)));
        self
    }

    pub(super) fn is_default(&self) -> bool {
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
