//! Runs the scenarios one after the other.

use std::collections::BTreeMap;
use std::time::Instant;

use super::finding::{Finding, Skipped};
use super::harness::Harness;
use super::report::Outcome;
use super::scenario::{Run, Scenario, Verdict};
use super::scenarios::GENUINE;

/// Runs scenarios in order, and reports each when it is complete.
pub(super) async fn run(
    harness: &Harness,
    scenarios: &[&'static Scenario],
    mut done: impl FnMut(&Outcome),
) -> Vec<Outcome> {
    // The scenarios that failed, or that one before them explains, with the one that failed.
    let mut explained = BTreeMap::new();
    let mut outcomes = Vec::new();
    for scenario in scenarios {
        let began = Instant::now();
        let blocker = scenario.after.iter().find_map(|name| explained.get(name).copied());
        let finding = match blocker {
            Some(blocker) => Err(explanation(blocker)),
            None => find(harness, scenario).await,
        };
        let outcome = Outcome::new(scenario, finding, began.elapsed());
        if outcome.verdict == Verdict::Failed {
            explained.insert(scenario.name, scenario.name);
        } else if let Some(blocker) = blocker {
            explained.insert(scenario.name, blocker);
        }
        done(&outcome);
        outcomes.push(outcome);
    }
    outcomes
}

async fn find(harness: &Harness, scenario: &Scenario) -> Finding {
    if let Some(skipped) = scenario.needs.iter().find_map(|need| need.missing(harness)) {
        return Err(skipped);
    }
    match scenario.run {
        Run::Requests(prepare) => harness.attempt(prepare(&harness.forge)).await,
        Run::Course(course) => course(harness).await,
    }
}

fn explanation(blocker: &str) -> Skipped {
    let reason = match blocker {
        GENUINE => "no genuine delivery is accepted: a refusal proves nothing".to_owned(),
        other => format!("the failure of {other} explains it"),
    };
    Skipped::NotAsked(reason)
}
