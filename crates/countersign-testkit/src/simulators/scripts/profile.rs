use std::time::Duration;

use countersign::UnixTime;
use fastrand::Rng;
use serde_json::Value;

use crate::simulators::clock::rfc3339;
use crate::simulators::policy::DeliveryPolicy;

/// The behaviour of a founding provider besides its declaration: its events in order, and its way of delivering them.
pub(in crate::simulators) struct Profile {
    pub(in crate::simulators) slug: &'static str,
    /// The life of an entity.
    pub(in crate::simulators) life: fn(&mut ValueGenerator) -> Vec<Step>,
    /// Events outside of it, for example tests of an endpoint.
    pub(in crate::simulators) others: fn(&mut ValueGenerator) -> Vec<Step>,
    pub(in crate::simulators) policy: fn() -> DeliveryPolicy,
    /// Makes the operational event about a disabled endpoint, from its id and the time of its first failure.
    pub(in crate::simulators) on_disabled: Option<fn(&str, &str) -> Step>,
    /// The values that a subscription selects, of events that have such a value, unless it selects another one.
    pub(in crate::simulators) selects: &'static [(&'static str, &'static str)],
}

/// An event of a script.
pub(in crate::simulators) struct Step {
    pub(in crate::simulators) event_type: &'static str,
    /// The whole body; the id is added.
    pub(in crate::simulators) body: Value,
}

/// The source of the values in a script.
pub(in crate::simulators) struct ValueGenerator<'r> {
    pub(in crate::simulators) random: &'r mut Rng,
    pub(in crate::simulators) time: UnixTime,
}

impl Step {
    pub(in crate::simulators) const fn new(event_type: &'static str, body: Value) -> Self {
        Self { event_type, body }
    }
}

impl ValueGenerator<'_> {
    /// Returns a new id with this prefix.
    pub(in crate::simulators) fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}_{:08x}", self.random.u32(..))
    }

    /// Returns a new UUID of version 4.
    pub(in crate::simulators) fn uuid(&mut self) -> String {
        let number = self.random.u128(..) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
        let digits = format!("{number:032x}");
        let (a, rest) = digits.split_at(8);
        let (b, rest) = rest.split_at(4);
        let (c, rest) = rest.split_at(4);
        let (d, e) = rest.split_at(4);
        [a, b, c, d, e].join("-")
    }

    /// Returns the time of the event in RFC 3339.
    pub(in crate::simulators) fn now(&self) -> String {
        rfc3339(self.time)
    }

    /// Returns a date this many days after the event.
    pub(in crate::simulators) fn day(&self, days: u64) -> String {
        let day = self.time.saturating_add(Duration::from_secs(days * 86_400));
        rfc3339(day).chars().take(10).collect()
    }

    /// Returns one of several texts.
    pub(in crate::simulators) fn one_of(&mut self, texts: &[&'static str]) -> &'static str {
        self.random.choice(texts).copied().unwrap_or_default()
    }

    /// Returns an amount of money below `limit`, with two decimals.
    pub(in crate::simulators) fn amount(&mut self, limit: u32) -> String {
        format!("{}.{:02}", self.random.u32(1..limit), self.random.u32(..100))
    }
}
