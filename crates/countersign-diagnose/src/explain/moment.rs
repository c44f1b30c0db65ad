//! Explains the rejection of a valid signature because of its time.

use countersign::__private::inspect::{Window, window};
use countersign::{Delivery, Field, UnixTime};

use super::Cause;
use super::case::Case;

/// Returns the fault of the timestamp of a delivery whose signature verifies.
pub(super) fn explain(case: &Case, delivery: &Delivery, now: UnixTime) -> Option<Cause> {
    let field = case.provider.scheme.timestamp.as_ref()?;
    let time = delivery.timestamp().map(Field::value)?;
    Some(match window(field.tolerance, time, now) {
        Window::Inside => return None,
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

/// Names a time zone as the cause of a difference of hours, give or take some minutes.
fn zone(secs: u64) -> String {
    let hours = (secs + HOUR / 2) / HOUR;
    if (1..=14).contains(&hours) && secs.abs_diff(hours * HOUR) <= 60 {
        format!(", or takes local time for UTC: the difference is {hours} h")
    } else {
        String::new()
    }
}

const HOUR: u64 = 3600;
