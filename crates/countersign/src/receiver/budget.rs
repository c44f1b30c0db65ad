use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A bound on the bytes of bodies that are buffered at the same time. Clones share it: give one to all receivers of a
/// process, so that many slow senders together cannot take its memory.
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
    /// The default: 64 MiB, 64 bodies of the largest default size.
    pub const DEFAULT_BYTES: usize = 64 << 20;

    /// A budget of so many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self { shared: Arc::new(Shared { limit: bytes, in_use: AtomicUsize::new(0) }) }
    }

    /// Bytes that are buffered now.
    #[must_use]
    pub fn in_use(&self) -> usize {
        self.shared.in_use.load(Ordering::Relaxed)
    }

    /// An empty share, given back when it is dropped.
    pub(crate) fn share(&self) -> Share {
        Share { budget: self.clone(), bytes: 0 }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Self::DEFAULT_BYTES)
    }
}

/// What one request has taken from a budget.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    bytes: usize,
}

impl Share {
    /// Takes more. `false`: there is not so much left, and nothing was taken.
    pub(crate) fn grow(&mut self, bytes: usize) -> bool {
        let Shared { limit, in_use } = &*self.budget.shared;
        let taken = in_use.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(bytes).filter(|used| used <= limit)
        });
        if taken.is_ok() {
            self.bytes += bytes;
        }
        taken.is_ok()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.shared.in_use.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_bounded_and_given_back() {
        let budget = Budget::new(10);
        let (mut one, mut two) = (budget.share(), budget.share());
        assert!(one.grow(6) && !two.grow(5) && two.grow(4) && !one.grow(1));
        drop(one);
        assert_eq!(budget.in_use(), 4);
        assert!(two.grow(6) && !two.grow(usize::MAX));
        drop(two);
        assert_eq!(budget.in_use(), 0);
    }
}
