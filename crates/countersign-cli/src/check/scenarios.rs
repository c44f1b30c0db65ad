//! The table of scenarios, in the order in which they are run.

mod accepts;
mod answers;
mod bodies;
mod failures;
mod handshakes;
mod logs;
mod once;
mod signature;
mod time;
mod transport;

use super::scenario::Scenario;

/// Returns all scenarios. One that explains others stands before them.
pub(super) fn all() -> impl Iterator<Item = &'static Scenario> {
    [
        accepts::SCENARIOS,
        signature::SCENARIOS,
        time::SCENARIOS,
        once::SCENARIOS,
        bodies::SCENARIOS,
        transport::SCENARIOS,
        answers::SCENARIOS,
        handshakes::SCENARIOS,
        failures::SCENARIOS,
        logs::SCENARIOS,
    ]
    .into_iter()
    .flatten()
}

/// The scenario without which no other proves anything.
pub(super) const GENUINE: &str = "genuine";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::guides::guide;

    #[test]
    fn names_are_unique_and_every_explanation_comes_first() {
        let mut seen = BTreeSet::new();
        for scenario in all() {
            for earlier in scenario.after {
                assert!(seen.contains(earlier), "{}: after {earlier}", scenario.name);
            }
            assert!(seen.insert(scenario.name), "{}", scenario.name);
        }
        assert_eq!(all().next().map(|scenario| scenario.name), Some(GENUINE));
    }

    #[test]
    fn the_guide_has_every_scenario() {
        let Some(guide) = guide("check.md") else { return };
        for Scenario { name, title, why, cure, .. } in all() {
            let section = format!("### {name}\n\nExpects that {title}.\n\n*Why:* {why}\n\n*Cure:* {cure}\n");
            assert!(guide.contains(&section), "docs/check.md lacks this section:\n\n{section}");
        }
        assert_eq!(
            guide.matches("\n### ").count(),
            all().count(),
            "docs/check.md has a section of another scenario"
        );
    }

    #[test]
    fn every_scenario_says_why_it_matters_and_what_to_do() {
        for Scenario { name, title, why, cure, .. } in all() {
            for text in [title, why, cure] {
                assert!(!text.is_empty() && text.is_ascii(), "{name}: {text}");
            }
            assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{name}");
        }
    }
}
