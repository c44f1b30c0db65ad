use std::collections::BTreeSet;

use metrics_util::debugging::DebuggingRecorder;

use super::*;

/// Returns the cells of each metric's row in the documentation.
fn table() -> Vec<[&'static str; 4]> {
    let rows = include_str!("mod.rs").lines().filter_map(|line| line.strip_prefix("//! | `"));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        [cells[0].trim_end_matches('`'), cells[1], cells[2], cells[3]]
    })
    .collect()
}

/// Returns the words in backticks after the colon.
fn words(labels: &'static str) -> Vec<&'static str> {
    let (_, words) = labels.split_once(':').unwrap();
    words.split(',').map(|word| word.trim().trim_matches('`')).collect()
}

#[test]
fn the_table_has_each_name_once_and_each_is_described_as_what_it_is() {
    let table = table();
    let names = include_str!("names.rs").lines().filter_map(|line| line.strip_prefix("pub const "));
    let names: BTreeSet<_> = names.map(|line| line.split('"').nth(1).unwrap()).collect();
    assert!(names.contains(DELIVERIES), "{names:?}");
    assert_eq!(table.iter().map(|row| row[0]).collect::<BTreeSet<_>>(), names);
    assert_eq!(table.len(), names.len());

    let recorder = DebuggingRecorder::new();
    metrics::with_local_recorder(&recorder, || {
        describe();
        for [name, kind, ..] in &table {
            match kind.split(',').next().unwrap() {
                "counter" => metrics::counter!(*name).increment(1),
                "gauge" => metrics::gauge!(*name).set(1.0),
                "histogram" => metrics::histogram!(*name).record(1.0),
                other => panic!("{name} is a {other}"),
            }
        }
    });
    let counted = recorder.snapshotter().snapshot().into_vec();
    assert_eq!(counted.len(), table.len());
    for (key, unit, description, _) in counted {
        let name = key.key().name();
        assert!(description.is_some(), "{name} is described as another kind, or not at all");
        let is_time = table.iter().any(|[of, kind, ..]| *of == name && kind.ends_with(", s"));
        let seconds = unit == Some(metrics::Unit::Seconds);
        assert_eq!(seconds, is_time || name == OLDEST_READY, "{name}");
    }
}

#[test]
fn the_table_has_the_outcomes_that_are_counted() {
    let outcomes = |name| words(table().iter().find(|row| row[0] == name).unwrap()[2]);
    assert_eq!(outcomes(DELIVERIES), Arrival::ALL.map(Arrival::as_str));
    assert_eq!(outcomes(ATTEMPTS), Ended::ALL.map(Ended::as_str));
}

/// Checks the whole chain of causes.
#[test]
fn an_error_is_shown_with_everything_behind_it() {
    let cause = std::io::Error::other("connection refused");
    let error = crate::StoreError::Unavailable(Box::new(cause));
    assert_eq!(Causes(&error).to_string(), "the store is not available: connection refused");
}
