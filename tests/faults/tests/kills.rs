//! Kills an inbox at every point, more than 200 times.

use countersign_faults::rounds;

#[test]
fn with_sqlite_nothing_that_was_acknowledged_is_lost() {
    run(None, 170);
}

#[test]
fn with_postgresql_nothing_that_was_acknowledged_is_lost() {
    run(Some(&countersign_test_servers::fresh_database()), 40);
}

fn run(postgres: Option<&str>, many: usize) {
    let reached = rounds(postgres, many).filter(|round| round.run().reached).count();
    assert!(reached * 10 >= many * 9, "only {reached} of {many} were killed at their point");
}
