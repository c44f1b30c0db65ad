//! Explains the rejection of a valid signature because of its time.

use countersign::__private::inspect::{Window, window};
use countersign::{Delivery, Field, Tolerance, UnixTime};

use super::Cause;
use super::case::Case;

/// Returns the fault of the timestamp of a delivery whose signature verifies.
pub(super) fn explain(case: &Case, delivery: &Delivery, now: UnixTime) -> Option<Cause> {
    let field = case.provider.scheme.timestamp.as_ref()?;
    let time = delivery.timestamp().map(Field::value)?;
    Some(match window(field.tolerance, time, now) {
        Window::Inside => return None,
        Window::TooOld { .. } | Window::TooNew { .. } if in_another_unit(field.tolerance, time, now) => UNIT,
        Window::TooOld { age, tolerance } => Cause::owned(
            "timestamp_too_old",
            format!(
                "the signature holds, but the timestamp is {age} s old and {tolerance} s are accepted: \
                 the request is a repeated or stored one, or the clock of this machine is ahead{}",
                zone(age)
            ),
        ),
        Window::TooNew { ahead, tolerance } => Cause::owned(
            "timestamp_too_new",
            format!(
                "the signature holds, but the timestamp is {ahead} s in the future and {tolerance} s are accepted: \
                 the clock of this machine is behind{}",
                zone(ahead)
            ),
        ),
    })
}

/// Returns whether the time is that of now if its number is taken as milliseconds for seconds, or as seconds for
/// milliseconds.
fn in_another_unit(tolerance: Tolerance, time: UnixTime, now: UnixTime) -> bool {
    let others = [Some(time.as_millis() / 1000), time.as_millis().checked_mul(1000)];
    let mut others = others.into_iter().flatten().map(UnixTime::from_millis);
    others.any(|other| matches!(window(tolerance, other, now), Window::Inside))
}

/// Names a time zone as the cause of a difference of hours, give or take some minutes.
fn zone(secs: u64) -> String {
    let hours = (secs + HOUR / 2) / HOUR;
    if (1..=14).contains(&hours) && secs.abs_diff(hours * HOUR) <= 60 {
        format!(", or takes local time for UTC: the difference is {hours} h")
    } else {
        String::new()
    }
}

const UNIT: Cause = Cause::new(
    "timestamp_unit",
    "the signature holds, but the timestamp is in another unit than the declaration has, milliseconds for seconds or the like: \
     let the sender write the unit that the scheme requires, or declare it",
);

const HOUR: u64 = 3600;
