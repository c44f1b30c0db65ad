use std::str::FromStr;
use std::time::Duration;

use clap::Args;
#[cfg(test)]
use countersign_inbox::InboxBuilder;
use countersign_inbox::{AlertRules, EndpointHealth, Observation};

use crate::error::CliError;

/// The thresholds of the health of endpoints, with the defaults of alerts.
#[derive(Args, Clone, Debug)]
pub(crate) struct AlertArgs {
    /// An endpoint fails if more than this share of its attempts failed within 15 minutes
    #[arg(long, value_name = "SHARE", default_value = "50%", value_parser = share, help_heading = ALERTS)]
    max_failures: Share,
    /// ... and at least this many
    #[arg(long, value_name = "COUNT", default_value_t = 5, help_heading = ALERTS)]
    least_failures: u64,
    /// An endpoint fails if more than this share of the requests to it was rejected
    #[arg(long, value_name = "SHARE", default_value = "10%", value_parser = share, help_heading = ALERTS)]
    max_rejections: Share,
    /// ... and at least this many
    #[arg(long, value_name = "COUNT", default_value_t = 5, help_heading = ALERTS)]
    least_rejections: u64,
    /// An endpoint fails if this many of its events became dead letters within 15 minutes
    #[arg(long, value_name = "COUNT", default_value_t = 1, help_heading = ALERTS)]
    dead_letters: u64,
    /// An endpoint is silent after this time without a verified delivery, at most 6d; `never`
    #[arg(long, value_name = "DURATION", default_value = "1d", value_parser = silence, help_heading = ALERTS)]
    silence: Duration,
    /// The beginning of the names of keys that are to be replaced; repeatable
    #[arg(long = "old-key", value_name = "PREFIX", default_values = ["old", "previous"], help_heading = ALERTS)]
    old_keys: Vec<String>,
    /// An endpoint fails if its oldest due event has waited for longer
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = humantime::parse_duration, help_heading = ALERTS)]
    max_backlog_age: Duration,
}

/// The thresholds, as the health of endpoints takes them.
#[derive(Clone, Debug)]
#[cfg_attr(test, derive(PartialEq))]
pub(crate) struct Thresholds {
    pub(crate) rules: AlertRules,
    pub(crate) max_backlog_age: Duration,
}

impl Thresholds {
    /// Returns the health of all endpoints.
    pub(crate) fn health(&self, observation: &Observation) -> Vec<EndpointHealth> {
        observation.health(&self.rules, self.max_backlog_age)
    }
}

impl AlertArgs {
    /// Returns the thresholds, unless one of them never fires or always does.
    pub(crate) fn thresholds(&self) -> Result<Thresholds, CliError> {
        let rules = AlertRules::default()
            .with_failures(self.max_failures.0, self.least_failures)
            .with_rejections(self.max_rejections.0, self.least_rejections)
            .with_dead_letters(self.dead_letters)
            .with_silence(self.silence)
            .with_old_keys(self.old_keys.clone());
        rules.check().map_err(|error| CliError::Usage(error.to_string()))?;
        Ok(Thresholds { rules, max_backlog_age: self.max_backlog_age })
    }
}

#[cfg(test)]
impl Default for Thresholds {
    fn default() -> Self {
        Self { rules: AlertRules::default(), max_backlog_age: InboxBuilder::MAX_BACKLOG_AGE }
    }
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Share(f64);

/// Reads `50%` or `0.5`.
fn share(text: &str) -> Result<Share, String> {
    let read = |text: &str| f64::from_str(text.trim()).ok().filter(|share| share.is_finite());
    let share = match text.strip_suffix('%') {
        Some(percent) => read(percent).map(|percent| percent / 100.0),
        None => read(text),
    };
    share.map(Share).ok_or_else(|| "expected a share, such as 50% or 0.5".to_owned())
}

fn silence(text: &str) -> Result<Duration, String> {
    if text == "never" {
        return Ok(Duration::MAX);
    }
    humantime::parse_duration(text).map_err(|error| error.to_string())
}

const ALERTS: &str = "Thresholds of health";

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        alerts: AlertArgs,
    }

    fn parsed(words: &[&str]) -> Result<Thresholds, String> {
        let line = Line::try_parse_from([&["command"], words].concat()).map_err(|error| error.to_string())?;
        line.alerts.thresholds().map_err(|error| error.to_string())
    }

    #[test]
    fn without_options_the_thresholds_are_those_of_alerts() {
        assert_eq!(parsed(&[]), Ok(Thresholds::default()));
    }

    #[test]
    fn each_option_is_a_threshold() {
        let given = [
            ["--max-failures", "12.5%"],
            ["--least-failures", "7"],
            ["--max-rejections", "0.25"],
            ["--least-rejections", "8"],
            ["--dead-letters", "9"],
            ["--silence", "never"],
            ["--old-key", "2025"],
            ["--old-key", "2024"],
            ["--max-backlog-age", "90s"],
        ];
        let rules = AlertRules::default()
            .with_failures(0.125, 7)
            .with_rejections(0.25, 8)
            .with_dead_letters(9)
            .with_silence(Duration::MAX)
            .with_old_keys(["2025", "2024"]);
        let expected = Thresholds { rules, max_backlog_age: Duration::from_secs(90) };
        assert_eq!(parsed(given.as_flattened()), Ok(expected));
    }

    #[test]
    fn what_never_fires_or_always_does_is_refused() {
        for (name, value) in [
            ("--max-failures", "100%"),
            ("--max-failures", "-1%"),
            ("--max-rejections", "half"),
            ("--max-rejections", "NaN"),
            ("--least-failures", "0"),
            ("--dead-letters", "0"),
            ("--silence", "7d"),
            ("--silence", "0s"),
            ("--old-key", ""),
        ] {
            assert!(parsed(&[&format!("{name}={value}")]).is_err(), "{name} {value}");
        }
    }
}
