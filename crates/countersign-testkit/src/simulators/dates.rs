//! Points in time as text.

use countersign::UnixTime;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// Returns a point in time in RFC 3339.
pub(super) fn rfc3339(time: UnixTime) -> String {
    date(time, &Rfc3339)
}

/// Returns the date of an HTTP header (RFC 9110).
pub(super) fn http_date(time: UnixTime) -> String {
    date(time, &Rfc2822).replace("+0000", "GMT")
}

fn date(time: UnixTime, format: &(impl time::formatting::Formattable + ?Sized)) -> String {
    let date = OffsetDateTime::from_unix_timestamp(time.as_secs()).ok();
    date.and_then(|date| date.format(format).ok()).unwrap_or_else(|| time.as_secs().to_string())
}
