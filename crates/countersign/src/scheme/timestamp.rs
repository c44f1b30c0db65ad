use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Location;
use crate::error::VerifyError;
use crate::time::{Tolerance, UnixTime};
use crate::words::eight_digits;

/// Where the timestamp is, in what unit, and how far from now it may be.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TimestampField {
    /// Where it is. A timestamp in the body is read from the verified bytes.
    pub at: Location,
    /// Its unit.
    pub unit: Unit,
    /// How far from now it may be; 300 s both ways if nothing is said.
    #[serde(default)]
    pub tolerance: Tolerance,
}

/// How a timestamp is written.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Unit {
    /// Seconds since the epoch, digits only.
    Seconds,
    /// Milliseconds since the epoch, digits only.
    Milliseconds,
    /// RFC 3339 with an offset.
    Rfc3339,
    /// RFC 3339 with an offset, or without one and then taken as UTC.
    #[serde(rename = "rfc3339-utc")]
    Rfc3339Utc,
}

impl Unit {
    /// Reads a timestamp. The text that is signed stays as it was received: this is for the window alone.
    #[inline]
    pub(crate) fn parse(self, text: &[u8]) -> Result<UnixTime, VerifyError> {
        match self {
            Self::Seconds => match digits(text)? {
                // 12 digits reach the year 5138 in seconds and 1973 in milliseconds: 13 and more are another unit.
                (_, 13) => {
                    Err(malformed("13 digits, so it looks like milliseconds where seconds are declared"))
                }
                (secs, _) => Ok(UnixTime::from_secs(secs)),
            },
            Self::Milliseconds => match digits(text)? {
                (_, 10) => {
                    Err(malformed("10 digits, so it looks like seconds where milliseconds are declared"))
                }
                (millis, _) => Ok(UnixTime::from_millis(millis)),
            },
            Self::Rfc3339 => rfc_3339(text).ok_or(malformed("not an RFC 3339 date and time with an offset")),
            Self::Rfc3339Utc => rfc_3339(text)
                .or_else(|| rfc_3339(&[text, b"Z"].concat()))
                .ok_or(malformed("not an RFC 3339 date and time")),
        }
    }

    /// Writes a timestamp, for signing.
    pub(crate) fn render(self, time: UnixTime) -> String {
        match self {
            Self::Seconds => time.as_secs().to_string(),
            Self::Milliseconds => time.as_millis().to_string(),
            Self::Rfc3339 | Self::Rfc3339Utc => {
                OffsetDateTime::from_unix_timestamp_nanos(i128::from(time.as_millis()) * 1_000_000)
                    .ok()
                    .and_then(|time| time.format(&Rfc3339).ok())
                    .unwrap_or_else(|| time.as_secs().to_string())
            }
        }
    }
}

fn rfc_3339(text: &[u8]) -> Option<UnixTime> {
    let time = OffsetDateTime::parse(std::str::from_utf8(text).ok()?, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok().map(UnixTime::from_millis)
}

/// Digits only, 1 to 19 of them, and how many: no sign, no space, no overflow.
#[inline]
fn digits(text: &[u8]) -> Result<(i64, usize), VerifyError> {
    if text.is_empty() || text.len() > 19 {
        return Err(malformed("not a number of 1 to 19 digits"));
    }
    let (first, rest) = match text.split_first_chunk() {
        Some((eight, rest)) => (eight_digits(eight).ok_or(NO_DIGITS)?, rest),
        None => (0, text),
    };
    // 19 digits are less than 10^19, which fits u64.
    let value = rest.iter().try_fold(first, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| value * 10 + u64::from(digit))
    });
    let value = value.ok_or(NO_DIGITS)?;
    i64::try_from(value).map(|value| (value, text.len())).map_err(|_| malformed("too large"))
}

const NO_DIGITS: VerifyError = malformed("not digits only");

const fn malformed(reason: &'static str) -> VerifyError {
    VerifyError::MalformedTimestamp { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_digits_only() {
        assert_eq!(Unit::Seconds.parse(b"1700000000"), Ok(UnixTime::from_secs(1_700_000_000)));
        for bad in ["", "+1700000000", "-1700000000", " 1700000000", "1700000000 ", "1.7e9", "0x10", "hello"]
        {
            assert!(Unit::Seconds.parse(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn extremes_neither_panic_nor_wrap() {
        assert!(Unit::Seconds.parse(b"-9223372036854775808").is_err());
        assert!(Unit::Seconds.parse(b"18446744073709551615").is_err());
        let latest = Unit::Seconds.parse(b"9223372036854775807");
        assert_eq!(latest, Ok(UnixTime::from_secs(i64::MAX)));
    }

    #[test]
    fn thirteen_digits_of_seconds_look_like_milliseconds() {
        let error = Unit::Seconds.parse(b"1700000000000").unwrap_err().to_string();
        assert!(error.contains("looks like milliseconds"), "{error}");
        let error = Unit::Milliseconds.parse(b"1700000000").unwrap_err().to_string();
        assert!(error.contains("looks like seconds"), "{error}");
    }

    #[test]
    fn rfc_3339_needs_an_offset() {
        let parse = |text: &str| Unit::Rfc3339.parse(text.as_bytes());
        assert_eq!(parse("2026-01-15T19:04:12Z"), Ok(UnixTime::from_secs(1_768_503_852)));
        assert_eq!(parse("2026-01-15T20:04:12.5+01:00"), Ok(UnixTime::from_millis(1_768_503_852_500)));
        for bad in ["2026-01-15T19:04:12", "2026-01-15", "1768503852", "2026-13-01T00:00:00Z", ""] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_offset_may_be_left_out_where_that_is_declared() {
        let parse = |text: &str| Unit::Rfc3339Utc.parse(text.as_bytes());
        assert_eq!(parse("2026-01-15T19:04:12.500"), Ok(UnixTime::from_millis(1_768_503_852_500)));
        assert_eq!(parse("2026-01-15T20:04:12+01:00"), Ok(UnixTime::from_secs(1_768_503_852)));
        assert!(parse("2026-01-15").is_err() && parse("").is_err());
    }

    #[test]
    fn what_is_rendered_parses_back() {
        let time = UnixTime::from_secs(1_700_000_000);
        for unit in [Unit::Seconds, Unit::Milliseconds, Unit::Rfc3339, Unit::Rfc3339Utc] {
            assert_eq!(unit.parse(unit.render(time).as_bytes()), Ok(time));
        }
    }
}
