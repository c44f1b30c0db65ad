mod known;
mod step;

use std::collections::HashMap;
use std::time::Duration;

use countersign::Clock;
use countersign_inbox::{AttemptToken, Claim, ClaimRequest, EventKey, Fenced, Identity, Lease, StoreFuture};
use proptest::sample::Index;

use self::known::Known;
use self::step::{Step, steps};
use super::check::check;
use super::manual_clock::{HALF, ManualClock, minutes};
use crate::conformance::driver::StoreHarness;
use crate::conformance::inbox::driver::ok;

/// Runs random histories of claims and their ends, each on a new store. After each step the store must answer like
/// a reference, which is part of the model.
pub fn dedupe_model<B: StoreHarness>(harness: impl Fn() -> B) {
    check(steps(), |steps| run(&harness(), steps));
}

fn run(harness: &impl StoreHarness, steps: &[Step]) {
    let (known, clock) = (Known::new(harness.store().retention()), ManualClock::new());
    let (leases, fences) = (Vec::new(), HashMap::new());
    let mut pair = Pair { harness, known, clock, leases, fences };
    for step in steps {
        match step {
            Step::Claim { delivery, ttl, again } => pair.claim(delivery.identity(), *ttl, *again),
            Step::Renew { lease, ttl } => pair.renew(lease, *ttl),
            Step::Complete { lease, again } => pair.complete(lease, *again),
            Step::Release { lease } => pair.release(lease),
            Step::Advance(by) => pair.advance(*by),
            Step::Age => pair.age(),
        }
    }
}

/// A store and the reference, with the same history.
struct Pair<'b, B> {
    harness: &'b B,
    known: Known,
    clock: ManualClock,
    /// The leases of the store and of the reference.
    leases: Vec<(Lease, Lease)>,
    /// The highest fence of each delivery.
    fences: HashMap<EventKey, u64>,
}

impl<B: StoreHarness> Pair<'_, B> {
    fn claim(&mut self, identity: Identity, ttl: Duration, again: bool) {
        let request = ClaimRequest { identity, token: AttemptToken::random(), ttl };
        let claim = self.wait(self.harness.store().claim(&request));
        let expected = self.known.claim(&request, self.clock.now());
        match (claim, expected) {
            (
                Claim::Acquired { lease, is_suspect },
                Claim::Acquired { lease: expected, is_suspect: expected_suspect },
            ) => {
                assert_eq!((lease.key(), is_suspect), (expected.key(), expected_suspect));
                let before = self.fences.insert(lease.key(), lease.fence());
                assert!(before.is_none_or(|before| before < lease.fence()), "{lease:?} after {before:?}");
                self.leases.push((lease, expected));
            }
            (
                Claim::InFlight { retry_after, same_body },
                Claim::InFlight { retry_after: expected, same_body: same_expected },
            ) => {
                let up = |duration: Duration| duration.as_millis().div_ceil(HALF.as_millis());
                assert_eq!((up(retry_after), same_body), (up(expected), same_expected));
            }
            _ => assert_eq!(claim, expected),
        }
        if again && matches!(claim, Claim::Acquired { .. } | Claim::Done { .. } | Claim::Replayed) {
            assert_eq!(self.wait(self.harness.store().claim(&request)), claim, "once more");
        }
    }

    fn renew(&mut self, lease: &Index, ttl: Duration) {
        let Some((of_store, of_reference)) = self.lease(lease) else { return };
        let renewed = match self.wait(self.harness.store().renew(&of_store, ttl)) {
            Fenced::Ok(renewed) => {
                assert_eq!((renewed.key(), renewed.fence()), (of_store.key(), of_store.fence()));
                Fenced::Ok(())
            }
            Fenced::Stale => Fenced::Stale,
        };
        assert_eq!(renewed, self.known.renew(&of_reference, ttl, self.clock.now()));
    }

    fn complete(&mut self, lease: &Index, again: bool) {
        let Some((of_store, of_reference)) = self.lease(lease) else { return };
        let expected = self.known.complete(&of_reference, self.clock.now());
        for _ in 0..=usize::from(again) {
            assert_eq!(self.wait(self.harness.store().complete(&of_store)), expected);
        }
    }

    fn release(&mut self, lease: &Index) {
        let Some((of_store, of_reference)) = self.lease(lease) else { return };
        let released = self.wait(self.harness.store().release(&of_store));
        assert_eq!(released, self.known.release(&of_reference));
    }

    fn advance(&self, by: Duration) {
        self.harness.advance(by);
        self.clock.advance(by);
    }

    fn age(&self) {
        let whole = self.harness.store().retention().as_secs().div_ceil(60);
        self.advance(minutes(u32::try_from(whole).unwrap_or(u32::MAX).saturating_add(1)));
    }

    fn lease(&self, index: &Index) -> Option<(Lease, Lease)> {
        let pair = (!self.leases.is_empty()).then(|| *index.get(&self.leases));
        pair.filter(|(_, of_reference)| !self.known.is_forgotten(of_reference, self.clock.now()))
    }

    fn wait<T>(&self, future: StoreFuture<'_, T>) -> T {
        ok(self.harness.wait(future))
    }
}
