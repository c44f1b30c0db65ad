//! Small charts, as points of SVG lines.

use std::fmt::Write;

use countersign_inbox::DeliveryCounts;

/// Deliveries and failed attempts over time, in a box of 120 by 24.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Sparkline {
    pub(super) deliveries: String,
    pub(super) failures: String,
    /// The sums, for people who do not see the chart.
    pub(super) label: String,
}

impl Sparkline {
    /// Draws numbers, the earliest first. `None` without numbers.
    pub(super) fn new(counts: &[DeliveryCounts]) -> Option<Self> {
        if counts.len() < 2 {
            return None;
        }
        let deliveries: Vec<_> = counts.iter().map(DeliveryCounts::stored).collect();
        let failures: Vec<_> = counts.iter().map(|of| of.retries.saturating_add(of.dead)).collect();
        let most = deliveries.iter().chain(&failures).copied().max().unwrap_or(0).max(1);
        let sum = |numbers: &[u64]| numbers.iter().fold(0_u64, |sum, number| sum.saturating_add(*number));
        let label = format!("{} deliveries, {} failed attempts", sum(&deliveries), sum(&failures));
        Some(Self { deliveries: points(&deliveries, most), failures: points(&failures, most), label })
    }
}

fn points(numbers: &[u64], most: u64) -> String {
    let step = WIDTH / (numbers.len().max(2) - 1) as f64;
    let mut points = String::new();
    for (at, number) in numbers.iter().enumerate() {
        let height = HEIGHT - 1.0 - (HEIGHT - 2.0) * (*number as f64 / most as f64);
        let _ = write!(points, "{}{:.1},{height:.1}", if at == 0 { "" } else { " " }, at as f64 * step);
    }
    points
}

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 24.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_number_is_at_the_top() {
        let of = |accepted, dead| DeliveryCounts { accepted, dead, ..DeliveryCounts::default() };
        let drawn = Sparkline::new(&[of(0, 0), of(4, 1), of(2, 0)]).unwrap();
        assert_eq!(drawn.deliveries, "0.0,23.0 60.0,1.0 120.0,12.0");
        assert_eq!(drawn.failures, "0.0,23.0 60.0,17.5 120.0,23.0");
        assert_eq!(drawn.label, "6 deliveries, 1 failed attempts");
    }

    #[test]
    fn extremes_stay_in_the_box() {
        assert_eq!(Sparkline::new(&[]), None);
        let silent = Sparkline::new(&[DeliveryCounts::default(); 2]).unwrap();
        assert_eq!(silent.deliveries, "0.0,23.0 120.0,23.0");
        let full = DeliveryCounts { accepted: u64::MAX, duplicates: u64::MAX, ..DeliveryCounts::default() };
        assert_eq!(Sparkline::new(&[full; 2]).unwrap().deliveries, "0.0,1.0 120.0,1.0");
    }
}
