use std::collections::BTreeMap;

use countersign::UnixTime;

use super::{DeliveryCounts, Span, Window};

/// The numbers of deliveries and attempts of each endpoint over a [window](Window), span by span: per minute for the last hour,
/// per hour for the longer windows.
///
/// ```
/// use countersign::UnixTime;
/// use countersign_inbox::{DeliveryCounts, Series, Window};
///
/// let now = UnixTime::from_secs(1_700_000_000);
/// let mut series = Series::new(Window::Hour, now);
/// series.add("orders", now, &DeliveryCounts { accepted: 3, ..DeliveryCounts::default() });
/// let orders = series.of("orders");
/// assert_eq!((orders.len(), orders.last().map(|minute| minute.accepted)), (61, Some(3)));
/// assert!(series.of("refunds").is_empty());
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Series {
    span: Span,
    since: UnixTime,
    length: usize,
    sources: BTreeMap<String, Vec<DeliveryCounts>>,
}

impl Series {
    /// Creates a series without endpoints, for the window that ends now. For stores.
    #[must_use]
    pub fn new(window: Window, now: UnixTime) -> Self {
        let span = window.series_span();
        let whole = i64::try_from(window.length().as_millis()).unwrap_or(i64::MAX);
        let since = span.start(UnixTime::from_millis(now.as_millis().saturating_sub(whole)));
        let mut series = Self { span, since, length: 0, sources: BTreeMap::new() };
        series.length = series.position(now).map_or(0, |last| last + 1);
        series
    }

    /// Adds numbers that were counted at a time. Those before the series or behind its end are left out. For stores.
    pub fn add(&mut self, source: impl Into<String>, at: UnixTime, counts: &DeliveryCounts) {
        let Some(position) = self.position(at).filter(|position| *position < self.length) else { return };
        let length = self.length;
        let known = self.sources.entry(source.into());
        let known = known.or_insert_with(|| vec![DeliveryCounts::default(); length]);
        if let Some(of) = known.get_mut(position) {
            of.merge(counts);
        }
    }

    /// Returns the span that each item covers.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// Returns the start of the first item.
    #[must_use]
    pub const fn since(&self) -> UnixTime {
        self.since
    }

    /// Returns the names of the endpoints that counted anything within the window.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.sources.keys().map(String::as_str)
    }

    /// Returns the numbers of an endpoint, an item per span, the earliest first; the last span is still counting. Nothing for
    /// an endpoint that was silent.
    #[must_use]
    pub fn of(&self, source: &str) -> &[DeliveryCounts] {
        self.sources.get(source).map_or(&[], Vec::as_slice)
    }

    fn position(&self, at: UnixTime) -> Option<usize> {
        let span = i64::try_from(self.span.length().as_millis()).ok()?;
        let behind = at.as_millis().checked_sub(self.since.as_millis())?;
        usize::try_from(behind.checked_div_euclid(span)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn everything_within_the_window_is_in_one_item_and_nothing_else_is(
            now in 0..4_000_000_000_000_i64,
            age in -100_000_000..800_000_000_i64,
        ) {
            let (now, at) = (UnixTime::from_millis(now), UnixTime::from_millis(now.saturating_sub(age)));
            for window in Window::ALL {
                let mut series = Series::new(window, now);
                series.add("orders", at, &DeliveryCounts { done: 2, ..DeliveryCounts::default() });
                let start = series.span().start(at);
                let is_within = start >= series.since() && start <= series.span().start(now);
                let sum: u64 = series.of("orders").iter().map(|of| of.done).sum();
                prop_assert_eq!(sum, if is_within { 2 } else { 0 });
                prop_assert_eq!(series.sources().count(), usize::from(is_within));
                prop_assert!(now.saturating_duration_since(series.since()) >= window.length());
                prop_assert!(now.saturating_duration_since(series.since()) < series.span().retention());
            }
        }
    }
}
