//! The health of an endpoint, as a line of text.

use std::collections::BTreeMap;

use countersign_inbox::{EndpointHealth, HealthState, Observation, Occurrences, Pause};

use crate::fields::query;
use crate::text;

/// A word, and the reasons.
pub(super) struct HealthLine {
    pub(super) name: String,
    /// The query that selects the endpoint.
    pub(super) query: String,
    pub(super) state: HealthState,
    pub(super) reasons: String,
}

impl HealthLine {
    pub(super) fn new(of: &EndpointHealth, observation: &Observation) -> Self {
        let pause = observation.stats.pause(&of.source).map(|pause| paused(pause, &of.source));
        let causes = of.causes.iter().map(|cause| text::cut(&cause.to_string(), 600));
        let mut reasons: Vec<_> = pause.into_iter().chain(causes).collect();
        if reasons.is_empty() {
            let known = observation.week.sources.get(&of.source);
            reasons.push(match known.and_then(|known| known.last_delivery) {
                Some(last) => format!("last delivery {}", text::second(last)),
                None => "no delivery yet".to_owned(),
            });
        }
        Self {
            name: text::shown(&of.source),
            query: query([("source", of.source.clone())]),
            state: of.state,
            reasons: reasons.join("; "),
        }
    }

    /// Returns the class of the style sheet: the word says the same.
    pub(super) const fn class(&self) -> &'static str {
        class(self.state)
    }
}

pub(super) const fn class(state: HealthState) -> &'static str {
    match state {
        HealthState::Healthy => "good",
        HealthState::Failing => "bad",
        _ => "unsure",
    }
}

/// Returns the number of endpoints in each state, such as `3 healthy, 1 failing`.
pub(super) fn sums(health: &[EndpointHealth]) -> String {
    let states = [HealthState::Healthy, HealthState::Failing, HealthState::Paused, HealthState::Silent];
    let counted = states.map(|state| (health.iter().filter(|of| of.state == state).count(), state));
    let words =
        counted.iter().filter(|(count, _)| *count > 0).map(|(count, state)| format!("{count} {state}"));
    words.collect::<Vec<_>>().join(", ")
}

/// Describes the pause of an endpoint or a subscription: its end, its actor and its reason, and the endpoint if that was paused.
pub(super) fn paused(pause: &Pause, source: &str) -> String {
    let until = pause
        .until
        .map_or_else(|| "until it is resumed".to_owned(), |at| format!("until {}", text::second(at)));
    let reason =
        pause.reason.as_deref().map(|reason| format!(": {}", text::cut(reason, 200))).unwrap_or_default();
    let with =
        if pause.source == source { String::new() } else { format!(" with {}", text::shown(&pause.source)) };
    format!("paused{with} {until}, by {}{reason}", text::cut(&pause.actor, 200))
}

/// Returns names with their numbers, the most frequent first.
pub(super) fn listed(counted: &BTreeMap<String, Occurrences>) -> String {
    let mut counted: Vec<_> = counted.iter().map(|(name, of)| (of.count, name)).collect();
    counted.sort_by(|(one, of_one), (other, of_other)| other.cmp(one).then_with(|| of_one.cmp(of_other)));
    let words = counted.into_iter().map(|(count, name)| format!("{} {count}", text::cut(name, 128)));
    words.collect::<Vec<_>>().join(", ")
}
