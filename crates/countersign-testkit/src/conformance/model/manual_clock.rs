use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use countersign::{Clock, UnixTime};
use countersign_inbox::StoreFuture;

use crate::conformance::inbox::driver::ok;

/// A manual clock.
pub(super) struct ManualClock(AtomicI64);

impl ManualClock {
    pub(super) const fn new() -> Self {
        Self(AtomicI64::new(1_700_000_000_000))
    }

    pub(super) fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.0.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// Returns the answer of the reference, which is always ready.
#[expect(clippy::panic, reason = "the end of a test")]
pub(super) fn at_once<T>(mut future: StoreFuture<'_, T>) -> T {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => ok(done),
        Poll::Pending => panic!("the reference is late"),
    }
}

/// Clocks move in whole minutes, and requested durations end halfway between two of them, so that elapsed real time
/// below half a minute does not matter.
pub(super) const HALF: Duration = Duration::from_secs(30);

pub(super) const fn minutes(count: u32) -> Duration {
    Duration::from_secs(60 * count as u64)
}

/// Returns the duration in half minutes; the remainder is elapsed real time.
pub(super) fn halves(duration: Duration) -> u128 {
    duration.as_millis() / HALF.as_millis()
}
