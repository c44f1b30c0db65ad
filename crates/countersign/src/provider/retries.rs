use serde::{Deserialize, Serialize};

use crate::error::ConfigError;

/// The retry policy of a provider. Durations are in seconds.
///
/// In TOML: `retries = { attempts = 8, window_secs = 99305, ack_secs = 15 }`, or `retries = { none = true }` if the
/// provider states that it sends each delivery once.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Declared", into = "Declared")]
#[non_exhaustive]
pub struct Retries {
    /// The number of attempts, including the first; 1 means no retries.
    pub attempts: Option<u32>,
    /// The time from the event to its last attempt.
    pub window_secs: Option<u64>,
    /// The time within which the receiver must respond.
    pub ack_secs: Option<u64>,
}

impl Retries {
    /// No retries: the provider states that it sends each delivery once.
    pub const NONE: Self = Self { attempts: Some(1), window_secs: None, ack_secs: None };

    /// Sets only the time within which the receiver must respond; the retries are unknown.
    #[must_use]
    pub const fn ack_only(ack_secs: u64) -> Self {
        Self { attempts: None, window_secs: None, ack_secs: Some(ack_secs) }
    }

    /// Sets the number of attempts, including the first.
    #[must_use]
    pub const fn attempts(attempts: u32) -> Self {
        Self { attempts: Some(attempts), window_secs: None, ack_secs: None }
    }

    /// Sets the time during which the provider retries, in seconds after the event; the number of attempts is not
    /// documented.
    #[must_use]
    pub const fn for_secs(window_secs: u64) -> Self {
        Self { attempts: None, window_secs: Some(window_secs), ack_secs: None }
    }

    /// Sets the delays before each retry, in seconds, each counted from the attempt before it.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        reason = "evaluated by the compiler"
    )]
    pub const fn after(delays: &[u64]) -> Self {
        let (mut window, mut at) = (0, 0);
        while at < delays.len() {
            window += delays[at];
            at += 1;
        }
        Self { attempts: Some(delays.len() as u32 + 1), window_secs: Some(window), ack_secs: None }
    }

    /// Sets the time from the event to its last attempt.
    #[must_use]
    pub const fn within(self, window_secs: u64) -> Self {
        Self { window_secs: Some(window_secs), ..self }
    }

    /// Sets the time within which the receiver must respond.
    #[must_use]
    pub const fn answered_in(self, ack_secs: u64) -> Self {
        Self { ack_secs: Some(ack_secs), ..self }
    }

    /// Returns whether the provider states that it does not retry.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        matches!(self.attempts, Some(1))
    }

    /// Returns whether the number of attempts or the time until the last one is known.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.attempts.is_some() || self.window_secs.is_some()
    }
}

/// The form of [`Retries`] in files.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Retries"))]
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    /// The provider states that it does not retry.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    none: bool,
    /// The number of attempts, including the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
    /// The time from the event to its last attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window_secs: Option<u64>,
    /// The time within which the receiver must respond.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ack_secs: Option<u64>,
}

impl TryFrom<Declared> for Retries {
    type Error = &'static str;

    fn try_from(declared: Declared) -> Result<Self, Self::Error> {
        let Declared { none, attempts, window_secs, ack_secs } = declared;
        match (none, attempts) {
            (true, Some(2..)) => Err("`none` says that there is one attempt: remove it, or `attempts`"),
            (_, Some(0)) => Err("`attempts` counts the first one: it is at least 1"),
            (true, _) => Ok(Self { attempts: Some(1), window_secs, ack_secs }),
            _ => Ok(Self { attempts, window_secs, ack_secs }),
        }
    }
}

impl From<Retries> for Declared {
    fn from(retries: Retries) -> Self {
        let Retries { attempts, window_secs, ack_secs } = retries;
        Self { none: retries.is_none(), attempts, window_secs, ack_secs }
    }
}

/// Checks that the delays between attempts fit their number.
pub(super) fn check_delays(retries: Option<Retries>, delays: &[u64]) -> Result<(), ConfigError> {
    let attempts = retries.and_then(|retries| retries.attempts);
    let fits = |attempts| usize::try_from(attempts).ok() == delays.len().checked_add(1);
    if delays.is_empty() || attempts.is_none_or(fits) {
        return Ok(());
    }
    let problem =
        "has one delay for each attempt after the first, and `retries.attempts` says another number";
    Err(ConfigError::new("retry_delays_secs", problem))
}
