use std::time::Duration;

use fastrand::Rng;

use super::Wire;

/// The faults of a network and of a provider's queue. Rates are between 0 and 1; the default has no faults.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Faults {
    /// The share of events that are sent twice.
    pub duplicates: f64,
    /// The share of events that are overtaken by one to three later ones.
    pub reorder: f64,
    /// The share of attempts that end within the body.
    pub abort: f64,
    /// The time between an event and its first attempt.
    pub delay: Duration,
    /// The form in which bodies arrive.
    pub wire: Wire,
}

impl Faults {
    /// Sends this share of events twice.
    #[must_use]
    pub fn duplicates(self, rate: f64) -> Self {
        Self { duplicates: rate, ..self }
    }

    /// Lets this share of events be overtaken.
    #[must_use]
    pub fn reorder(self, rate: f64) -> Self {
        Self { reorder: rate, ..self }
    }

    /// Ends this share of attempts within the body.
    #[must_use]
    pub fn abort(self, rate: f64) -> Self {
        Self { abort: rate, ..self }
    }

    /// Sends each event this long after it happened.
    #[must_use]
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Sends bodies in this form.
    #[must_use]
    pub fn wire(self, wire: Wire) -> Self {
        Self { wire, ..self }
    }

    /// Draws the form of one attempt.
    pub(super) fn draw_wire(&self, random: &mut Rng) -> Wire {
        Wire { abort: self.wire.abort || happens(self.abort, random), ..self.wire }
    }

    pub(super) fn draws_duplicate(&self, random: &mut Rng) -> bool {
        happens(self.duplicates, random)
    }

    /// Draws the number of later events that overtake one; zero keeps the order.
    pub(super) fn draw_overtaking(&self, random: &mut Rng) -> u32 {
        if happens(self.reorder, random) { random.u32(1..=3) } else { 0 }
    }
}

fn happens(rate: f64, random: &mut Rng) -> bool {
    rate > 0.0 && random.f64() < rate
}
