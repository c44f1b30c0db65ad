//! Points in time, clocks, and the tolerance for timestamps.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, negative before it.
///
/// Conversions saturate instead of wrapping, because the numbers come from untrusted input.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnixTime {
    millis: i64,
}

impl UnixTime {
    /// Creates a point in time from whole seconds since the epoch.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self { millis: secs.saturating_mul(1000) }
    }

    /// Creates a point in time from milliseconds since the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self { millis }
    }

    /// Returns whole seconds since the epoch, rounded towards the past.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.millis.div_euclid(1000)
    }

    /// Returns milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.millis
    }

    /// Returns the time this much later, at most the largest time.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self { millis: self.millis.saturating_add(millis) }
    }

    /// Returns the time elapsed since `earlier`, or zero if that is later.
    #[must_use]
    pub fn saturating_duration_since(self, earlier: Self) -> Duration {
        let millis = self.millis.saturating_sub(earlier.millis);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }
}

impl From<SystemTime> for UnixTime {
    fn from(time: SystemTime) -> Self {
        let millis = |d: Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => Self::from_millis(millis(after)),
            Err(before) => Self::from_millis(millis(before.duration()).saturating_neg()),
        }
    }
}

/// The source of the current time for an adapter. The verifier itself owns no clock.
pub trait Clock: Send + Sync {
    /// Returns the current time.
    fn now(&self) -> UnixTime;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixTime {
        SystemTime::now().into()
    }
}

/// A fixed clock: for tests and for replaying stored deliveries.
impl Clock for UnixTime {
    fn now(&self) -> UnixTime {
        *self
    }
}

/// The largest accepted age of a timestamp, and the largest accepted lead. Both bounds are inclusive and in whole
/// seconds.
///
/// The default is 300 s in both directions, as Stripe, Slack and Standard Webhooks recommend. In TOML and JSON: a
/// number of seconds for both directions, or `{ past = 7200, future = 300 }`; an omitted direction is unbounded.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(from = "ToleranceText", into = "ToleranceText")]
pub struct Tolerance {
    past: Option<u64>,
    future: Option<u64>,
}

impl Tolerance {
    /// Sets the same bound, in seconds, in both directions.
    #[must_use]
    pub const fn seconds(secs: u64) -> Self {
        Self { past: Some(secs), future: Some(secs) }
    }

    /// Sets a bound of `past` seconds on the age and of `future` seconds on the lead.
    #[must_use]
    pub const fn between(past: u64, future: u64) -> Self {
        Self { past: Some(past), future: Some(future) }
    }

    /// Removes the bound on future timestamps, as the official Stripe libraries do.
    ///
    /// A sender whose clock runs ahead is then accepted, and its deliveries can be replayed until their timestamp is
    /// too old.
    #[must_use]
    pub const fn insecure_any_future(self) -> Self {
        Self { past: self.past, future: None }
    }

    /// Removes the bound on the age: every recorded delivery can be replayed for ever.
    #[must_use]
    pub const fn insecure_any_age(self) -> Self {
        Self { past: None, future: self.future }
    }

    /// Returns the largest accepted age in seconds; `None` means unbounded.
    #[must_use]
    pub const fn past(self) -> Option<u64> {
        self.past
    }

    /// Returns the largest accepted lead in seconds; `None` means unbounded.
    #[must_use]
    pub const fn future(self) -> Option<u64> {
        self.future
    }

    /// Returns the position of `time` relative to `now` and the bounds.
    pub(crate) fn window(self, time: UnixTime, now: UnixTime) -> Window {
        let apart = now.millis.abs_diff(time.millis) / 1000;
        let (bound, verdict): (_, fn(u64, u64) -> Window) = if time <= now {
            (self.past, |age, tolerance| Window::TooOld { age, tolerance })
        } else {
            (self.future, |ahead, tolerance| Window::TooNew { ahead, tolerance })
        };
        match bound {
            Some(tolerance) if apart > tolerance => verdict(apart, tolerance),
            _ => Window::Inside,
        }
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::seconds(300)
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.past, self.future) {
            (Some(past), Some(future)) if past == future => write!(f, "{past} s both ways"),
            (past, future) => write!(f, "age {}, future {}", Bound(past), Bound(future)),
        }
    }
}

/// The result of `Tolerance::window`, in whole seconds.
#[derive(Debug, Eq, PartialEq)]
pub enum Window {
    /// Within the bounds.
    Inside,
    /// Older than the tolerance.
    TooOld {
        /// The age.
        age: u64,
        /// The largest age that is accepted.
        tolerance: u64,
    },
    /// Further in the future than the tolerance.
    TooNew {
        /// The distance from now.
        ahead: u64,
        /// The largest distance that is accepted.
        tolerance: u64,
    },
}

struct Bound(Option<u64>);

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(secs) => write!(f, "≤ {secs} s"),
            None => f.write_str("not bounded"),
        }
    }
}

#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum ToleranceText {
    Both(u64),
    Each(Each),
}

#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", schemars(rename = "Bounds"))]
struct Each {
    /// The largest accepted age in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    past: Option<u64>,
    /// The largest accepted lead in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    future: Option<u64>,
}

impl From<ToleranceText> for Tolerance {
    fn from(text: ToleranceText) -> Self {
        match text {
            ToleranceText::Both(secs) => Self::seconds(secs),
            ToleranceText::Each(Each { past, future }) => Self { past, future },
        }
    }
}

impl From<Tolerance> for ToleranceText {
    fn from(tolerance: Tolerance) -> Self {
        match tolerance {
            Tolerance { past: Some(past), future: Some(future) } if past == future => Self::Both(past),
            Tolerance { past, future } => Self::Each(Each { past, future }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_inclusive_on_both_sides() {
        let now = UnixTime::from_secs(1000);
        let window = |secs| Tolerance::seconds(300).window(UnixTime::from_secs(secs), now);
        assert_eq!(window(700), Window::Inside);
        assert_eq!(window(1300), Window::Inside);
        assert_eq!(window(699), Window::TooOld { age: 301, tolerance: 300 });
        assert_eq!(window(1301), Window::TooNew { ahead: 301, tolerance: 300 });
    }

    #[test]
    fn extremes_do_not_overflow() {
        for time in [i64::MIN, i64::MAX] {
            for now in [i64::MIN, i64::MAX] {
                let _ = Tolerance::default().window(UnixTime::from_secs(time), UnixTime::from_millis(now));
            }
        }
    }

    #[test]
    fn an_unbounded_direction_accepts_everything_there_and_nothing_else() {
        let now = UnixTime::from_secs(1000);
        let tolerance = Tolerance::seconds(10).insecure_any_future();
        assert_eq!(tolerance.window(UnixTime::from_secs(i64::MAX), now), Window::Inside);
        assert_ne!(tolerance.window(UnixTime::from_secs(0), now), Window::Inside);
    }
}
