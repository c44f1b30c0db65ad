use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{
    ErrorPattern, Increment, InlineAttempt, InlineFilter, Page, StoredInlineAttempt, error_pattern,
};

use super::rows::Rows;

impl Rows {
    /// Adds the rows of attempts in inline mode, and counts the failures among them by their kind.
    pub(super) fn add_inline_attempts(&mut self, increments: &[Increment], now: UnixTime) {
        for increment in increments {
            for (ago, attempt) in &increment.inline_attempts {
                self.add_inline_attempt(&increment.source, *ago, attempt, now);
            }
        }
    }

    fn add_inline_attempt(&mut self, source: &str, ago: Duration, attempt: &InlineAttempt, now: UnixTime) {
        let ended_at = UnixTime::from_millis(now.as_millis() - ago.as_millis() as i64);
        self.last_inline_attempt += 1;
        self.inline_attempts.push(StoredInlineAttempt {
            id: self.last_inline_attempt,
            source: source.to_owned(),
            ended_at,
            attempt: attempt.clone(),
        });
        if attempt.has_failed() {
            self.count_error(ErrorPattern {
                source: source.to_owned(),
                event_type: attempt.event_type.clone(),
                failure: attempt.failure,
                pattern: error_pattern(attempt.error.as_deref().unwrap_or_default()),
                count: 1,
                first_at: ended_at,
                last_at: ended_at,
                example: None,
            });
        }
    }

    pub(super) fn inline_attempts(&self, filter: &InlineFilter, page: Page) -> Vec<StoredInlineAttempt> {
        let is_meant = |of: &&StoredInlineAttempt| {
            filter.has(&of.source, &of.attempt) && page.after.is_none_or(|last| of.id < last)
        };
        self.inline_attempts.iter().rev().filter(is_meant).take(page.limit).cloned().collect()
    }
}
