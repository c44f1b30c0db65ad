//! Deliveries of every provider of the catalogue are what its receivers accept and refuse.

use std::sync::OnceLock;

use countersign::{Provider, providers};

use super::answer::Expect;
use super::args::EventArgs;
use super::forge::{Forge, Key};
use super::sample::Content;
use super::scenario::Run;
use super::{scenarios, scheme};

/// Returns the forge of a provider, or `None` if no sample key fits it.
fn forge(provider: &Provider) -> Option<Forge> {
    let args = EventArgs { event: None, body: None, values: Vec::new() };
    scheme::forge(provider, &args, scheme::Given::default()).unwrap().ok()
}

fn forges() -> &'static [Forge] {
    static FORGES: OnceLock<Vec<Forge>> = OnceLock::new();
    FORGES.get_or_init(|| providers::all().filter_map(forge).collect())
}

#[test]
fn genuine_deliveries_are_accepted_and_forged_ones_are_not() {
    let mut problems = Vec::new();
    for forge in forges() {
        let draft = forge.draft();
        for (sent, message, expected) in [
            ("genuine", draft.sign(), true),
            ("marked", draft.clone().with_content(Content::Marked("mark".to_owned())).sign(), true),
            ("foreign", draft.clone().signed_by(Key::Foreign).sign(), false),
        ] {
            let slug = &forge.provider.slug;
            match message {
                Ok(message) if forge.accepts(&message) == Some(expected) => {}
                Ok(_) => problems.push(format!("{slug}: {sent}: it is not {expected}")),
                Err(error) => problems.push(format!("{slug}: {sent}: {error}")),
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(forges().len() > 250, "{}", forges().len());
}

#[test]
fn requests_of_scenarios_are_fair_to_most_receivers() {
    for scenario in scenarios::all() {
        let Run::Requests(prepare) = scenario.run else { continue };
        let mut fair = 0;
        for forge in forges() {
            let Ok(attempts) = prepare(forge) else { continue };
            for attempt in attempts {
                let is_fair = attempt.is_fair(forge);
                fair += usize::from(is_fair);
                assert!(
                    is_fair || attempt.expect == Expect::Refused,
                    "{}: {}: {}",
                    forge.provider.slug,
                    scenario.name,
                    attempt.sent
                );
            }
        }
        let is_optional = ["rotated-secret", "retired-secret"].contains(&scenario.name);
        assert!(fair > 50 || is_optional, "{}: {fair}", scenario.name);
    }
}
