use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Limits the rows of successes of a source: the first ones of each second have a row.
#[derive(Debug)]
pub(crate) struct SuccessSampler {
    per_second: u32,
    window: Mutex<Window>,
}

#[derive(Debug)]
struct Window {
    began: Instant,
    recorded: u32,
}

impl SuccessSampler {
    pub(crate) fn new(per_second: u32) -> Self {
        Self { per_second, window: Mutex::new(Window { began: Instant::now(), recorded: 0 }) }
    }

    /// Returns whether a success at this time has a row.
    pub(crate) fn admits(&self, now: Instant) -> bool {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(window.began) >= SECOND {
            *window = Window { began: now, recorded: 0 };
        }
        let is_admitted = window.recorded < self.per_second;
        window.recorded += u32::from(is_admitted);
        is_admitted
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_of_each_second_are_admitted() {
        let sampler = SuccessSampler::new(3);
        let start = Instant::now();
        for second in 0..3_u64 {
            let at = |millis: u64| start + Duration::from_millis(second * 1100 + millis);
            let admitted = (0..10).filter(|nth| sampler.admits(at(nth * 10))).count();
            assert_eq!(admitted, 3, "second {second}");
        }
        assert!(!SuccessSampler::new(0).admits(start));
    }
}
