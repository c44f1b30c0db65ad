//! The conformance suites of [`DedupeStore`](countersign_inbox::DedupeStore), [`store_conformance!`](crate::store_conformance), and of
//! [`InboxStore`](countersign_inbox::InboxStore), [`inbox_conformance!`](crate::inbox_conformance).
//!
//! Time is controlled: a [`StoreHarness`] advances the clock of its store.

mod cases;
mod driver;
pub mod inbox;
mod model;

pub use self::cases::*;
pub use self::driver::StoreHarness;
pub use self::model::{dedupe_model, inbox_model};

/// Creates a test for each case and for [random histories](dedupe_model). The expression is evaluated to a new
/// [`StoreHarness`] for each test.
///
/// ```
/// # mod example {
/// use std::sync::atomic::{AtomicI64, Ordering};
/// use std::sync::Arc;
/// use std::task::{Context, Poll, Waker};
/// use std::time::Duration;
///
/// use countersign::{Clock, UnixTime};
/// use countersign_testkit::conformance::StoreHarness;
/// use countersign_inbox::{DedupeStore, MemoryStore, StoreError, StoreFuture};
/// use countersign_testkit::store_conformance;
///
/// struct Memory(Arc<ManualClock>, Arc<MemoryStore>);
///
/// impl StoreHarness for Memory {
///     fn store(&self) -> Arc<dyn DedupeStore> {
///         self.1.clone()
///     }
///
///     fn advance(&self, by: Duration) {
///         self.0.0.fetch_add(by.as_millis() as i64, Ordering::Relaxed);
///     }
///
///     fn wait<T>(&self, mut future: StoreFuture<'_, T>) -> Result<T, StoreError> {
///         // A store with I/O blocks on its runtime here: `self.runtime.block_on(future)`.
///         match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
///             Poll::Ready(done) => done,
///             Poll::Pending => unreachable!("the store in memory is never late"),
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
/// store_conformance!({
///     let clock = Arc::new(ManualClock(AtomicI64::new(1_700_000_000_000)));
///     let store = MemoryStore::with(1000, Duration::from_secs(7 * 24 * 3600), clock.clone());
///     Memory(clock, Arc::new(store))
/// });
/// # }
/// ```
#[macro_export]
macro_rules! store_conformance {
    ($harness:expr) => {
        $crate::store_conformance!($harness;
            of_many_claims_at_once_exactly_one_is_acquired
            an_expired_lease_is_taken_over_once
            a_renewed_lease_is_not_taken_over
            a_stale_finish_changes_nothing
            a_finish_after_the_lease_counts
            fencing_tokens_only_grow
            a_lost_reply_is_given_again
            a_duplicate_is_answered_with_the_state_of_the_first
            keys_are_independent
            ids_of_any_length_are_claimed_and_remembered
            other_bytes_under_one_id_are_seen
            known_bytes_under_another_id_warn
            known_bytes_under_another_id_are_rejected
            a_rejected_or_failed_replay_leaves_no_trace
            of_many_replays_at_once_one_is_handled
            what_is_handled_is_remembered_for_the_retention
        );

        #[test]
        fn whatever_happens_it_answers_as_the_model_does() {
            $crate::conformance::dedupe_model(|| $harness);
        }
    };
    ($harness:expr; $($case:ident)+) => {
        $(
            #[test]
            fn $case() {
                $crate::conformance::$case(&$harness);
            }
        )+
    };
}
