//! Stores with one defect each, and the case of the suite that detects it. The model detects most of them, too.

mod inbox;
mod ops;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_inbox::{
    Action, Change, ErrorPattern, EventId, EventKey, EventState, Filter, InboxStore, Lease, OpsStore, Page,
    StoreError, StoreFuture,
};
use countersign_testkit::conformance::inbox::{self as suite, AfterCrash, InboxHarness};
use countersign_testkit::conformance::inbox_model;

use crate::common::Reference;

type Case = fn(&Broken);

#[test]
fn every_defect_is_found_by_its_case() {
    let cases: [(Defect, Case); 63] = [
        (Defect::ReadsThenInserts, suite::of_many_accepts_at_once_exactly_one_is_new),
        (Defect::CallsEveryBodyTheSame, suite::other_bytes_under_one_id_are_a_duplicate_that_says_so),
        (Defect::ReplacesWhatHasChanged, suite::a_request_that_has_changed_is_not_replaced),
        (Defect::ReplacesNothing, suite::a_request_that_does_not_verify_is_replaced_by_that_of_a_duplicate),
        (Defect::RequeuesInSilence, suite::a_duplicate_of_a_dead_letter_requeues_it),
        (Defect::KeepsNoGuard, suite::known_bytes_under_another_id_are_not_stored),
        (Defect::ReadsBodiesAsText, suite::what_was_received_comes_back_byte_for_byte),
        (Defect::KeepsOneOfRepeatedHeaders, suite::what_was_received_comes_back_byte_for_byte),
        (Defect::LeasesTheNewestFirst, suite::the_oldest_due_are_leased_first),
        (Defect::LeasesOneMore, suite::the_oldest_due_are_leased_first),
        (Defect::IgnoresTheSource, suite::a_worker_gets_events_of_its_endpoint_only),
        (Defect::CountsNoCrash, suite::an_attempt_without_an_outcome_counts),
        (Defect::KnowsNoHorizon, suite::a_due_time_beyond_the_horizon_is_now),
        (Defect::ResetsTheFence, suite::fences_only_grow),
        (Defect::ForgetsTheFenceOnFinish, suite::a_stale_finish_changes_nothing),
        (Defect::ForgetsTheFenceOnExtend, suite::a_lease_that_is_extended_is_not_taken_over),
        (Defect::SaysDoneOnce, suite::done_may_be_said_twice_and_nothing_else),
        (Defect::RetriesAtOnce, suite::a_retry_is_due_when_it_was_asked_for),
        (Defect::CountsWhatIsKept, suite::what_is_kept_is_due_later_and_its_attempts_and_age_do_not_count),
        (Defect::CountsWhatIsGivenBack, suite::what_is_given_back_is_due_and_does_not_count),
        (Defect::SweepsWhatWaits, suite::what_waits_or_runs_is_never_forgotten),
        (Defect::SweepsDeadLettersEarly, suite::dead_letters_are_kept_for_a_time_of_their_own),
        (Defect::SweepsWithoutAnEnd, suite::a_sweep_is_bounded),
        (Defect::PurgesWhatRuns, suite::what_runs_is_never_touched),
        (Defect::ReplaysWhatIsDone, suite::an_action_is_done_to_what_it_is_for),
        (Defect::RunsDryRuns, suite::a_dry_run_changes_nothing),
        (Defect::IgnoresWhereAChangeGoesOn, suite::a_change_is_done_to_the_oldest_up_to_its_limit),
        (Defect::TellsCasesApart, suite::a_filter_lets_through_what_fits),
        (Defect::ForgetsWhereASearchGoesOn, suite::a_search_goes_on_where_it_has_ended),
        (Defect::PagesByCount, suite::pages_neither_skip_nor_repeat),
        (Defect::RecordsNoSuccess, suite::a_success_stays_in_the_history_after_a_replay),
        (Defect::RecordsEverySuccess, suite::a_success_above_the_rate_leaves_no_row),
        (Defect::RecordsNoLoss, suite::an_attempt_that_was_lost_leaves_a_row),
        (Defect::ForgetsWhoReplayed, suite::a_duplicate_of_a_dead_letter_is_a_replay_by_its_provider),
        (Defect::CountsErrorsOnce, suite::failures_of_one_kind_are_counted_together),
        (Defect::KeepsPurgedErrors, suite::a_purge_takes_its_events_out_of_the_kinds_of_errors),
        (Defect::ForgetsTheCode, suite::a_response_code_is_listed_until_the_next_attempt),
        (Defect::ListsInlineSuccesses, suite::each_attempt_in_inline_mode_leaves_a_row),
        (Defect::CountsErrorsOnce, suite::failures_in_inline_mode_are_of_a_kind_of_errors),
        (Defect::AddsTheFirstEndpoint, suite::statistics_are_the_sums_of_what_was_added),
        (Defect::CountsSourcesOnce, suite::statistics_are_the_sums_of_what_was_added),
        (Defect::KnowsNoTimesToDone, suite::statistics_are_the_sums_of_what_was_added),
        (Defect::DatesKeysBack, suite::statistics_are_the_sums_of_what_was_added),
        (Defect::ForgetsTheRules, suite::statistics_are_the_sums_of_what_was_added),
        (Defect::ForgetsTheRules, suite::deliveries_that_a_rule_leaves_out_are_deliveries),
        (Defect::CountsTheWeek, suite::a_window_has_what_happened_within_it),
        (Defect::ForgetsTheLastDelivery, suite::an_endpoint_that_was_silent_has_its_last_delivery),
        (Defect::ShowsAllRejections, suite::rejections_are_counted_by_kind),
        (Defect::ShowsTheOldestFirst, suite::the_latest_rejected_requests_of_each_endpoint_are_kept),
        (Defect::LeasesWhatIsPaused, suite::a_paused_endpoint_hands_out_nothing_until_it_is_resumed),
        (Defect::ResumesNothing, suite::a_paused_endpoint_hands_out_nothing_until_it_is_resumed),
        (Defect::PausesOneName, suite::a_pause_of_an_endpoint_holds_for_its_subscriptions),
        (Defect::ResumesSubscriptions, suite::a_pause_of_an_endpoint_holds_for_its_subscriptions),
        (Defect::RevealsInSilence, suite::what_is_revealed_is_written_down_first),
        (Defect::CountsByTheHour, suite::a_series_has_each_span_of_the_window),
        (Defect::PausesForever, suite::a_pause_with_a_duration_ends_by_itself),
        (Defect::IgnoresPreconditions, suite::of_two_operators_who_have_seen_one_pause_one_changes_it),
        (Defect::IgnoresPreconditions, suite::of_two_operators_who_have_seen_one_limit_one_changes_it),
        (Defect::ForgetsLimits, suite::a_limit_holds_until_it_is_removed),
        (Defect::NumbersNoCommands, suite::the_latest_operation_on_circuits_is_found_until_it_is_over),
        (Defect::KeepsCircuits, suite::open_circuits_are_shown_while_their_workers_report_them),
        (Defect::KeepsNoOrder, suite::events_with_one_ordering_key_are_leased_one_after_the_other),
        (Defect::OrdersTenantsApart, suite::events_with_one_ordering_key_are_leased_one_after_the_other),
    ];
    for (defect, case) in cases {
        case(&Broken::new(None));
        let found = catch_unwind(AssertUnwindSafe(|| case(&Broken::new(Some(defect)))));
        assert!(found.is_err(), "{defect:?} is not found");
    }
}

