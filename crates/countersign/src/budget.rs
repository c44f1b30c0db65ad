use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A limit on the memory of requests that are received at the same time, and of the decompressed content of bodies in
/// gzip until their deliveries are dropped. Clones share it: give one budget to all receivers of a process, so that many
/// slow senders cannot exhaust its memory.
///
/// It counts a request until the decision: the head as the framework holds it, the most that verifier and handshakes keep
/// of it, the room reserved for the body, and what the decision makes of the body. A buffer that grows counts twice while
/// it is copied. A head counts for two to four times its bytes with most declarations, and 128 bytes a header. Not
/// counted are structures of fixed size, below 16 KiB a request, the memory of the framework itself, and a body after
/// the decision.
///
/// ```
/// use countersign::receiver::Budget;
///
/// let budget = Budget::new(64 << 20);
/// assert_eq!(budget.in_use(), 0);
/// ```
#[derive(Clone, Debug)]
pub struct Budget {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    limit: usize,
    in_use: AtomicUsize,
}

impl Budget {
    /// The default: 64 MiB, which is 64 bodies of the largest default size.
    const DEFAULT_BYTES: usize = 64 << 20;

    /// Creates a budget of this many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self { shared: Arc::new(Shared { limit: bytes, in_use: AtomicUsize::new(0) }) }
    }

    /// Returns the number of bytes that are buffered now.
    #[must_use]
    pub fn in_use(&self) -> usize {
        self.shared.in_use.load(Ordering::Relaxed)
    }

    /// Reserves bytes. Returns `false` and reserves nothing if fewer are left.
    pub(super) fn take(&self, bytes: usize) -> bool {
        let Shared { limit, in_use } = &*self.shared;
        let taken = in_use.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(bytes).filter(|used| used <= limit)
        });
        taken.is_ok()
    }

    /// Reserves bytes until the value is dropped. Returns `None` if there are not enough left.
    pub(crate) fn count(&self, bytes: usize) -> Option<Counted> {
        self.take(bytes).then(|| Counted { budget: self.clone(), bytes })
    }

    /// Releases reserved bytes.
    pub(super) fn give_back(&self, bytes: usize) {
        self.shared.in_use.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// Bytes reserved in a budget, released when it is dropped.
#[derive(Debug)]
pub(crate) struct Counted {
    budget: Budget,
    bytes: usize,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Self::DEFAULT_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_bounded_and_given_back() {
        let budget = Budget::new(10);
        let same = budget.clone();
        assert!(budget.take(6) && !same.take(5) && same.take(4) && !budget.take(1));
        budget.give_back(6);
        assert_eq!(same.in_use(), 4);
        assert!(budget.take(6) && !budget.take(usize::MAX));
    }
}
