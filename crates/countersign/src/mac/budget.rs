//! Limits the public-key operations per request.

use crate::scheme::Algorithm;

/// The public-key operations left for a request. The numbers of keys, signatures and encodings multiply, and the
/// sender controls some of them. Each operation costs as much as hashing several hundred kilobytes.
pub(crate) struct Budget {
    #[cfg_attr(
        not(any(feature = "ecdsa", feature = "ed25519", feature = "rsa")),
        allow(dead_code, reason = "nothing costs any")
    )]
    left: usize,
    /// The cost of an operation, in units of work.
    #[cfg_attr(
        not(any(feature = "ecdsa", feature = "ed25519", feature = "rsa")),
        allow(dead_code, reason = "nothing costs any")
    )]
    units: usize,
    /// The number of bytes that further operations may hash.
    #[cfg_attr(
        not(any(feature = "ecdsa", feature = "ed25519", feature = "rsa")),
        allow(dead_code, reason = "nothing costs any")
    )]
    bytes: usize,
    /// The number of items of a body for which all keys may be tried.
    searches: usize,
}

impl Budget {
    /// The largest number of public-key operations per request.
    pub(crate) const OPERATIONS: usize = 16;
    /// The number of bytes that operations may hash per request, if each hashes the whole signed content (Ed25519).
    const BYTES: usize = 3 << 20;
    /// How often a larger body may be hashed: a key rotation at both ends.
    const TIMES: usize = 4;

    /// Creates the full budget of a request with a small body.
    #[cfg(all(test, feature = "_public-key"))]
    pub(crate) const fn new() -> Self {
        Self::for_body(Algorithm::Ed25519, 0, true)
    }

    /// Creates the full budget of a request with a body of this length. It is smaller if the content is derived from the
    /// body, which costs something, too.
    pub(crate) const fn for_body(algorithm: Algorithm, len: usize, is_content: bool) -> Self {
        let (least, times) =
            if is_content { (Self::BYTES, Self::TIMES) } else { (Self::BYTES / 2, Self::TIMES / 2) };
        let large = len.saturating_mul(times);
        let bytes = if large > least { large } else { least };
        let (left, units) = (Self::operations(algorithm, is_content), algorithm.operation_units());
        Self { left, units, bytes, searches: 16 }
    }

    /// Returns the number of public-key operations per request.
    pub(super) const fn operations(algorithm: Algorithm, is_content: bool) -> usize {
        let most = if is_content { Self::OPERATIONS } else { Self::OPERATIONS / 2 };
        most / algorithm.operation_weight()
    }

    /// Takes one search for the key of an item, if one is left. The items of a genuine body are signed with one key, or
    /// with a few.
    pub(crate) fn take_search(&mut self) -> bool {
        let left = self.searches.checked_sub(1);
        self.searches = left.unwrap_or_default();
        left.is_some()
    }

    /// Returns whether no operation is left.
    pub(crate) const fn is_spent(&self) -> bool {
        self.left == 0
    }

    /// Returns how many operations that each hash this many bytes may be tried.
    #[cfg(feature = "jwt")]
    pub(super) fn operations_over(bytes: usize) -> usize {
        (Self::BYTES / bytes.max(1)).clamp(Self::TIMES, Self::OPERATIONS)
    }

    /// Takes one operation, if one is left.
    #[cfg(any(feature = "ecdsa", feature = "ed25519", feature = "rsa"))]
    pub(super) fn take(&mut self) -> bool {
        let left = self.left.checked_sub(1);
        if left.is_some() {
            crate::work::operation(self.units);
        }
        #[cfg(test)]
        if left.is_some() {
            SPENT.with(|spent| spent.set(spent.get() + 1));
        }
        self.left = left.unwrap_or_default();
        left.is_some()
    }

    /// Takes one operation that hashes the whole content, if one is left.
    #[cfg(any(feature = "ecdsa", feature = "ed25519", feature = "rsa"))]
    pub(super) fn take_hashing(&mut self, bytes: usize) -> bool {
        let Some(left) = self.bytes.checked_sub(bytes) else { return false };
        self.bytes = left;
        crate::work::hashed_slowly(bytes);
        self.take()
    }
}

#[cfg(all(test, any(feature = "ecdsa", feature = "ed25519", feature = "rsa")))]
thread_local! {
    /// The number of operations on this thread so far.
    pub(crate) static SPENT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(all(test, any(feature = "ecdsa", feature = "ed25519", feature = "rsa")))]
mod tests {
    use super::*;

    #[test]
    fn what_operations_hash_is_bounded_and_a_rotation_is_possible() {
        for (bytes, expected) in [(1_000, 16), (1 << 19, 6), (1 << 20, 4), (4 << 20, 4), (100 << 20, 4)] {
            let mut budget = Budget::for_body(Algorithm::Ed25519, bytes, true);
            assert_eq!((0..20).filter(|_| budget.take_hashing(bytes)).count(), expected, "{bytes}");
        }
    }

    #[test]
    fn content_that_is_derived_from_the_body_halves_the_budget() {
        for (bytes, expected) in [(1_000, 8), (1 << 18, 6), (1 << 20, 2), (100 << 20, 2)] {
            let mut budget = Budget::for_body(Algorithm::Ed25519, bytes, false);
            assert_eq!((0..20).filter(|_| budget.take_hashing(bytes)).count(), expected, "{bytes}");
        }
    }

    #[test]
    fn as_many_operations_are_left_as_the_algorithm_is_worth() {
        for (algorithm, is_content, expected) in [
            (Algorithm::Ed25519, true, 16),
            (Algorithm::Ed25519, false, 8),
            (Algorithm::EcdsaP384Sha384, true, 5),
            (Algorithm::EcdsaP384Sha384, false, 2),
        ] {
            let mut budget = Budget::for_body(algorithm, 0, is_content);
            for left in (0..expected).rev() {
                assert!(!budget.is_spent() && budget.take(), "{algorithm:?}: {left} are left after this one");
            }
            assert!(budget.is_spent() && !budget.take(), "{algorithm:?}");
        }
    }

    #[cfg(feature = "jwt")]
    #[test]
    fn long_jwts_are_tried_with_fewer_keys_and_with_four_at_least() {
        for (bytes, expected) in [(0, 16), (1 << 10, 16), (1 << 19, 6), (3 << 20, 4), (usize::MAX, 4)] {
            assert_eq!(Budget::operations_over(bytes), expected, "{bytes}");
        }
    }
}
