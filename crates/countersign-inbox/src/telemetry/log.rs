use std::any::Any;
use std::time::Duration;

use tracing::warn;

/// Logs a retention that is valid, but short.
pub(crate) fn short_retention(source: &str, kept: Duration, recommended: Duration) {
    let (kept_secs, recommended_secs) = (kept.as_secs(), recommended.as_secs());
    warn!(
        target: TARGET, source, kept_secs, recommended_secs,
        "the retention of ids is short: a delivery that the provider sends again by hand or after an outage may be handled twice"
    );
}

/// Returns the message of a panic.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

pub(crate) const TARGET: &str = "countersign";
