//! Formats values.

use countersign::UnixTime;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Returns the word for a value in declarations.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// Returns a point in time in RFC 3339.
pub(crate) fn instant(time: UnixTime) -> String {
    OffsetDateTime::from_unix_timestamp(time.as_secs())
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| time.as_secs().to_string())
}

/// Returns a point in time with milliseconds, if there are any.
pub(crate) fn exact(time: UnixTime) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(time.as_millis()) * 1_000_000)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| instant(time))
}

/// Returns a number of bytes in its largest even unit.
pub(crate) fn size(bytes: usize) -> String {
    in_units(bytes as u64, &[(1 << 20, "MiB"), (1 << 10, "KiB")], "bytes")
}

/// Returns a number of seconds in its largest even unit.
pub(crate) fn span(secs: u64) -> String {
    in_units(secs, &[(86_400, "d"), (3600, "h"), (60, "min")], "s")
}

fn in_units(number: u64, units: &[(u64, &str)], smallest: &str) -> String {
    let even = units.iter().find(|(unit, _)| number >= *unit && number.is_multiple_of(*unit));
    match even {
        Some((unit, name)) => format!("{} {name}", number / unit),
        None => format!("{number} {smallest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_even() {
        assert_eq!(["7 d", "35 min", "90 s", "0 s"], [7 * 86_400, 35 * 60, 90, 0].map(span));
        assert_eq!(["1 MiB", "64 KiB", "1000 bytes"], [1 << 20, 64 << 10, 1000].map(size));
    }

    #[test]
    fn every_instant_has_a_text() {
        assert_eq!(instant(UnixTime::from_secs(1_700_000_000)), "2023-11-14T22:13:20Z");
        assert_eq!(instant(UnixTime::from_secs(i64::MAX)), (i64::MAX / 1000).to_string());
        assert_eq!(exact(UnixTime::from_secs(1_700_000_000)), "2023-11-14T22:13:20Z");
        assert_eq!(exact(UnixTime::from_millis(1_700_000_000_042)), "2023-11-14T22:13:20.042Z");
        assert_eq!(exact(UnixTime::from_secs(i64::MAX)), (i64::MAX / 1000).to_string());
    }
}
