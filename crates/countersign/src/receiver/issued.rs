//! Records that a handshake has issued a secret.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Records whether a secret was issued to a receiver and its clones. A verifier with fixed secrets does not take
/// over an issued one, so this is the only record that a secret was stored before.
#[derive(Clone, Debug, Default)]
pub(super) struct IssuedMemory(Arc<AtomicU8>);

/// The exclusive right to store an issued secret. Released when it is dropped before the secret is stored.
#[derive(Debug)]
pub(super) struct IssueClaim {
    memory: IssuedMemory,
    before: u8,
}

impl IssuedMemory {
    /// Claims the right to store a secret. Returns `None` if one is stored, or being stored.
    pub(super) fn claim(&self, may_replace: bool) -> Option<IssueClaim> {
        let claimed = self.0.compare_exchange(NONE, STORING, Ordering::AcqRel, Ordering::Acquire);
        let before = match claimed {
            Ok(before) => before,
            Err(before) if may_replace => before,
            Err(_) => return None,
        };
        Some(IssueClaim { memory: self.clone(), before })
    }

    /// Allows a further secret.
    pub(super) fn reset(&self) {
        self.0.store(NONE, Ordering::Release);
    }
}

impl IssueClaim {
    /// Records that the secret is stored: later ones are refused.
    pub(super) fn stored(self) {
        self.memory.0.store(STORED, Ordering::Release);
    }
}

impl Drop for IssueClaim {
    fn drop(&mut self) {
        if self.before == NONE {
            // Has no effect if the secret was stored, or the record was reset in the meantime.
            let _ = self.memory.0.compare_exchange(STORING, NONE, Ordering::AcqRel, Ordering::Acquire);
        }
    }
}

const NONE: u8 = 0;
const STORING: u8 = 1;
const STORED: u8 = 2;

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
}
