//! Kills a process while it stores a delivery for three subscriptions: each has it exactly once after the provider's retry.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use common::Place;
use countersign_faults::{Answer, Provider, SECRET, Setup, Victim};
use countersign_test_servers::fresh_database;

#[test]
fn with_sqlite_each_subscription_has_a_delivery_once_wherever_its_storing_was_killed() {
    let points =
        ["accept-before-insert", "accept-after-insert", "before-commit", "after-commit", "before-response"];
    each_has_it_once(&points, |place| place.setup());
}

#[test]
fn with_postgresql_each_subscription_has_a_delivery_once_wherever_its_storing_was_killed() {
    let url = fresh_database();
    // A schema for each round.
    let mut round = 0;
    each_has_it_once(&["accept-before-insert", "after-commit", "before-response"], |place| {
        round += 1;
        place.setup_with(&url).with("SCHEMA", &format!("round_{round}"))
    });
}

fn each_has_it_once(points: &[&str], mut setup: impl FnMut(&Place) -> Setup) {
    for (point, nth) in points.iter().flat_map(|point| (1..=SUBSCRIPTIONS.len()).map(move |nth| (point, nth)))
    {
        let place = Place::new();
        let setup = setup(&place).with("LEASE_MS", "20000").with("SUBSCRIPTIONS", &SUBSCRIPTIONS.join(","));
        let provider = Provider::new(SECRET);
        // Nothing is handled meanwhile, so that no effect is repeated because of the kill.
        let mut victim = Victim::start(&setup.clone().with("ACCEPT_ONLY", "").killed_at(point, nth));
        let answer = provider.send(&victim.url(), ID);
        if nth == 1 {
            let is_acknowledged = matches!(answer, Answer::Status(200..300, _));
            assert!(!is_acknowledged, "{point} was not reached: {answer:?}");
            let _ = victim.dies();
        } else {
            // Where all are stored in one transaction, it passes some points once, and is killed afterwards.
            victim.kill();
        }
        let mut victim = Victim::start(&setup);
        provider.deliver(&victim.url(), &[ID.to_owned()]);
        victim.finish();
        assert_eq!(victim.counts(), "3 done, 0 dead, 0 unverified", "{point} {nth}");
        victim.stop();
        let effects = place.effects();
        effects.assert_no_overlap();
        for name in SUBSCRIPTIONS {
            let effect = format!("{name}/{ID}");
            assert_eq!(effects.times(&effect), 1, "{point} {nth}, {effect}: {effects:#?}");
        }
    }
}

const SUBSCRIPTIONS: [&str; 3] = ["billing", "archive", "partner"];
const ID: &str = "evt";