#[test]
fn the_model_finds_faults_by_itself() {
    let defects = [
        Defect::CallsEveryBodyTheSame,
        Defect::ReplacesNothing,
        Defect::RequeuesInSilence,
        Defect::KeepsNoGuard,
        Defect::LeasesTheNewestFirst,
        Defect::LeasesOneMore,
        Defect::IgnoresTheSource,
        Defect::CountsNoCrash,
        Defect::KnowsNoHorizon,
        Defect::ResetsTheFence,
        Defect::ForgetsTheFenceOnFinish,
        Defect::ForgetsTheFenceOnExtend,
        Defect::SaysDoneOnce,
        Defect::RetriesAtOnce,
        Defect::CountsWhatIsKept,
        Defect::CountsWhatIsGivenBack,
        Defect::SweepsWhatWaits,
        Defect::SweepsDeadLettersEarly,
        Defect::PurgesWhatRuns,
        Defect::ReplaysWhatIsDone,
        Defect::RunsDryRuns,
        Defect::IgnoresWhereAChangeGoesOn,
        Defect::TellsCasesApart,
        Defect::RecordsNoSuccess,
        Defect::RecordsEverySuccess,
        Defect::RecordsNoLoss,
        Defect::ForgetsWhoReplayed,
        Defect::ForgetsTheCode,
        Defect::CountsErrorsOnce,
        Defect::LeasesWhatIsPaused,
        Defect::ResumesNothing,
        Defect::PausesOneName,
        Defect::ResumesSubscriptions,
        Defect::PausesForever,
        Defect::KeepsNoOrder,
        Defect::OrdersTenantsApart,
    ];
    for defect in defects {
        // Histories are random: a single run of the model may miss a rare defect.
        let mut runs = (0..100).map(|_| catch_unwind(|| inbox_model(|| Broken::new(Some(defect)))));
        assert!(runs.any(|found| found.is_err()), "{defect:?} is not found");
    }
}

