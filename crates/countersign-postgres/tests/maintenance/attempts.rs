//! Attempts and statistics.

use std::time::Duration;

use countersign_inbox::{Action, Change, Filter, Finish, InboxStore, Increment, InlineAttempt, OpsStore};
use countersign_testkit::conformance::inbox::sample_inline_attempt;

use crate::common::{Machines, wait};
use crate::support::{DAY, accept, claim, finish};

#[test]
fn attempts_at_what_is_done_are_dropped_by_the_day_and_those_at_others_stay() {
    let machines =
        Machines::with(|builder| builder.with_attempt_retention(Duration::from_secs(2 * 24 * 3600)));
    let error = || "down".to_owned();
    let finishes = [
        Finish::Done,
        Finish::Dead { error: error() },
        Finish::Unverified { error: error() },
        Finish::Retry { after: Duration::from_secs(30 * 24 * 3600), error: error() },
    ];
    let ids: Vec<_> = (0..finishes.len()).map(|nth| accept(&machines, &nth.to_string())).collect();
    for finish_as in finishes {
        let leased = claim(&machines);
        finish(&machines, &leased, finish_as);
    }
    let attempts = || -> Vec<_> {
        ids.iter().map(|id| wait(machines.first().show(*id)).unwrap().unwrap().attempts.len()).collect()
    };
    machines.step(2 * DAY);
    wait(machines.first().maintain_partitions()).unwrap();
    assert_eq!(attempts(), [1, 1, 1, 1]);
    machines.step(2 * DAY);
    wait(machines.first().maintain_partitions()).unwrap();
    assert_eq!(attempts(), [0, 1, 1, 1]);
    assert_eq!(machines.number("SELECT count(*) FROM countersign.attempt_default"), 3);
    // Those that outlived their partition are swept once their event is done.
    wait(machines.first().change(&Change::new(Action::Discard, Filter::default(), "me"))).unwrap();
    wait(machines.first().sweep()).unwrap();
    assert_eq!(attempts(), [0, 0, 0, 0]);
}

#[test]
fn attempts_in_inline_mode_are_kept_as_long_as_others() {
    let machines =
        Machines::with(|builder| builder.with_attempt_retention(Duration::from_secs(2 * 24 * 3600)));
    let attempt = InlineAttempt { error: Some("down".to_owned()), ..sample_inline_attempt() };
    let mut increment = Increment::new("orders");
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    increment.inline_attempts =
        (0..600).map(|nth| (hours(if nth < 550 { 24 } else { 1 }), attempt.clone())).collect();
    wait(machines.first().add_statistics(&[increment])).unwrap();
    let rows = || machines.number("SELECT count(*) FROM countersign.inline_attempt");
    let sweep = || wait(machines.first().sweep()).unwrap().has_more;
    assert_eq!((sweep(), rows()), (false, 600));
    machines.step(DAY + DAY / 2);
    let sweeps = (0..10).take_while(|_| sweep()).count();
    assert_eq!((sweeps, rows()), (1, 50));
    machines.step(DAY);
    sweep();
    assert_eq!((rows(), wait(machines.first().errors(None, 10)).unwrap().len()), (0, 0));
}

/// A process adds all of them again after an error.
#[test]
fn statistics_are_added_as_a_whole_or_not_at_all() {
    let machines = Machines::new();
    let mut increment = Increment::new("orders");
    increment.counts.attempts = 1;
    increment.rejections.counts.insert(("acme".to_owned(), "stale".to_owned()), 1);
    increment
        .inline_attempts
        .push((Duration::ZERO, InlineAttempt { error: Some("down".to_owned()), ..sample_inline_attempt() }));
    let add = || wait(machines.first().add_statistics(&[increment.clone()]));
    let rows = || {
        ["statistic", "rejection", "inline_attempt"]
            .map(|table| machines.number(&format!("SELECT count(*) FROM countersign.{table}")))
    };
    machines.execute("ALTER TABLE countersign.statistic ADD CONSTRAINT refused CHECK (attempts = 0)");
    assert!(add().is_err());
    assert_eq!(rows(), [0, 0, 0]);
    machines.execute("ALTER TABLE countersign.statistic DROP CONSTRAINT refused");
    add().unwrap();
    let [_, rejections, attempts] = rows();
    assert!(rejections > 0 && attempts == 1, "{:?}", rows());
}
