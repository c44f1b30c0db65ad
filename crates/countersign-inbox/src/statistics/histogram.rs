use std::fmt;
use std::time::Duration;

/// The number of durations by size, in buckets whose bounds grow by half: from 1 ms to 8 days, and one bucket for what is
/// longer. The bounds are fixed, so that the numbers of several processes and versions can be added.
///
/// ```
/// use std::time::Duration;
///
/// use countersign_inbox::Histogram;
///
/// let mut histogram = Histogram::default();
/// (1..=100).for_each(|millis| histogram.record(Duration::from_millis(millis)));
/// assert_eq!(histogram.quantile(0.5), Some(Duration::from_millis(62)));
/// assert_eq!(histogram.quantile(0.99), Some(Duration::from_millis(140)));
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Histogram {
    counts: [u64; BOUNDS.len() + 1],
}

impl Histogram {
    /// Adds a duration.
    pub fn record(&mut self, duration: Duration) {
        let millis = duration.as_nanos().div_ceil(1_000_000);
        let bucket = BOUNDS.partition_point(|bound| u128::from(*bound) < millis);
        self.add(bucket, 1);
    }

    /// Adds the numbers of another histogram.
    pub fn merge(&mut self, other: &Self) {
        other.counts.iter().enumerate().for_each(|(bucket, count)| self.add(bucket, *count));
    }

    /// Returns the number of durations.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Returns the bound below which this share of the durations lies: the quantile, rounded up to the bound of its
    /// bucket, so that it is at most twice the exact one, and at most 1.7 times above 3 ms. A duration above 8 days counts as 8
    /// days. `None` without durations. `share` is from 0 to 1, such as 0.99.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let count = self.count();
        let rank = ((share.clamp(0.0, 1.0) * count as f64).ceil() as u64).clamp(1, count.max(1));
        let mut seen = 0_u64;
        let bucket = self.counts.iter().position(|count| {
            seen = seen.saturating_add(*count);
            seen >= rank
        })?;
        BOUNDS.get(bucket).or(BOUNDS.last()).map(|bound| Duration::from_millis(*bound))
    }

    /// Returns the stored form: a number per bucket that is not empty, the bucket in the upper 16 bits and the count in
    /// the lower 48. For stores: the numbers of one bucket can be added in SQL.
    #[must_use]
    pub fn to_packed(&self) -> Vec<i64> {
        let packed = |(bucket, count): (usize, &u64)| {
            let bucket = i64::try_from(bucket).unwrap_or(0);
            (*count > 0).then(|| bucket << COUNT_BITS | i64::try_from(*count).unwrap_or(MOST).min(MOST))
        };
        self.counts.iter().enumerate().filter_map(packed).collect()
    }

    /// Adds numbers of the [stored form](Self::to_packed). For stores. A bucket that does not exist counts as the last one.
    pub fn add_packed(&mut self, packed: impl IntoIterator<Item = i64>) {
        for packed in packed {
            let bucket = usize::try_from(packed >> COUNT_BITS).unwrap_or(BOUNDS.len());
            self.add(bucket, (packed & MOST).unsigned_abs());
        }
    }

    fn add(&mut self, bucket: usize, count: u64) {
        if let Some(counted) = self.counts.get_mut(bucket.min(BOUNDS.len())) {
            *counted = counted.saturating_add(count);
        }
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: [0; BOUNDS.len() + 1] }
    }
}

impl fmt::Debug for Histogram {
    /// Shows the buckets that are not empty, by their bound in milliseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bounds = BOUNDS.iter().map(u64::to_string).chain(["more".to_owned()]);
        f.debug_map().entries(bounds.zip(&self.counts).filter(|(_, count)| **count > 0)).finish()
    }
}

/// The upper bounds of the buckets in milliseconds. Stored numbers refer to them: they never change.
const BOUNDS: [u64; 50] = bounds();

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
const fn bounds() -> [u64; 50] {
    let mut bounds = [1_u64; 50];
    let mut at = 1;
    while at < bounds.len() {
        // Half more, rounded up.
        bounds[at] = (bounds[at - 1] * 3).div_ceil(2);
        at += 1;
    }
    bounds
}

const COUNT_BITS: u32 = 48;
const MOST: i64 = (1 << COUNT_BITS) - 1;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bounds_reach_from_a_millisecond_to_a_week() {
        let day = 24 * 3600 * 1000;
        assert_eq!(BOUNDS[..8], [1, 2, 3, 5, 8, 12, 18, 27]);
        assert!((7 * day..9 * day).contains(&BOUNDS[49]), "{}", BOUNDS[49]);
        assert_eq!(Histogram::default().quantile(0.5), None);
        let mut histogram = Histogram::default();
        histogram.record(Duration::MAX);
        assert_eq!(histogram.quantile(0.5), Some(Duration::from_millis(BOUNDS[49])));
        histogram.add_packed([i64::MAX, i64::MIN]);
        assert_eq!(histogram.count(), 1 + MOST.unsigned_abs());
    }

    fn durations() -> impl Strategy<Value = Vec<Duration>> {
        // Of any size, not mostly large ones.
        let micros = (0_u32..40, 1_u64..2048).prop_map(|(bits, part)| (part << bits) >> 10);
        let longest = Duration::from_millis(BOUNDS[49]);
        let duration = micros.prop_map(move |micros| Duration::from_micros(micros).min(longest));
        prop::collection::vec(duration, 1..200)
    }

    proptest! {
        #[test]
        fn a_quantile_is_the_exact_one_rounded_up_to_a_bound(all in durations(), percent in 0_u32..=100) {
            let mut histogram = Histogram::default();
            all.iter().for_each(|duration| histogram.record(*duration));
            let mut sorted = all;
            sorted.sort();
            let share = f64::from(percent) / 100.0;
            let rank = ((share * sorted.len() as f64).ceil() as usize).max(1);
            let exact = sorted[rank - 1];
            let found = histogram.quantile(share).unwrap();
            prop_assert!(found >= exact, "{found:?} of {exact:?}");
            let below_three = exact <= Duration::from_millis(3);
            let factor = if below_three { 2.0 } else { 1.7 };
            let most = exact.max(Duration::from_micros(500)).mul_f64(factor).max(Duration::from_millis(1));
            prop_assert!(found <= most, "{found:?} of {exact:?}");
        }

        #[test]
        fn the_stored_form_adds_up(one in durations(), other in durations()) {
            let of = |all: &[Duration]| {
                let mut histogram = Histogram::default();
                all.iter().for_each(|duration| histogram.record(*duration));
                histogram
            };
            let mut both = of(&one);
            both.merge(&of(&other));
            prop_assert_eq!(both.count(), (one.len() + other.len()) as u64);
            let mut read = Histogram::default();
            read.add_packed(of(&one).to_packed().into_iter().chain(of(&other).to_packed()));
            prop_assert_eq!(read, both);
        }
    }
}
