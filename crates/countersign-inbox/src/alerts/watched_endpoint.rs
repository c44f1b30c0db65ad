use std::collections::BTreeMap;
use std::time::Duration;

use countersign::UnixTime;

use crate::statistics::{EndpointStatistics, Occurrences, Statistics};

/// An endpoint of the inbox. Each verified delivery is in the statistics once under the name of the endpoint, if a rule of
/// the endpoint leaves it out or there are no subscriptions; otherwise once under the name of each subscription.
pub(crate) struct WatchedEndpoint {
    name: String,
    /// The names under which its events are stored: its own, or those of its subscriptions.
    sources: Vec<String>,
}

impl WatchedEndpoint {
    pub(crate) const fn new(name: String, sources: Vec<String>) -> Self {
        Self { name, sources }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn stores_as(&self, source: &str) -> bool {
        self.sources.iter().any(|name| name == source)
    }

    /// Returns the number of verified deliveries.
    pub(super) fn deliveries(&self, statistics: &Statistics) -> u64 {
        let of_subscriptions = self.of_subscriptions(statistics).map(EndpointStatistics::deliveries);
        self.own(statistics)
            .map_or(0, EndpointStatistics::deliveries)
            .saturating_add(of_subscriptions.max().unwrap_or(0))
    }

    /// Returns the time of the last verified delivery.
    pub(super) fn last_delivery(&self, statistics: &Statistics) -> Option<UnixTime> {
        let all = self.own(statistics).into_iter().chain(self.of_subscriptions(statistics));
        all.filter_map(|of| of.last_delivery).max()
    }

    /// Returns the keys that have verified a delivery lately, with the number of deliveries. Providers that send seldom use
    /// theirs seldom.
    pub(super) fn keys_in_use<'a>(
        &self,
        statistics: &'a Statistics,
        now: UnixTime,
    ) -> BTreeMap<&'a str, u64> {
        let mut keys = BTreeMap::<_, Occurrences>::new();
        for (key, used) in self.of_subscriptions(statistics).flat_map(|of| &of.keys) {
            let most = keys.entry(key.as_str()).or_insert(*used);
            most.count = most.count.max(used.count);
            most.last_at = most.last_at.max(used.last_at);
        }
        for (key, used) in self.own(statistics).into_iter().flat_map(|of| &of.keys) {
            let sum = keys.entry(key.as_str()).or_insert(Occurrences { count: 0, ..*used });
            sum.count = sum.count.saturating_add(used.count);
            sum.last_at = sum.last_at.max(used.last_at);
        }
        let is_in_use = |used: &Occurrences| now.saturating_duration_since(used.last_at) <= KEY_IN_USE;
        keys.into_iter().filter(|(_, used)| is_in_use(used)).map(|(key, used)| (key, used.count)).collect()
    }

    fn own<'a>(&self, statistics: &'a Statistics) -> Option<&'a EndpointStatistics> {
        statistics.sources.get(&self.name)
    }

    fn of_subscriptions<'a>(
        &self,
        statistics: &'a Statistics,
    ) -> impl Iterator<Item = &'a EndpointStatistics> {
        let subscriptions = self.sources.iter().filter(|source| **source != self.name);
        subscriptions.filter_map(|source| statistics.sources.get(source))
    }
}

/// The time for which a key is in use after a delivery.
pub(super) const KEY_IN_USE: Duration = Duration::from_secs(6 * 3600);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{Breakdown, Occurrences, Window};

    /// Returns statistics of deliveries that were left out at these seconds, all of them verified by this key.
    fn statistics<const N: usize>(left_out: [(&str, u64, i64, &str); N]) -> Statistics {
        let mut statistics = Statistics::new(Window::Hour, UnixTime::from_secs(9_000));
        for (source, count, second, key) in left_out {
            let last_at = UnixTime::from_secs(second);
            statistics.add(source, |of| {
                of.last_delivery = of.last_delivery.max(Some(last_at));
                of.add_key(key, Occurrences { count, last_at });
                of.add_breakdown(Breakdown::FilterRule, "types", Occurrences { count, last_at });
            });
        }
        statistics
    }

    #[test]
    fn deliveries_and_uses_of_keys_are_counted_once_for_all_subscriptions() {
        let statistics = statistics([
            ("orders", 2, 8_000, "old"),
            ("orders/a", 3, 8_100, "old"),
            ("orders/b", 3, 8_200, "old"),
            ("orders/b", 4, 8_300, "new"),
            // Another endpoint, and a subscription that is gone.
            ("orders-eu", 50, 8_900, "other"),
            ("orders/gone", 50, 8_900, "other"),
        ]);
        let sources = ["orders/a", "orders/b", "orders/idle"].map(str::to_owned).to_vec();
        let endpoint = WatchedEndpoint::new("orders".to_owned(), sources);
        assert_eq!(endpoint.deliveries(&statistics), 9);
        assert_eq!(endpoint.last_delivery(&statistics), Some(UnixTime::from_secs(8_300)));
        let keys = |second| endpoint.keys_in_use(&statistics, UnixTime::from_secs(second));
        assert_eq!(keys(9_000), BTreeMap::from([("old", 5), ("new", 4)]));
        assert_eq!(keys(8_200 + 6 * 3_600), BTreeMap::from([("old", 5), ("new", 4)]));
        assert_eq!(keys(8_300 + 6 * 3_600), BTreeMap::from([("new", 4)]));
        assert_eq!(keys(8_301 + 6 * 3_600), BTreeMap::new());
        assert!(endpoint.stores_as("orders/a") && !endpoint.stores_as("orders"));
    }

    #[test]
    fn an_endpoint_without_subscriptions_counts_its_own() {
        let statistics = statistics([("orders", 2, 8_000, "old"), ("orders/a", 3, 8_100, "old")]);
        let endpoint = WatchedEndpoint::new("orders".to_owned(), vec!["orders".to_owned()]);
        assert_eq!(endpoint.deliveries(&statistics), 2);
        assert_eq!(endpoint.last_delivery(&statistics), Some(UnixTime::from_secs(8_000)));
        let keys = endpoint.keys_in_use(&statistics, UnixTime::from_secs(9_000));
        assert_eq!(keys, BTreeMap::from([("old", 2)]));
        assert!(endpoint.stores_as("orders"));
    }
}
