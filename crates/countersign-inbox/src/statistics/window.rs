use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use countersign::UnixTime;

/// The time up to now that statistics cover.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Window {
    /// The last hour, to the minute.
    Hour,
    /// The last 24 hours, to the hour: a row per endpoint and minute would make it many times as slow.
    Day,
    /// The last 7 days, to the hour.
    Week,
}

/// A span of time for which stores keep a row per endpoint. Spans start at multiples of their length since 1970.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Span {
    /// A minute; kept for 3 hours.
    Minute,
    /// An hour; kept for 30 days.
    Hour,
    /// A day; kept for 30 days.
    Day,
}

/// The rows of one span that belong to a window: those that start at `from` or later, and before `until`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SpanRange {
    /// The span.
    pub span: Span,
    /// The start of the first row.
    pub from: UnixTime,
    /// The start of the first row after the range; in the far future for the range that lasts until now.
    pub until: UnixTime,
}

impl Window {
    /// All windows, the shortest first.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    /// Returns the name: `1h`, `24h` or `7d`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
        }
    }

    /// Returns the length.
    #[must_use]
    pub const fn length(self) -> Duration {
        Duration::from_secs(match self {
            Self::Hour => HOUR,
            Self::Day => DAY,
            Self::Week => 7 * DAY,
        })
    }

    /// Returns the spans of its rows: the finer one for its beginning, the coarser one for the rest, so that few rows are
    /// read.
    #[must_use]
    pub const fn spans(self) -> [Span; 2] {
        match self {
            Self::Hour => [Span::Minute, Span::Hour],
            Self::Day | Self::Week => [Span::Hour, Span::Day],
        }
    }

    /// Returns the span of the items of its [series](crate::Series): few enough for a chart.
    pub(crate) const fn series_span(self) -> Span {
        match self {
            Self::Hour => Span::Minute,
            Self::Day | Self::Week => Span::Hour,
        }
    }

    /// Returns the beginning of the window that ends now, rounded down to its finer span.
    #[must_use]
    pub fn since(self, now: UnixTime) -> UnixTime {
        let [fine, _] = self.spans();
        let length = i64::try_from(self.length().as_millis()).unwrap_or(i64::MAX);
        fine.start(UnixTime::from_millis(now.as_millis().saturating_sub(length)))
    }

    /// Returns the rows that make up the window that ends now. For stores. No two of them overlap, and together they have
    /// everything that was counted since [`since`](Self::since).
    #[must_use]
    pub fn ranges(self, now: UnixTime) -> [SpanRange; 2] {
        let [fine, coarse] = self.spans();
        let from = self.since(now);
        let within = coarse.start(from);
        let edge = if within == from { from } else { within.saturating_add(coarse.length()) };
        [
            SpanRange { span: fine, from, until: edge },
            SpanRange { span: coarse, from: edge, until: UnixTime::from_millis(i64::MAX) },
        ]
    }
}

impl Span {
    /// All spans, the shortest first. A store adds each increment to a row of each.
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// Returns the length.
    #[must_use]
    pub const fn length(self) -> Duration {
        Duration::from_secs(match self {
            Self::Minute => 60,
            Self::Hour => HOUR,
            Self::Day => DAY,
        })
    }

    /// Returns the stored code: the length in minutes.
    #[must_use]
    pub const fn code(self) -> i16 {
        match self {
            Self::Minute => 1,
            Self::Hour => 60,
            Self::Day => 1440,
        }
    }

    /// Returns how long after its start a row is kept.
    #[must_use]
    pub const fn retention(self) -> Duration {
        Duration::from_secs(match self {
            Self::Minute => 3 * HOUR,
            Self::Hour | Self::Day => 30 * DAY,
        })
    }

    /// Returns the start of the span that contains this time.
    #[must_use]
    pub fn start(self, at: UnixTime) -> UnixTime {
        let length = i64::try_from(self.length().as_millis()).unwrap_or(i64::MAX);
        UnixTime::from_millis(at.as_millis().div_euclid(length).saturating_mul(length))
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Window {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|window| window.as_str() == name);
        found.ok_or_else(|| format!("`{name}` is not a window: 1h, 24h and 7d are"))
    }
}

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn windows_have_names() {
        for window in Window::ALL {
            assert_eq!(window.to_string().parse(), Ok(window));
        }
        assert_eq!("2h".parse::<Window>(), Err("`2h` is not a window: 1h, 24h and 7d are".to_owned()));
    }

    proptest! {
        /// Every time since the beginning is in a row of exactly one range, earlier ones in none, and the rows are still
        /// kept.
        #[test]
        fn the_ranges_of_a_window_have_all_of_it_once(now in 0..4_000_000_000_000_i64, age in 0..800_000_000_i64) {
            let (now, at) = (UnixTime::from_millis(now), UnixTime::from_millis(now - age));
            for window in Window::ALL {
                let since = window.since(now);
                let rows = window.ranges(now).into_iter().filter(|range| {
                    let row = range.span.start(at);
                    range.from <= row && row < range.until
                });
                let rows: Vec<_> = rows.collect();
                prop_assert_eq!(rows.len(), usize::from(at >= since), "{:?}", rows);
                for range in rows {
                    prop_assert!(now.saturating_duration_since(range.span.start(at)) < range.span.retention());
                }
                let length = now.saturating_duration_since(since);
                prop_assert!(length >= window.length() && length < window.length() + window.spans()[0].length());
            }
        }
    }
}
