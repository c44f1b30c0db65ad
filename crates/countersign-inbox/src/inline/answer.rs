use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, header};

use super::shared::Shared;
use crate::refusal::RefusalKind;

/// The header that names the reason why a handler did not run: `done` or `replayed`; at an inbox also the state of
/// the stored event: `ready`, `running` or `dead`.
pub const DUPLICATE: HeaderName = HeaderName::from_static("x-webhook-duplicate");

pub(super) const DONE: HeaderValue = HeaderValue::from_static("done");
pub(super) const REPLAYED: HeaderValue = HeaderValue::from_static("replayed");

impl Shared {
    /// Returns the response to a duplicate.
    pub(super) fn duplicate(&self, why: HeaderValue) -> Response<Bytes> {
        let mut response = self.options.duplicate_response.clone();
        response.headers_mut().insert(DUPLICATE, why);
        response
    }

    /// Returns a problem document, with `Retry-After` if a retry helps: at most the remaining time of the lease.
    pub(super) fn refuse(&self, kind: RefusalKind, lease_ends_in: Option<Duration>) -> Response<Bytes> {
        let mut response = kind.response_in_style(&self.style);
        if response.headers().contains_key(header::RETRY_AFTER) {
            let wait = self.options.retry_after;
            let wait = lease_ends_in.map_or(wait, |left| left.min(wait));
            response.headers_mut().insert(header::RETRY_AFTER, whole_seconds(wait).into());
        }
        response
    }
}

/// Rounds up to at least one second: 0 would invite an immediate retry.
fn whole_seconds(duration: Duration) -> u64 {
    let up = u64::from(duration.subsec_nanos() > 0);
    duration.as_secs().saturating_add(up).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_rounded_up_to_whole_seconds() {
        for (millis, secs) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (5000, 5)] {
            assert_eq!(whole_seconds(Duration::from_millis(millis)), secs, "{millis}");
        }
    }
}
