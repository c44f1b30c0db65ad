use std::collections::BTreeMap;
use std::time::Duration;

use super::alert::AlertCause;
use super::conditions::Conditions;
use super::rules::AlertRules;
use super::watched_endpoint::WatchedEndpoint;
use crate::ops::Stats;
use crate::statistics::Statistics;

impl AlertRules {
    /// Returns the conditions that hold now according to a store: [`BacklogAge`](AlertCause::BacklogAge), with
    /// this limit, [`SilentEndpoint`](AlertCause::SilentEndpoint) and [`OldKeyInUse`](AlertCause::OldKeyInUse). For views of operators,
    /// which see no process: nothing is waited for, so that a condition is listed before its alert fires. The statistics are those
    /// of the last hour and of the last 7 days.
    ///
    /// A name such as `orders/billing` is a subscription of the endpoint `orders`.
    #[must_use]
    pub fn of_store(
        &self,
        stats: &Stats,
        hour: &Statistics,
        week: &Statistics,
        max_backlog_age: Duration,
    ) -> Vec<AlertCause> {
        let counted = stats.sources.iter().map(|of| &of.source);
        let endpoints = endpoints(counted.chain(week.sources.keys()).map(String::as_str));
        let mut conditions = Conditions::new(self.clone(), max_backlog_age, endpoints);
        conditions.backlog(stats);
        conditions.statistics(hour, week);
        conditions.held().into_iter().map(|held| held.cause).collect()
    }
}

/// Groups the names under which events are stored by endpoint.
fn endpoints<'a>(names: impl Iterator<Item = &'a str>) -> Vec<WatchedEndpoint> {
    let mut found = BTreeMap::<&str, Vec<String>>::new();
    for name in names {
        let endpoint = name.rsplit_once('/').map_or(name, |(endpoint, _)| endpoint);
        let sources = found.entry(endpoint).or_default();
        if !sources.iter().any(|known| known == name) {
            sources.push(name.to_owned());
        }
    }
    found.into_iter().map(|(name, sources)| WatchedEndpoint::new(name.to_owned(), sources)).collect()
}

#[cfg(test)]
mod tests {
    use countersign::UnixTime;

    use super::*;
    use crate::ops::{Pause, SourceStats};
    use crate::statistics::{Occurrences, Window};

    const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

    fn waiting(source: &str, seconds: u64) -> SourceStats {
        let oldest_due = Some(Duration::from_secs(seconds));
        SourceStats { source: source.to_owned(), ready: 1, oldest_due, ..SourceStats::default() }
    }

    fn kinds(stats: &Stats, hour: &Statistics, week: &Statistics) -> Vec<String> {
        let held = AlertRules::default().of_store(stats, hour, week, Duration::from_secs(300));
        held.iter().map(AlertCause::key).collect()
    }

    #[test]
    fn what_the_store_shows_is_listed_for_each_endpoint_and_subscription() {
        let [mut hour, mut week] = [Window::Hour, Window::Week].map(|window| Statistics::new(window, NOW));
        assert!(kinds(&Stats::default(), &hour, &week).is_empty());
        let last_at = UnixTime::from_secs(NOW.as_secs() - 90_000);
        for source in ["orders/billing", "orders/mail"] {
            week.add(source, |of| (of.counts.accepted, of.last_delivery) = (10, Some(last_at)));
        }
        week.add("refunds", |of| (of.counts.accepted, of.last_delivery) = (9, Some(last_at)));
        hour.add("refunds", |of| of.add_key("old-2025", Occurrences { count: 2, last_at: NOW }));
        let pause = Pause {
            source: "audits".to_owned(),
            since: NOW,
            until: None,
            actor: "ada".to_owned(),
            reason: None,
        };
        let stats = Stats {
            sources: vec![waiting("orders/billing", 301), waiting("refunds", 300), waiting("audits", 9000)],
            pauses: vec![pause],
        };
        let expected =
            ["backlog_age/orders/billing", "silent_endpoint/orders", "old_key_in_use/refunds/old-2025"];
        assert_eq!(kinds(&stats, &hour, &week), expected);
    }
}
