use std::collections::BTreeSet;

use countersign::__private::Causes;

use super::*;
use crate::event::EventState;
use crate::ops::AttemptOutcome;

/// Returns the values of a label.
fn values(name: &str, label: &str) -> &'static [&'static str] {
    let metric = METRICS.iter().find(|metric| metric.name == name).unwrap();
    metric.labels.iter().find(|known| known.name == label).unwrap().values
}

#[test]
fn every_name_is_listed_once() {
    let names = include_str!("names.rs").lines().filter_map(|line| line.strip_prefix("pub const "));
    let names: BTreeSet<_> = names.map(|line| line.split('"').nth(1).unwrap()).collect();
    assert!(names.contains(DELIVERIES), "{names:?}");
    assert_eq!(METRICS.iter().map(|metric| metric.name).collect::<BTreeSet<_>>(), names);
    assert_eq!(METRICS.len(), names.len());
}

#[test]
fn the_list_has_the_outcomes_that_are_counted() {
    assert_eq!(values(DELIVERIES, "outcome"), DeliveryOutcome::ALL.map(DeliveryOutcome::as_str));
    assert_eq!(values(ATTEMPTS, "outcome"), AttemptOutcome::ALL.map(AttemptOutcome::as_str));
    assert_eq!(values(BACKLOG, "state"), EventState::ALL.map(EventState::as_str));
}

/// Checks the whole chain of causes.
#[test]
fn an_error_is_shown_with_everything_behind_it() {
    let cause = std::io::Error::other("connection refused");
    let error = crate::StoreError::Unavailable(Box::new(cause));
    assert_eq!(Causes::of(&error).to_string(), "the store is not available: connection refused");
}
