//! The limit on attempts of an endpoint within a period.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::ops::RateLimit;

/// The attempts of the last period. A window that slides, instead of tokens that are refilled: the limit holds in
/// every period, also after an idle time.
pub(super) struct RateLimiter(Mutex<Window>);

struct Window {
    /// `None` if there is no limit.
    limit: Option<RateLimit>,
    /// The times at which attempts began, the oldest first. Empty without a limit.
    begun: VecDeque<Instant>,
}

impl RateLimiter {
    pub(super) const fn new(limit: Option<RateLimit>) -> Self {
        Self(Mutex::new(Window { limit, begun: VecDeque::new() }))
    }

    /// Replaces the limit, and returns whether it is another one. Attempts that began under the former one count.
    pub(super) fn set(&self, limit: Option<RateLimit>) -> bool {
        let mut window = self.window();
        if window.limit == limit {
            return false;
        }
        if limit.is_none() {
            window.begun.clear();
        }
        window.limit = limit;
        true
    }

    /// Returns the number of attempts that may begin now, or the time from which one may.
    pub(super) fn room(&self, now: Instant) -> Result<usize, Instant> {
        let Window { limit, begun } = &mut *self.window();
        let Some(limit) = limit else { return Ok(usize::MAX) };
        while begun.front().is_some_and(|at| now.saturating_duration_since(*at) >= limit.per()) {
            begun.pop_front();
        }
        let most = limit.attempts() as usize;
        // More than the limit, if the store returned more events than requested, or the limit was larger.
        match begun.len().checked_sub(most).and_then(|surplus| begun.get(surplus)) {
            Some(at) => Err(*at + limit.per()),
            None => Ok(most - begun.len()),
        }
    }

    /// Records attempts that begin now.
    pub(super) fn begin(&self, attempts: usize, now: Instant) {
        let mut window = self.window();
        if window.limit.is_some() {
            window.begun.extend(std::iter::repeat_n(now, attempts));
        }
    }

    /// Nothing panics while it has the lock.
    fn window(&self) -> MutexGuard<'_, Window> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_period_has_more_attempts_than_the_limit_and_no_room_is_left_unused(
            attempts in 1_u32..6,
            per in 1_u64..50,
            steps in prop::collection::vec((0_u64..30, 0_usize..8), 1..60),
        ) {
            let per = Duration::from_millis(per);
            let limiter = RateLimiter::new(Some(RateLimit::unchecked(attempts, per)));
            let (mut now, mut all) = (Instant::now(), Vec::<Instant>::new());
            for (pause, wanted) in steps {
                now += Duration::from_millis(pause);
                let recent = |at: &&Instant| now.duration_since(**at) < per;
                let free = attempts as usize - all.iter().filter(recent).count();
                match limiter.room(now) {
                    Ok(room) => {
                        prop_assert_eq!(room, free);
                        let begins = wanted.min(room);
                        limiter.begin(begins, now);
                        all.extend(std::iter::repeat_n(now, begins));
                    }
                    Err(at) => {
                        prop_assert!(free == 0 && at > now);
                        prop_assert!(limiter.room(at - Duration::from_nanos(1)).is_err());
                        // As an attempt may begin then, time goes on to it.
                        now = at;
                        prop_assert!(limiter.room(now).is_ok());
                    }
                }
            }
            for first in &all {
                let within = all.iter().filter(|at| **at >= *first && **at < *first + per).count();
                prop_assert!(within <= attempts as usize);
            }
        }
    }

    #[tokio::test]
    async fn more_attempts_than_the_limit_are_waited_for() {
        let (limiter, now) =
            (RateLimiter::new(Some(RateLimit::unchecked(2, Duration::from_secs(9)))), Instant::now());
        limiter.begin(1, now);
        let later = now + Duration::from_secs(1);
        limiter.begin(3, later);
        assert_eq!(limiter.room(later), Err(later + Duration::from_secs(9)));
        assert_eq!(limiter.room(later + Duration::from_secs(9)), Ok(2));
    }

    #[tokio::test]
    async fn another_limit_counts_what_began_before_and_without_one_there_is_room() {
        let (limiter, now) = (RateLimiter::new(None), Instant::now());
        let limit = |attempts, secs| Some(RateLimit::unchecked(attempts, Duration::from_secs(secs)));
        limiter.begin(1000, now);
        assert_eq!(limiter.room(now), Ok(usize::MAX));
        limiter.set(limit(3, 10));
        limiter.begin(2, now);
        assert_eq!(limiter.room(now), Ok(1));
        limiter.set(limit(1, 20));
        assert_eq!(limiter.room(now), Err(now + Duration::from_secs(20)));
        limiter.set(limit(1, 5));
        assert_eq!(limiter.room(now + Duration::from_secs(5)), Ok(1));
        limiter.set(None);
        assert_eq!(limiter.room(now), Ok(usize::MAX));
    }
}
