use serde::{Deserialize, Serialize};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::formatting::Formattable;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use super::Location;
use crate::error::VerifyError;
use crate::swar::eight_digits;
use crate::time::{Tolerance, UnixTime};

/// The place, format and tolerance of the timestamp.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TimestampField {
    /// The place of the timestamp. A timestamp in the body is read from the verified bytes.
    pub at: Location,
    /// The format, with the unit of a number. Declarations written for an earlier draft call it `unit`.
    #[serde(alias = "unit")]
    pub format: TimestampFormat,
    /// The accepted distance from the current time. The default is 300 s in both directions.
    #[serde(default)]
    pub tolerance: Tolerance,
    /// Accepts a request without it. Allowed only if the signed content shows that it is absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

impl TimestampField {
    /// Creates a required timestamp.
    #[must_use]
    pub const fn new(at: Location, format: TimestampFormat, tolerance: Tolerance) -> Self {
        Self { at, format, tolerance, optional: false }
    }
}

/// The format of a timestamp.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TimestampFormat {
    /// Seconds since the epoch, digits only.
    Seconds,
    /// Milliseconds since the epoch, digits only.
    Milliseconds,
    /// RFC 3339 with an offset.
    Rfc3339,
    /// RFC 3339 with an offset, or without one and then taken as UTC.
    #[serde(rename = "rfc3339-utc")]
    Rfc3339Utc,
    /// Seconds, or milliseconds from 13 digits on: for providers that do not document the unit, or send both.
    Either,
    /// An HTTP date (RFC 9110): `Tue, 15 Nov 1994 08:12:31 GMT`.
    #[serde(rename = "http-date")]
    HttpDate,
}

impl TimestampFormat {
    /// Parses a timestamp for the tolerance check. The signed text stays as it was received.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] with the reason if the text is no timestamp in this format.
    #[inline]
    pub fn parse(self, text: &[u8]) -> Result<UnixTime, VerifyError> {
        match self {
            Self::Seconds => match digits(text)? {
                // 12 digits reach the year 5138 in seconds, or 1973 in milliseconds: 13 and more are milliseconds.
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
            Self::Either => match digits(text)? {
                (millis, 13..) => Ok(UnixTime::from_millis(millis)),
                (secs, _) => Ok(UnixTime::from_secs(secs)),
            },
            Self::HttpDate => http_date(text).ok_or(malformed("not a date of HTTP")),
            Self::Rfc3339 => rfc_3339(text).ok_or(malformed("not an RFC 3339 date and time with an offset")),
            Self::Rfc3339Utc => rfc_3339(text)
                .or_else(|| rfc_3339(&[text, b"Z"].concat()))
                .ok_or(malformed("not an RFC 3339 date and time")),
        }
    }

    /// Rejects a timestamp that is not in the one canonical form of its format. Without a separator in the signed
    /// content, the length of the timestamp determines where it ends.
    #[cold]
    pub(crate) fn check_exact(self, text: &[u8]) -> Result<(), VerifyError> {
        let is_exact = match self {
            Self::Seconds => is_number(text, &[10]),
            Self::Milliseconds => is_number(text, &[13]),
            Self::Either => is_number(text, &[10, 13]),
            Self::HttpDate => text.len() == 29,
            Self::Rfc3339 => is_date(text, false),
            Self::Rfc3339Utc => is_date(text, true),
        };
        if is_exact { Ok(()) } else { Err(malformed("is not written as the provider writes it")) }
    }

    /// Formats a timestamp for signing. Dates are in whole seconds: the dot of a fraction may be the separator of the signed
    /// content.
    #[must_use]
    pub fn render(self, time: UnixTime) -> String {
        match self {
            Self::Seconds | Self::Either => time.as_secs().to_string(),
            Self::HttpDate => date(time, &HTTP_DATE),
            Self::Milliseconds => time.as_millis().to_string(),
            Self::Rfc3339 | Self::Rfc3339Utc => date(UnixTime::from_secs(time.as_secs()), &Rfc3339),
        }
    }
}

fn date(time: UnixTime, format: &(impl Formattable + ?Sized)) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(time.as_millis()) * 1_000_000)
        .ok()
        .and_then(|date| date.format(format).ok())
        // Beyond the year 9999: no such timestamp could be verified anyway.
        .unwrap_or_else(|| time.as_secs().to_string())
}

