//! Converts values into the form that PostgreSQL accepts, and back.

use std::borrow::Cow;
use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::NewEvent;
use sqlx::Error;

/// Returns milliseconds, at most 100 years, so that no sum with a date is out of range.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).map_or(CENTURY, |millis| millis.min(CENTURY))
}

/// Converts milliseconds, which may be negative because clocks differ.
pub(crate) fn duration(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

/// Returns a point in time within the range of `timestamptz`.
pub(crate) fn storable_time(time: UnixTime) -> i64 {
    time.as_millis().clamp(-CENTURY * 30, CENTURY * 80)
}

/// Converts a stored fence, which is never negative.
pub(crate) fn fence(stored: i64) -> Result<u64, Error> {
    u64::try_from(stored).map_err(|error| Error::Decode(error.into()))
}

/// Converts a fence for storage. A larger fence was not issued by this store, and matches nothing.
pub(crate) fn stored_fence(fence: u64) -> i64 {
    i64::try_from(fence).unwrap_or(-1)
}

/// Replaces NUL, the one character that `text` cannot store, by U+FFFD.
pub(crate) fn storable_text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { Cow::Borrowed(text) }
}

/// Converts the displayed texts of an event. It is identified by its key, which is derived from the original.
pub(crate) fn storable_event(event: NewEvent) -> NewEvent {
    let mut event = event.bounded();
    let NewEvent { source, tenant, provider, external_id, event_type, ordering_key, traceparent, .. } =
        &mut event;
    let optional = [tenant, external_id, event_type, ordering_key, traceparent].into_iter().flatten();
    for text in [source, provider].into_iter().chain(optional) {
        if let Cow::Owned(changed) = storable_text(text) {
            *text = changed;
        }
    }
    event
}

const CENTURY: i64 = 100 * 365 * 24 * 3600 * 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_within_what_dates_can_hold() {
        assert_eq!(millis(Duration::from_secs(30)), 30_000);
        assert_eq!(millis(Duration::MAX), CENTURY);
        assert_eq!(duration(-1), Duration::ZERO);
        assert_eq!(storable_time(UnixTime::from_millis(i64::MAX)), CENTURY * 80);
        assert_eq!(storable_time(UnixTime::from_millis(i64::MIN)), -CENTURY * 30);
        assert_eq!(stored_fence(u64::MAX), -1);
        assert!(fence(-1).is_err());
    }

    #[test]
    fn nul_is_replaced_and_nothing_else() {
        assert!(matches!(storable_text("a\u{1}ä"), Cow::Borrowed("a\u{1}ä")));
        assert_eq!(storable_text("a\0b"), "a\u{FFFD}b");
    }
}
