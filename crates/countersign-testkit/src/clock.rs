use countersign::{Clock, UnixTime};
use tokio::time::Instant;

/// A clock that follows the time of tokio: under `#[tokio::test(start_paused = true)]` it moves only while every task
/// waits, so that a test of hours takes milliseconds.
///
/// ```
/// use std::time::Duration;
///
/// use countersign::{Clock, UnixTime};
/// use countersign_testkit::TokioClock;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// let clock = TokioClock::starting_at(UnixTime::from_secs(1_700_000_000));
/// tokio::time::sleep(Duration::from_secs(3600)).await;
/// assert_eq!(clock.now().as_secs(), 1_700_003_600);
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TokioClock {
    start: UnixTime,
    since: Instant,
}

impl TokioClock {
    /// Creates a clock that shows this time now.
    #[must_use]
    pub fn starting_at(start: UnixTime) -> Self {
        Self { start, since: Instant::now() }
    }
}

impl Default for TokioClock {
    /// A clock that starts at the system time.
    fn default() -> Self {
        Self::starting_at(std::time::SystemTime::now().into())
    }
}

impl Clock for TokioClock {
    fn now(&self) -> UnixTime {
        self.start.saturating_add(self.since.elapsed())
    }
}
