//! The conformance suite of [`InboxStore`](countersign_inbox::InboxStore): [`inbox_conformance!`](crate::inbox_conformance).

mod accept;
mod attempts;
mod change;
mod claim;
mod controls;
mod crashes;
pub(super) mod driver;
mod errors;
mod finish;
pub(super) mod harness;
mod identity;
mod inline_attempts;
mod list;
mod ordering;
mod pauses;
mod rejections;
mod replacement;
mod reveal;
mod searches;
mod statistics;
mod stored;
mod sweep;
mod wake;

pub use self::accept::*;
pub use self::attempts::*;
pub use self::change::*;
pub use self::claim::*;
pub use self::controls::*;
pub use self::crashes::*;
pub use self::driver::{sample_event, sample_inline_attempt};
pub use self::errors::*;
pub use self::finish::*;
pub use self::harness::{AfterCrash, InboxHarness};
pub use self::identity::*;
pub use self::inline_attempts::*;
pub use self::list::*;
pub use self::ordering::*;
pub use self::pauses::*;
pub use self::rejections::*;
pub use self::replacement::*;
pub use self::reveal::*;
pub use self::searches::*;
pub use self::statistics::*;
pub use self::stored::*;
pub use self::sweep::*;
pub use self::wake::*;

/// Creates a test for each case and for [random histories](super::inbox_model). The expression is evaluated to a
/// new [`InboxHarness`] for each test.
///
/// ```
/// # mod example {
/// use std::sync::atomic::{AtomicI64, Ordering};
/// use std::sync::Arc;
/// use std::task::{Context, Poll, Waker};
/// use std::time::Duration;
///
/// use countersign::{Clock, UnixTime};
/// use countersign_testkit::MemoryInbox;
/// use countersign_testkit::conformance::inbox::InboxHarness;
/// use countersign_inbox::{InboxStore, OpsStore, StoreError, StoreFuture};
/// use countersign_testkit::inbox_conformance;
///
/// struct Memory(Arc<ManualClock>, Arc<MemoryInbox>);
///
/// impl InboxHarness for Memory {
///     fn inbox(&self) -> Arc<dyn InboxStore> {
///         self.1.clone()
///     }
///
///     fn ops(&self) -> Arc<dyn OpsStore> {
///         self.1.clone()
///     }
///
///     fn advance(&self, by: Duration) {
///         self.0.0.fetch_add(by.as_millis() as i64, Ordering::Relaxed);
///     }
///
///     fn wait<T>(&self, mut future: StoreFuture<'_, T>) -> Result<T, StoreError> {
///         // A store with I/O blocks on its runtime here: `self.runtime.block_on(future)`.
///         loop {
///             if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
///                 return done;
///             }
///         }
///     }
/// }
///
/// /// A manual clock.
/// struct ManualClock(AtomicI64);
///
/// impl Clock for ManualClock {
///     fn now(&self) -> UnixTime {
///         UnixTime::from_millis(self.0.load(Ordering::Relaxed))
///     }
/// }
///
/// inbox_conformance!({
///     let clock = Arc::new(ManualClock(AtomicI64::new(1_700_000_000_000)));
///     Memory(clock.clone(), Arc::new(MemoryInbox::new(clock)))
/// });
/// # }
/// ```
#[macro_export]
macro_rules! inbox_conformance {
    ($harness:expr) => {
        $crate::inbox_conformance!($harness;
            of_many_accepts_at_once_exactly_one_is_new
            a_duplicate_is_answered_with_the_state_of_its_event
            a_duplicate_of_a_dead_letter_requeues_it
            an_unverified_event_that_is_sent_again_is_replaced_and_ready
            the_bytes_of_another_event_replace_nothing
            of_many_duplicates_of_a_dead_letter_one_requeues_it
            a_request_that_does_not_verify_is_replaced_by_that_of_a_duplicate
            a_request_with_a_digest_of_another_kind_is_replaced
            a_request_that_has_changed_is_not_replaced
            an_event_that_does_not_wait_keeps_its_request
            of_many_replacements_one_counts_and_is_kept_whole
            what_was_replaced_is_guarded_by_its_new_bytes
            one_id_is_one_event_per_endpoint_and_tenant
            subscriptions_have_nothing_in_common
            other_bytes_under_one_id_are_a_duplicate_that_says_so
            events_that_nothing_identifies_are_new_each_time
            known_bytes_under_another_id_are_suspect
            known_bytes_under_another_id_are_not_stored
            of_many_ids_for_one_body_at_once_one_is_stored
            what_was_received_comes_back_byte_for_byte
            a_nul_in_a_text_stops_nothing
            ids_of_any_length_are_stored_and_found
            ids_that_look_alike_are_other_events
            endpoints_and_tenants_that_look_alike_are_others
            an_empty_tenant_is_not_none
            the_clock_of_a_receiver_decides_nothing
            the_oldest_due_are_leased_first
            a_claim_has_an_event_however_few_bytes_it_is_limited_to
            an_event_beyond_the_limit_of_bytes_is_not_leased
            a_worker_gets_events_of_its_endpoint_only
            of_many_claimers_each_event_is_leased_to_one
            a_lease_that_expired_is_taken_over_once
            a_lease_that_is_extended_is_not_taken_over
            an_attempt_that_had_not_started_does_not_count
            an_attempt_without_an_outcome_counts
            a_crash_of_a_claimer_of_single_events_counts
            events_that_were_lost_together_are_claimed_alone
            an_isolated_event_waits_after_a_crash
            an_outcome_ends_the_isolation
            an_event_that_is_asked_for_is_leased_before_it_is_due
            a_due_time_beyond_the_horizon_is_now
            the_age_is_that_of_the_event_or_of_its_replay
            a_stale_finish_changes_nothing
            done_may_be_said_twice_and_nothing_else
            of_many_finishes_at_once_one_counts
            a_retry_is_due_when_it_was_asked_for
            what_is_kept_is_due_later_and_its_attempts_and_age_do_not_count
            what_is_given_back_is_due_and_does_not_count
            what_is_skipped_or_dead_says_why
            what_does_not_verify_waits_and_does_not_count
            fences_only_grow
            endless_durations_are_no_error
            what_is_done_is_remembered_for_the_retention
            dead_letters_are_kept_for_a_time_of_their_own
            what_waits_or_runs_is_never_forgotten
            a_sweep_is_bounded
            a_key_that_was_forgotten_comes_back_with_higher_fences
            a_replay_starts_over
            an_action_is_done_to_what_it_is_for
            what_runs_is_never_touched
            what_is_discarded_stays_remembered
            what_is_purged_is_new_again
            a_dry_run_changes_nothing
            a_change_is_done_to_the_oldest_up_to_its_limit
            a_change_is_written_down_with_its_actor_and_reason
            a_bulk_change_is_done_to_all_and_is_one_entry_in_the_audit_log
            a_filter_lets_through_what_fits
            a_search_goes_on_where_it_has_ended
            pages_neither_skip_nor_repeat
            stats_say_how_many_are_where
            a_lease_that_expired_counts_as_due
            a_worker_counts_events_as_an_operator_does
            an_event_is_shown_with_its_attempts
            each_attempt_leaves_a_row
            of_many_attempts_the_newest_are_shown
            a_success_stays_in_the_history_after_a_replay
            a_duplicate_of_a_dead_letter_is_a_replay_by_its_provider
            an_attempt_that_was_lost_leaves_a_row
            a_success_above_the_rate_leaves_no_row
            a_finish_leaves_one_row
            a_response_code_is_listed_until_the_next_attempt
            failures_of_one_kind_are_counted_together
            what_is_no_failure_is_in_no_kind
            a_purge_takes_its_events_out_of_the_kinds_of_errors
            each_attempt_in_inline_mode_leaves_a_row
            failures_in_inline_mode_are_of_a_kind_of_errors
            a_nul_in_an_inline_attempt_stops_nothing
            statistics_are_the_sums_of_what_was_added
            of_many_additions_at_once_all_count
            a_window_has_what_happened_within_it
            an_endpoint_that_was_silent_has_its_last_delivery
            old_statistics_are_swept_with_everything_else
            a_nul_in_the_name_of_a_key_stops_nothing
            deliveries_that_a_rule_leaves_out_are_deliveries
            rejections_are_counted_by_kind
            the_latest_rejected_requests_of_each_endpoint_are_kept
            of_many_rejections_at_once_all_count
            a_nul_in_a_rejected_request_stops_nothing
            a_series_has_each_span_of_the_window
            what_is_revealed_is_written_down_first
            a_paused_endpoint_hands_out_nothing_until_it_is_resumed
            a_pause_of_an_endpoint_holds_for_its_subscriptions
            a_pause_with_a_duration_ends_by_itself
            a_pause_is_written_down_with_its_actor_and_reason
            a_pause_survives_a_crash
            of_two_operators_who_have_seen_one_pause_one_changes_it
            a_limit_holds_until_it_is_removed
            of_two_operators_who_have_seen_one_limit_one_changes_it
            the_latest_operation_on_circuits_is_found_until_it_is_over
            open_circuits_are_shown_while_their_workers_report_them
            events_with_one_ordering_key_are_leased_one_after_the_other
            the_next_event_waits_until_the_earlier_one_has_an_end
            a_discarded_event_blocks_nothing
            a_replayed_event_is_handled_in_the_place_of_its_id
            an_event_that_was_lost_is_leased_before_all_others_with_its_key
            no_claim_overtakes
            of_many_claimers_one_has_a_key_at_a_time
            a_backlog_of_one_key_hides_no_other
            ordering_keys_of_any_length_are_told_apart
            a_probe_is_answered
            a_waiting_worker_is_woken
            the_source_of_what_came_is_named_to_every_worker
            what_goes_on_wakes_its_own_source
            sources_that_have_something_due_are_found
        );

        #[test]
        fn whatever_happens_it_answers_as_the_reference_does() {
            $crate::conformance::inbox_model(|| $harness);
        }
    };
    ($harness:expr; $($case:ident)+) => {
        $(
            #[test]
            fn $case() {
                $crate::conformance::inbox::$case(&$harness);
            }
        )+
    };
}
