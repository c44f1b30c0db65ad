//! Records that a handshake has issued a secret.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Records whether a secret was issued to a receiver and its clones. A verifier with fixed secrets does not take
/// over an issued one, so this is the only record that a secret was stored before.
///
/// One number holds the state and the number of resets. A claim from before a reset changes nothing: the state may be
/// that of a later claim.
#[derive(Clone, Debug, Default)]
pub(super) struct IssuedMemory(Arc<AtomicU64>);

/// The exclusive right to store an issued secret. Released when it is dropped before the secret is stored.
#[derive(Debug)]
pub(super) struct IssueClaim {
    memory: IssuedMemory,
    /// The record at the claim, without its state.
    resets: u64,
    /// Whether no other secret was stored or being stored.
    is_first: bool,
}

impl IssuedMemory {
    /// Claims the right to store a secret. Returns `None` if one is stored, or being stored.
    pub(super) fn claim(&self, may_replace: bool) -> Option<IssueClaim> {
        let claimed = self.change(|record| (record & STATE == NONE).then_some(record | STORING));
        let (Ok(before) | Err(before)) = claimed;
        let is_first = claimed.is_ok();
        let claim = || IssueClaim { memory: self.clone(), resets: before & !STATE, is_first };
        (is_first || may_replace).then(claim)
    }

    /// Allows a further secret.
    pub(super) fn reset(&self) {
        let _ = self.change(|record| Some((record & !STATE).wrapping_add(RESET)));
    }

    fn change(&self, change: impl FnMut(u64) -> Option<u64>) -> Result<u64, u64> {
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, change)
    }
}

impl IssueClaim {
    /// Records that the secret is stored: later ones are refused, unless the record was reset since the claim.
    pub(super) fn stored(self) {
        let stored = |record| (record & !STATE == self.resets).then_some(self.resets | STORED);
        let _ = self.memory.change(stored);
    }
}

impl Drop for IssueClaim {
    fn drop(&mut self) {
        if self.is_first {
            // Has no effect if the secret was stored, or the record was reset in the meantime.
            let released = |record| (record == self.resets | STORING).then_some(self.resets | NONE);
            let _ = self.memory.change(released);
        }
    }
}

/// The bits of the state; the others count resets.
const STATE: u64 = 0b11;
const NONE: u64 = 0;
const STORING: u64 = 1;
const STORED: u64 = 2;
const RESET: u64 = 0b100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_secret_is_stored_at_a_time_and_then_none() {
        let memory = IssuedMemory::default();
        let same = memory.clone();
        let claim = memory.claim(false).unwrap();
        assert!(same.claim(false).is_none(), "it is being stored");
        drop(claim);
        same.claim(false).unwrap().stored();
        assert!(memory.claim(false).is_none(), "it is stored");
        memory.reset();
        assert!(same.claim(false).is_some());
    }

    #[test]
    fn a_replacement_that_fails_leaves_what_is_stored() {
        let memory = IssuedMemory::default();
        memory.claim(false).unwrap().stored();
        drop(memory.claim(true).unwrap());
        assert!(memory.claim(false).is_none(), "the first is still the secret");
    }

    #[test]
    fn a_claim_from_before_a_reset_releases_no_later_one() {
        let memory = IssuedMemory::default();
        let early = memory.claim(false).unwrap();
        memory.reset();
        let late = memory.claim(false).unwrap();
        drop(early);
        assert!(memory.claim(false).is_none(), "the later secret is being stored");
        late.stored();
        assert!(memory.claim(false).is_none(), "it is stored");
    }

    #[test]
    fn a_claim_from_before_a_reset_does_not_record_its_secret() {
        let memory = IssuedMemory::default();
        for may_replace in [false, true] {
            let early = memory.claim(may_replace).unwrap();
            memory.reset();
            early.stored();
            let late = memory.claim(false).expect("a further secret is allowed");
            drop(late);
        }
    }
}
