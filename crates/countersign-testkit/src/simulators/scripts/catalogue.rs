//! The founding providers: their events in order, with data that belongs together, and their way of delivering them.

use countersign::UnixTime;
use fastrand::Rng;
use serde_json::Value;

use super::sample::rfc3339;
use super::{DeliveryPolicy, preflix, printprice, proxiant, redpin};

/// What a founding provider does besides its declaration: its events in order, and its way of delivering them.
pub(super) struct Profile {
    pub(super) slug: &'static str,
    /// The life of an entity.
    pub(super) life: fn(&mut Story) -> Vec<Step>,
    /// Events outside of it, for example tests of an endpoint.
    pub(super) others: fn(&mut Story) -> Vec<Step>,
    pub(super) policy: fn() -> DeliveryPolicy,
    /// Makes the operational event about a disabled endpoint, from its id and the time of its first failure.
    pub(super) on_disabled: Option<fn(&str, &str) -> Step>,
    /// The values that a subscription selects unless it selects another one.
    pub(super) selects: &'static [(&'static str, &'static str)],
}

/// An event of a script.
pub(super) struct Step {
    pub(super) event_type: &'static str,
    /// The whole body; the id is added.
    pub(super) body: Value,
}

/// The source of the values in a script.
pub(super) struct Story<'r> {
    pub(super) random: &'r mut Rng,
    pub(super) time: UnixTime,
}

impl Profile {
    /// Returns the profile of a provider.
    pub(super) fn of(slug: &str) -> Option<&'static Self> {
        PROFILES.iter().find(|profile| profile.slug == slug)
    }

    /// Returns all events, with the same values each time.
    fn sample(&self, time: UnixTime) -> Vec<Step> {
        let mut random = Rng::with_seed(1);
        let mut story = Story { random: &mut random, time };
        let mut steps = (self.life)(&mut story);
        steps.extend((self.others)(&mut story));
        steps
    }
}

impl Step {
    pub(super) const fn new(event_type: &'static str, body: Value) -> Self {
        Self { event_type, body }
    }
}

impl Story<'_> {
    /// Returns a new id with this prefix.
    pub(super) fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}_{:08x}", self.random.u32(..))
    }

    /// Returns a new UUID of version 4.
    pub(super) fn uuid(&mut self) -> String {
        let number = self.random.u128(..) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
        let digits = format!("{number:032x}");
        let (a, rest) = digits.split_at(8);
        let (b, rest) = rest.split_at(4);
        let (c, rest) = rest.split_at(4);
        let (d, e) = rest.split_at(4);
        [a, b, c, d, e].join("-")
    }

    /// Returns the time of the event in RFC 3339.
    pub(super) fn now(&self) -> String {
        rfc3339(self.time)
    }

    /// Returns a date this many days after the event.
    pub(super) fn day(&self, days: u64) -> String {
        let day = self.time.saturating_add(std::time::Duration::from_secs(days * 86_400));
        rfc3339(day).chars().take(10).collect()
    }

    /// Returns one of several texts.
    pub(super) fn one_of(&mut self, texts: &[&'static str]) -> &'static str {
        self.random.choice(texts).copied().unwrap_or_default()
    }

    /// Returns an amount of money below `limit`, with two decimals.
    pub(super) fn amount(&mut self, limit: u32) -> String {
        format!("{}.{:02}", self.random.u32(1..limit), self.random.u32(..100))
    }
}

/// Returns the body of an event of this type, if the provider has a script with one.
pub(super) fn example(slug: &str, event_type: &str, time: UnixTime) -> Option<Value> {
    let steps = Profile::of(slug)?.sample(time);
    steps.into_iter().find(|step| step.event_type == event_type).map(|step| step.body)
}

/// Returns the types of the events in the script of a provider, in order, or none if it has no script.
#[must_use]
pub fn event_types(slug: &str) -> Vec<&'static str> {
    let steps = Profile::of(slug).map(|profile| profile.sample(UnixTime::from_secs(0)));
    let mut types = Vec::new();
    for step in steps.unwrap_or_default() {
        if !types.contains(&step.event_type) {
            types.push(step.event_type);
        }
    }
    types
}

static PROFILES: [Profile; 4] = [preflix::PROFILE, printprice::PROFILE, proxiant::PROFILE, redpin::PROFILE];
