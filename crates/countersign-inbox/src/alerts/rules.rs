use std::time::Duration;

use countersign::{ConfigError, UnixTime};

use super::alert::AlertCause;
use super::watched_endpoint::WatchedEndpoint;
use crate::statistics::Statistics;

/// The thresholds of alerts. The defaults are those of the rules for Prometheus in `monitoring/alerts.yml`, which count
/// all processes together, while these count one process; the age of the backlog is
/// [`InboxBuilder::with_max_backlog_age`](crate::InboxBuilder::with_max_backlog_age).
///
/// | condition | default |
/// |---|---|
/// | failed attempts within 15 minutes, for 5 minutes | more than half, and at least 5 |
/// | dead letters within 15 minutes | 1 |
/// | age of the oldest due event, for 5 minutes | more than 5 minutes |
/// | rejected requests within 10 minutes, for 5 minutes | more than a tenth, and at least 5 |
/// | time without a verified delivery, after at least 10 within 7 days | 1 day |
/// | keys that were to be replaced, with two deliveries that are at most 6 hours apart | names that begin with `old` or `previous` |
/// | an open circuit | at once |
/// | a store that does not answer | for 2 minutes |
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an inbox takes them"]
pub struct AlertRules {
    failures: Share,
    rejections: Share,
    dead_letters: u64,
    silence: Duration,
    old_keys: Vec<String>,
    interval: Duration,
}

/// More than this share, and at least so many.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Share {
    share: f64,
    least: u64,
}

impl AlertRules {
    /// Sets the share of failed attempts, from 0 and below 1, above which an alert fires, and their least number.
    pub const fn with_failures(mut self, share: f64, least: u64) -> Self {
        self.failures = Share { share, least };
        self
    }

    /// Sets the share of rejected requests, from 0 and below 1, above which an alert fires, and their least number. Attackers
    /// can send any number of requests: a low number alerts often on a public endpoint.
    pub const fn with_rejections(mut self, share: f64, least: u64) -> Self {
        self.rejections = Share { share, least };
        self
    }

    /// Sets the number of dead letters.
    pub const fn with_dead_letters(mut self, count: u64) -> Self {
        self.dead_letters = count;
        self
    }

    /// Sets the time without a verified delivery after which an endpoint is silent: at most 6 days, because the
    /// deliveries of the last 7 are known. [`Duration::MAX`] is never.
    pub const fn with_silence(mut self, silence: Duration) -> Self {
        self.silence = silence;
        self
    }

    /// Sets the beginnings of the names of keys that are to be replaced.
    pub fn with_old_keys<T: Into<String>>(mut self, prefixes: impl IntoIterator<Item = T>) -> Self {
        self.old_keys = prefixes.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the least time between two alerts of the same condition. A condition that begins and ends more often is
    /// reported with its state after that time. The default is 5 minutes.
    pub const fn with_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    pub(super) const fn interval(&self) -> Duration {
        self.interval
    }

    /// Returns the alert of failed attempts within 15 minutes. The pattern is that of the latest failure, if it is known.
    pub(super) fn repeated_failures(
        &self,
        source: &str,
        (failed, attempts): (u64, u64),
        pattern: Option<String>,
    ) -> Option<AlertCause> {
        let source = || source.to_owned();
        let cause = || AlertCause::RepeatedFailures { source: source(), failed, attempts, pattern };
        self.failures.is_exceeded(failed, attempts).then(cause)
    }

    /// Returns the alert of dead letters within 15 minutes.
    pub(super) fn new_dead_letters(&self, source: &str, count: u64) -> Option<AlertCause> {
        (count >= self.dead_letters).then(|| AlertCause::DeadLetters { source: source.to_owned(), count })
    }

    /// Returns whether so many of the requests are rejected that this is an alert.
    pub(super) fn is_often_rejected(&self, rejected: u64, requests: u64) -> bool {
        self.rejections.is_exceeded(rejected, requests)
    }

    /// Returns the alert of an endpoint that had deliveries in the week before this time, and has none any more.
    pub(super) fn silent_endpoint(
        &self,
        endpoint: &WatchedEndpoint,
        week: &Statistics,
        now: UnixTime,
    ) -> Option<AlertCause> {
        let last = endpoint.last_delivery(week).filter(|_| endpoint.deliveries(week) >= MANY)?;
        let silent = now.saturating_duration_since(last);
        let source = || endpoint.name().to_owned();
        let cause = || AlertCause::SilentEndpoint { source: source(), silent_seconds: silent.as_secs() };
        (silent > self.silence).then(cause)
    }

    /// Returns the alerts of keys that were to be replaced and are still used.
    pub(super) fn old_keys_in_use(
        &self,
        endpoint: &WatchedEndpoint,
        week: &Statistics,
        now: UnixTime,
    ) -> Vec<AlertCause> {
        let is_old = |key: &str| self.old_keys.iter().any(|prefix| key.starts_with(prefix.as_str()));
        let in_use = endpoint.keys_in_use(week, now).into_iter().filter(|(key, _)| is_old(key));
        in_use
            .map(|(key, count)| {
                let (source, key) = (endpoint.name().to_owned(), key.to_owned());
                AlertCause::OldKeyInUse { source, key, count }
            })
            .collect()
    }

    /// Checks that each threshold can be exceeded, and is not exceeded at once. An inbox does so when it is built.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for a share below 0 or from 1 on, a least number of 0, a silence of 0 or of more than 6 days, and an empty beginning of
    /// names of keys.
    pub fn check(&self) -> Result<(), ConfigError> {
        let is_share = |of: Share| (0.0..1.0).contains(&of.share);
        let problem = if !is_share(self.failures) || !is_share(self.rejections) {
            "a share is at least 0 and below 1: from 1 on, nothing ever fires"
        } else if self.failures.least == 0 || self.rejections.least == 0 || self.dead_letters == 0 {
            "a least number of 0 fires without any failure: 1 at least"
        } else if self.silence.is_zero() {
            "with a silence of 0, every endpoint is silent: `Duration::MAX` is never"
        } else if self.silence > LONGEST_SILENCE && self.silence != Duration::MAX {
            "a silence above 6 days never fires, because the deliveries of the last 7 days are known: `Duration::MAX` is \
             never"
        } else if self.old_keys.iter().any(String::is_empty) {
            "every name of a key begins with an empty text: leave it out"
        } else {
            return Ok(());
        };
        Err(ConfigError::new("alert rules", problem))
    }
}

impl Default for AlertRules {
    fn default() -> Self {
        Self {
            failures: Share { share: 0.5, least: 5 },
            rejections: Share { share: 0.1, least: 5 },
            dead_letters: 1,
            silence: Duration::from_secs(24 * 3600),
            old_keys: ["old", "previous"].map(str::to_owned).to_vec(),
            interval: Duration::from_secs(300),
        }
    }
}

impl Share {
    fn is_exceeded(self, part: u64, all: u64) -> bool {
        part >= self.least && part as f64 > self.share * all as f64
    }
}

const LONGEST_SILENCE: Duration = Duration::from_secs(6 * 24 * 3600);
/// Deliveries within 7 days, fewer than which say nothing about a silence.
const MANY: u64 = 10;
