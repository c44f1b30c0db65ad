use countersign::{Provider, UnixTime};
use fastrand::Rng;
use serde_json::Value;

use super::profile::{Profile, Step, ValueGenerator};
use super::{preflix, printprice, proxiant, redpin};
use crate::simulators::policy::DeliveryPolicy;

impl DeliveryPolicy {
    /// Returns the policy of a founding provider, or the one that a declaration documents. Without documented retries there are
    /// none.
    ///
    /// ```
    /// use countersign::providers;
    /// use countersign_testkit::simulators::DeliveryPolicy;
    ///
    /// assert_eq!(DeliveryPolicy::of(&providers::SVIX).max_attempts(), 8);
    /// ```
    #[must_use]
    pub fn of(provider: &Provider) -> Self {
        Profile::of(&provider.slug).map_or_else(|| Self::documented(provider), |profile| (profile.policy)())
    }
}

impl Profile {
    /// Returns the profile of a provider.
    pub(in crate::simulators) fn of(slug: &str) -> Option<&'static Self> {
        PROFILES.iter().find(|profile| profile.slug == slug)
    }

    /// Returns all events, with the same values each time.
    fn sample(&self, time: UnixTime) -> Vec<Step> {
        let mut random = Rng::with_seed(1);
        let mut values = ValueGenerator { random: &mut random, time };
        let mut steps = (self.life)(&mut values);
        steps.extend((self.others)(&mut values));
        steps
    }
}

/// Returns the body of an event of this type, if the provider has a script with one.
pub(in crate::simulators) fn example(slug: &str, event_type: &str, time: UnixTime) -> Option<Value> {
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