fn rfc_3339(text: &[u8]) -> Option<UnixTime> {
    let time = OffsetDateTime::parse(std::str::from_utf8(text).ok()?, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok().map(UnixTime::from_millis)
}

fn http_date(text: &[u8]) -> Option<UnixTime> {
    let time = PrimitiveDateTime::parse(std::str::from_utf8(text).ok()?, &HTTP_DATE).ok()?;
    Some(UnixTime::from_secs(time.assume_utc().unix_timestamp()))
}

/// The only form of HTTP dates that senders may generate (RFC 9110, section 5.6.7).
const HTTP_DATE: &[BorrowedFormatItem<'static>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// Parses 1 to 19 digits and returns their number: no sign, no space, no overflow.
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

/// Returns whether the text is digits without a leading zero, of one of these lengths.
fn is_number(text: &[u8], lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.first() != Some(&b'0')
}

/// Returns whether the text is `2023-11-14T22:13:20`, an optional fraction, and the zone.
fn is_date(text: &[u8], zone_is_optional: bool) -> bool {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let Some((date, rest)) = text.split_at_checked(SHAPE.len()) else { return false };
    let fits = |(byte, shape): (&u8, &u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't' | b' '),
        shape => byte == shape,
    };
    let zone = match rest.split_first() {
        Some((b'.', fraction)) => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            fraction.get(digits..).filter(|_| digits > 0)
        }
        _ => Some(rest),
    };
    let is_zone = match zone {
        Some([]) => zone_is_optional,
        Some([b'Z' | b'z']) => true,
        Some([b'+' | b'-', offset @ ..]) => offset.len() == 5 && offset.iter().zip(b"00:00").all(fits),
        _ => false,
    };
    date.iter().zip(SHAPE).all(fits) && is_zone
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
        assert_eq!(TimestampFormat::Seconds.parse(b"1700000000"), Ok(UnixTime::from_secs(1_700_000_000)));
        for bad in ["", "+1700000000", "-1700000000", " 1700000000", "1700000000 ", "1.7e9", "0x10", "hello"]
        {
            assert!(TimestampFormat::Seconds.parse(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn extremes_neither_panic_nor_wrap() {
        assert!(TimestampFormat::Seconds.parse(b"-9223372036854775808").is_err());
        assert!(TimestampFormat::Seconds.parse(b"18446744073709551615").is_err());
        let latest = TimestampFormat::Seconds.parse(b"9223372036854775807");
        assert_eq!(latest, Ok(UnixTime::from_secs(i64::MAX)));
    }

    #[test]
    fn thirteen_digits_of_seconds_look_like_milliseconds() {
        let error = TimestampFormat::Seconds.parse(b"1700000000000").unwrap_err().to_string();
        assert!(error.contains("looks like milliseconds"), "{error}");
        let error = TimestampFormat::Milliseconds.parse(b"1700000000").unwrap_err().to_string();
        assert!(error.contains("looks like seconds"), "{error}");
    }

    #[test]
    fn rfc_3339_needs_an_offset() {
        let parse = |text: &str| TimestampFormat::Rfc3339.parse(text.as_bytes());
        assert_eq!(parse("2026-01-15T19:04:12Z"), Ok(UnixTime::from_secs(1_768_503_852)));
        assert_eq!(parse("2026-01-15T20:04:12.5+01:00"), Ok(UnixTime::from_millis(1_768_503_852_500)));
        for bad in ["2026-01-15T19:04:12", "2026-01-15", "1768503852", "2026-13-01T00:00:00Z", ""] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_offset_may_be_left_out_where_that_is_declared() {
        let parse = |text: &str| TimestampFormat::Rfc3339Utc.parse(text.as_bytes());
        assert_eq!(parse("2026-01-15T19:04:12.500"), Ok(UnixTime::from_millis(1_768_503_852_500)));
        assert_eq!(parse("2026-01-15T20:04:12+01:00"), Ok(UnixTime::from_secs(1_768_503_852)));
        assert!(parse("2026-01-15").is_err() && parse("").is_err());
    }

    #[test]
    fn an_undocumented_unit_is_recognised_by_its_length() {
        let expected = UnixTime::from_secs(1_700_000_000);
        assert_eq!(TimestampFormat::Either.parse(b"1700000000"), Ok(expected));
        assert_eq!(TimestampFormat::Either.parse(b"1700000000000"), Ok(expected));
        assert!(TimestampFormat::Either.parse(b"").is_err() && TimestampFormat::Either.parse(b"-1").is_err());
    }

    #[test]
    fn dates_of_http_are_in_greenwich() {
        let parse = |text: &str| TimestampFormat::HttpDate.parse(text.as_bytes());
        assert_eq!(parse("Tue, 14 Nov 2023 22:13:20 GMT"), Ok(UnixTime::from_secs(1_700_000_000)));
        for bad in ["Tue, 14 Nov 2023 22:13:20 CET", "2023-11-14T22:13:20Z", "1700000000", ""] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_timestamp_without_a_separator_has_one_form() {
        let exact = |format: TimestampFormat, text: &str| format.check_exact(text.as_bytes()).is_ok();
        assert!(
            exact(TimestampFormat::Seconds, "1700000000")
                && exact(TimestampFormat::Milliseconds, "1700000000000")
        );
        assert!(
            exact(TimestampFormat::Either, "1700000000") && exact(TimestampFormat::Either, "1700000000000")
        );
        for bad in ["0170000000", "01700000000", "170000000", "17000000000", "1700000000000"] {
            assert!(!exact(TimestampFormat::Seconds, bad), "{bad}");
        }
        assert!(
            !exact(TimestampFormat::Either, "01700000000")
                && !exact(TimestampFormat::Either, "0170000000000")
        );
        for good in ["2023-11-14T22:13:20Z", "2023-11-14T22:13:20.123456789Z", "2023-11-14t22:13:20-07:00"] {
            assert!(exact(TimestampFormat::Rfc3339, good), "{good}");
        }
        for bad in
            ["2023-11-14:22:13:20Z", "2023-11-14T22:13:20", "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20Z0"]
        {
            assert!(!exact(TimestampFormat::Rfc3339, bad), "{bad}");
        }
        assert!(
            exact(TimestampFormat::Rfc3339Utc, "2023-11-14T22:13:20")
                && exact(TimestampFormat::Rfc3339Utc, "2023-11-14T22:13:20Z")
        );
        assert!(exact(TimestampFormat::HttpDate, "Tue, 14 Nov 2023 22:13:20 GMT"));
    }

    #[test]
    fn what_is_rendered_parses_back() {
        let time = UnixTime::from_secs(1_700_000_000);
        let dates = [TimestampFormat::Rfc3339, TimestampFormat::Rfc3339Utc, TimestampFormat::HttpDate];
        for format in [TimestampFormat::Seconds, TimestampFormat::Milliseconds, TimestampFormat::Either]
            .into_iter()
            .chain(dates)
        {
            assert_eq!(format.parse(format.render(time).as_bytes()), Ok(time));
        }
    }
}
