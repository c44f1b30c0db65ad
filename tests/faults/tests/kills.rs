//! Kills an inbox at every point, more than 200 times.

#![allow(clippy::expect_used, reason = "a test stops at the first surprise")]

use countersign_faults::{Choices, POINTS, POINTS_OF_STATEMENTS, Runner};

#[test]
fn with_sqlite_nothing_that_was_acknowledged_is_lost() {
    run(None, 170);
}

#[test]
fn with_postgresql_nothing_that_was_acknowledged_is_lost() {
    run(Some(&countersign_test_servers::fresh_database()), 40);
}

fn run(postgres: Option<&str>, many: u64) {
    let mut runner = Runner::new(postgres);
    // On PostgreSQL many events share a statement, so that the fourth one is not always reached.
    let (points, times) =
        if postgres.is_some() { (POINTS_OF_STATEMENTS.len(), 3) } else { (POINTS.len(), 7) };
    let rounds = (0..many).map(|number| Choices {
        nth: 1 + number as usize / points % times,
        events: 12,
        ..Choices::of(number, 0, postgres.is_some())
    });
    let outcomes = rounds.map(|choices| runner.run(&choices).expect("the invariants hold"));
    let reached = outcomes.filter(|outcome| outcome.reached).count() as u64;
    assert!(reached * 10 >= many * 9, "only {reached} of {many} were killed at their point");
}
