//! Bounds the public-key operations of a request.

/// The public-key operations that are left for a request. The number of keys, signatures and their forms multiplies,
/// and strangers choose some of them. Each operation costs as much as hashing some hundred kilobytes.
pub(crate) struct Budget {
    #[cfg_attr(not(feature = "_public-key"), allow(dead_code, reason = "nothing costs any"))]
    left: usize,
    /// The bytes that operations may hash from now on.
    #[cfg_attr(not(feature = "_public-key"), allow(dead_code, reason = "nothing costs any"))]
    bytes: usize,
}

impl Budget {
    /// Public-key operations per request, in all.
    pub(crate) const OPERATIONS: usize = 16;
    /// The bytes that operations hash per request, where each hashes all that is signed (Ed25519).
    const BYTES: usize = 8 << 20;
    /// So many operations are made whatever they hash: a rotation of keys at both ends.
    #[cfg(feature = "_public-key")]
    const ALWAYS: usize = 4;

    /// A whole budget, for one request.
    pub(crate) const fn new() -> Self {
        Self { left: Self::OPERATIONS, bytes: Self::BYTES }
    }

    /// Takes one operation out of it, if one is left.
    #[cfg(feature = "_public-key")]
    pub(super) fn take(&mut self) -> bool {
        let left = self.left.checked_sub(1);
        if left.is_some() {
            crate::work::operation();
        }
        #[cfg(test)]
        if left.is_some() {
            SPENT.with(|spent| spent.set(spent.get() + 1));
        }
        self.left = left.unwrap_or_default();
        left.is_some()
    }

    /// Takes one operation that hashes the whole content, if one is left.
    #[cfg(feature = "_public-key")]
    pub(super) fn take_hashing(&mut self, bytes: usize) -> bool {
        let left = self.bytes.checked_sub(bytes);
        if left.is_none() && Self::OPERATIONS - self.left >= Self::ALWAYS {
            return false;
        }
        self.bytes = left.unwrap_or_default();
        crate::work::hashed_slowly(bytes);
        self.take()
    }
}

#[cfg(all(test, feature = "_public-key"))]
thread_local! {
    /// The operations of this thread so far.
    pub(crate) static SPENT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(all(test, feature = "_public-key"))]
mod tests {
    use super::*;

    #[test]
    fn what_operations_hash_is_bounded_and_a_rotation_is_possible() {
        for (bytes, expected) in [(1_000, 16), (1 << 20, 8), (4 << 20, 4), (100 << 20, 4)] {
            let mut budget = Budget::new();
            assert_eq!((0..20).filter(|_| budget.take_hashing(bytes)).count(), expected, "{bytes}");
        }
    }
}
