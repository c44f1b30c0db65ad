use std::time::SystemTime;

use countersign::UnixTime;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Returns the system time, for tests of programs with a clock.
#[must_use]
pub fn now() -> UnixTime {
    SystemTime::now().into()
}

/// Formats a time in RFC 3339, in UTC.
#[must_use]
pub fn rfc3339(at: UnixTime) -> String {
    OffsetDateTime::from_unix_timestamp(at.as_secs()).unwrap().format(&Rfc3339).unwrap()
}