/// The defect of a store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Defect {
    ReadsThenInserts,
    RevealsInSilence,
    CallsEveryBodyTheSame,
    ReplacesWhatHasChanged,
    ReplacesNothing,
    RequeuesInSilence,
    KeepsNoGuard,
    ReadsBodiesAsText,
    KeepsOneOfRepeatedHeaders,
    LeasesTheNewestFirst,
    LeasesOneMore,
    IgnoresTheSource,
    CountsNoCrash,
    KnowsNoHorizon,
    ResetsTheFence,
    ForgetsTheFenceOnFinish,
    ForgetsTheFenceOnExtend,
    SaysDoneOnce,
    RetriesAtOnce,
    CountsWhatIsKept,
    CountsWhatIsGivenBack,
    SweepsWhatWaits,
    SweepsDeadLettersEarly,
    SweepsWithoutAnEnd,
    PurgesWhatRuns,
    ReplaysWhatIsDone,
    RunsDryRuns,
    IgnoresWhereAChangeGoesOn,
    TellsCasesApart,
    PagesByCount,
    ForgetsWhereASearchGoesOn,
    RecordsNoSuccess,
    RecordsEverySuccess,
    RecordsNoLoss,
    ForgetsWhoReplayed,
    ForgetsTheCode,
    CountsErrorsOnce,
    KeepsPurgedErrors,
    ListsInlineSuccesses,
    AddsTheFirstEndpoint,
    CountsSourcesOnce,
    KnowsNoTimesToDone,
    CountsByTheHour,
    DatesKeysBack,
    ForgetsTheRules,
    CountsTheWeek,
    ForgetsTheLastDelivery,
    ShowsAllRejections,
    ShowsTheOldestFirst,
    LeasesWhatIsPaused,
    ResumesNothing,
    PausesOneName,
    ResumesSubscriptions,
    PausesForever,
    IgnoresPreconditions,
    ForgetsLimits,
    NumbersNoCommands,
    KeepsCircuits,
    KeepsNoOrder,
    OrdersTenantsApart,
}

/// The reference with a defect.
struct Broken(Arc<Store>);

struct Store {
    inner: Reference,
    defect: Option<Defect>,
    /// The latest lease of each key, and its id.
    leases: Mutex<HashMap<EventKey, (Lease, EventId)>>,
    /// Leases by their displayed fence.
    shown: Mutex<HashMap<(EventKey, u64), Lease>>,
    seen: Mutex<Vec<EventKey>>,
    /// The number of events in lists.
    listed: Mutex<usize>,
    /// The kinds of errors before the latest purge.
    kinds: Mutex<Vec<ErrorPattern>>,
}

impl Broken {
    fn new(defect: Option<Defect>) -> Self {
        let (leases, shown, seen, listed, kinds) = Default::default();
        Self(Arc::new(Store { inner: Reference::new(), defect, leases, shown, seen, listed, kinds }))
    }
}

impl Store {
    fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    /// Returns the lease as the reference issued it.
    fn real(&self, lease: &Lease) -> Lease {
        let shown = self.shown.lock().unwrap();
        shown.get(&(lease.key(), lease.fence())).copied().unwrap_or(*lease)
    }

    fn latest(&self, lease: &Lease) -> Lease {
        self.leases.lock().unwrap().get(&lease.key()).map_or(*lease, |(latest, _)| *latest)
    }

    async fn ids(&self, state: EventState) -> Vec<EventId> {
        let filter = filter(|filter| filter.state = Some(state));
        let listed = self.inner.store.list(&filter, Page::first(10_000)).await.unwrap().events;
        listed.into_iter().map(|summary| summary.id).collect()
    }

    async fn purge(&self, ids: Vec<EventId>) -> u64 {
        if ids.is_empty() {
            return 0;
        }
        for action in [Action::Discard, Action::Purge] {
            let mut change = Change::new(action, Filter::ids(ids.clone()), "defect");
            change.limit = usize::MAX;
            let _ = self.inner.store.change(&change).await.unwrap();
        }
        ids.len() as u64
    }
}

impl InboxHarness for Broken {
    fn inbox(&self) -> Arc<dyn InboxStore> {
        self.0.clone()
    }

    fn ops(&self) -> Arc<dyn OpsStore> {
        self.0.clone()
    }

    fn advance(&self, by: Duration) {
        self.0.inner.advance(by);
    }

    fn wait<T>(&self, future: StoreFuture<'_, T>) -> Result<T, StoreError> {
        self.0.inner.wait(future)
    }

    fn crash(&self) -> AfterCrash {
        self.0.inner.crash()
    }
}

fn filter(set: impl FnOnce(&mut Filter)) -> Filter {
    let mut filter = Filter::default();
    set(&mut filter);
    filter
}
