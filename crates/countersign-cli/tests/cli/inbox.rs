//! Tests of `inbox` concurrently with a server that has the store open: the same on every store.

mod backup;
mod commands;
#[cfg(feature = "postgres")]
mod database;
mod fixture;
mod refusals;
#[cfg(unix)]
mod terminal;
mod watch;

use commands::{
    a_bulk_change_wants_a_filter_or_all, a_canary_that_dies_is_exit_code_1,
    a_paused_endpoint_waits_until_it_is_resumed, bodies_and_headers_are_shown_when_they_are_asked_for,
    errors_are_grouped, events_are_counted_listed_and_shown, every_change_is_in_the_audit_log,
    pages_lead_through_all_events, the_whole_history_is_shown, what_is_purged_is_gone,
    what_is_replayed_is_handled_again,
};
use fixture::Fixture;
use watch::reports_follow_each_other_as_lines;

/// Creates a test of each case for each store.
macro_rules! on_every_store {
    ($($case:ident)+) => {
        mod sqlite {
            $(#[test] fn $case() { super::$case(&super::Fixture::sqlite()); })+
        }

        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[test] fn $case() { super::$case(&super::Fixture::postgres()); })+
        }
    };
}

on_every_store! {
    a_bulk_change_wants_a_filter_or_all
    a_canary_that_dies_is_exit_code_1
    a_paused_endpoint_waits_until_it_is_resumed
    bodies_and_headers_are_shown_when_they_are_asked_for
    errors_are_grouped
    every_change_is_in_the_audit_log
    events_are_counted_listed_and_shown
    pages_lead_through_all_events
    reports_follow_each_other_as_lines
    the_whole_history_is_shown
    what_is_purged_is_gone
    what_is_replayed_is_handled_again
}
