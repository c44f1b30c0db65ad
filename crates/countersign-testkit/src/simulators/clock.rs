use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign::{Clock, SystemClock, UnixTime};
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};
use tokio::time::{Instant, sleep};

/// The clock of a simulation: real, fast-forwarded, stepping, or any other.
#[derive(Clone)]
pub struct SimulationClock {
    pace: Pace,
}

#[derive(Clone)]
enum Pace {
    /// The clock of another, which tokio's time follows.
    Following(Arc<dyn Clock>),
    Fast {
        speed: f64,
        start: UnixTime,
        since: Instant,
    },
    Stepping(SteppingClock),
}

/// A clock that moves only when it is advanced, or when a simulation waits: a week of retries takes milliseconds.
///
/// Share it with the receiver under test, so that signatures are as fresh there as they would be.
#[derive(Clone, Debug)]
pub struct SteppingClock {
    now: Arc<Mutex<UnixTime>>,
}

impl SimulationClock {
    /// Returns the clock of the operating system.
    #[must_use]
    pub fn real() -> Self {
        Self::following(SystemClock)
    }

    /// Returns a clock that runs `speed` times as fast: at 1000, an hour of waiting takes 3.6 s. Events and signatures are
    /// dated with the real time, because receivers would reject timestamps from the future.
    #[must_use]
    pub fn fast(speed: f64) -> Self {
        let speed = if speed.is_finite() { speed.clamp(0.001, 1e9) } else { 1.0 };
        Self { pace: Pace::Fast { speed, start: SystemClock.now(), since: Instant::now() } }
    }

    /// Returns a clock that jumps to the next attempt instead of waiting for it.
    #[must_use]
    pub fn stepping(clock: &SteppingClock) -> Self {
        Self { pace: Pace::Stepping(clock.clone()) }
    }

    /// Returns a simulation of another clock, for example [`TokioClock`](crate::TokioClock). Pauses are those of tokio.
    #[must_use]
    pub fn following(clock: impl Clock + 'static) -> Self {
        Self { pace: Pace::Following(Arc::new(clock)) }
    }

    /// Returns the time with which events and signatures are dated.
    #[must_use]
    pub fn stamp(&self) -> UnixTime {
        match &self.pace {
            Pace::Fast { .. } => SystemClock.now(),
            _ => self.now(),
        }
    }

    /// Waits until this time. A stepping clock jumps there.
    pub async fn sleep_until(&self, time: UnixTime) {
        let pause = time.saturating_duration_since(self.now());
        match &self.pace {
            Pace::Following(_) => sleep(pause).await,
            Pace::Fast { speed, .. } => sleep(pause.div_f64(*speed)).await,
            Pace::Stepping(clock) => clock.jump_to(time),
        }
    }

    /// Returns the clock that jumps, if it is one.
    pub(super) const fn as_stepping(&self) -> Option<&SteppingClock> {
        match &self.pace {
            Pace::Stepping(clock) => Some(clock),
            Pace::Following(_) | Pace::Fast { .. } => None,
        }
    }
}

impl Default for SimulationClock {
    fn default() -> Self {
        Self::real()
    }
}

impl Clock for SimulationClock {
    fn now(&self) -> UnixTime {
        match &self.pace {
            Pace::Following(clock) => clock.now(),
            Pace::Fast { speed, start, since } => start.saturating_add(since.elapsed().mul_f64(*speed)),
            Pace::Stepping(clock) => clock.now(),
        }
    }
}

impl fmt::Debug for SimulationClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulationClock").field("now", &self.now()).finish_non_exhaustive()
    }
}

impl SteppingClock {
    /// Creates a clock that shows this time.
    #[must_use]
    pub fn starting_at(start: UnixTime) -> Self {
        Self { now: Arc::new(Mutex::new(start)) }
    }

    /// Moves the clock.
    pub fn advance(&self, time: Duration) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(time);
    }

    /// Moves the clock to this time, unless it is past.
    pub(super) fn jump_to(&self, time: UnixTime) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = time.max(*now);
    }
}

impl Clock for SteppingClock {
    fn now(&self) -> UnixTime {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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
