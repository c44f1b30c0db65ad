//! Limits the public-key operations per request.

/// The public-key operations left for a request. The numbers of keys, signatures and encodings multiply, and the
/// sender controls some of them. Each operation costs as much as hashing several hundred kilobytes.
pub(crate) struct Budget {
    #[cfg_attr(
        not(any(feature = "ecdsa", feature = "ed25519", feature = "rsa")),
        allow(dead_code, reason = "nothing costs any")
    )]
    left: usize,
    /// The number of bytes that further operations may hash.
    #[cfg_attr(
        not(any(feature = "ecdsa", feature = "ed25519", feature = "rsa")),
        allow(dead_code, reason = "nothing costs any")
    )]
    bytes: usize,
}

impl Budget {
    /// The number of public-key operations per request.
    pub(crate) const OPERATIONS: usize = 16;
    /// The number of bytes that operations may hash per request, if each hashes the whole signed content (Ed25519).
    const BYTES: usize = 8 << 20;
    /// The number of operations that are allowed whatever they hash: a key rotation at both ends.
    #[cfg(any(feature = "ecdsa", feature = "ed25519", feature = "rsa"))]
    const ALWAYS: usize = 4;

    /// Creates the full budget of a request.
    pub(crate) const fn new() -> Self {
        Self { left: Self::OPERATIONS, bytes: Self::BYTES }
    }

    /// Takes one operation, if one is left.
    #[cfg(any(feature = "ecdsa", feature = "ed25519", feature = "rsa"))]
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
    #[cfg(any(feature = "ecdsa", feature = "ed25519", feature = "rsa"))]
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
        for (bytes, expected) in [(1_000, 16), (1 << 20, 8), (4 << 20, 4), (100 << 20, 4)] {
            let mut budget = Budget::new();
            assert_eq!((0..20).filter(|_| budget.take_hashing(bytes)).count(), expected, "{bytes}");
        }
    }
}
