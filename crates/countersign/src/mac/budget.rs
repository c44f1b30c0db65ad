//! Bounds the public-key operations of a request.

/// The public-key operations that are left for a request. The number of keys, signatures and their forms multiplies,
/// and strangers choose some of them. Each operation costs as much as hashing some hundred kilobytes.
pub(crate) struct Budget {
    #[cfg_attr(not(feature = "_public-key"), allow(dead_code, reason = "nothing costs any"))]
    left: usize,
}

impl Budget {
    /// Public-key operations per request, in all.
    pub(crate) const OPERATIONS: usize = 16;

    /// A whole budget, for one request.
    pub(crate) const fn new() -> Self {
        Self { left: Self::OPERATIONS }
    }

    /// Takes one operation out of it, if one is left.
    #[cfg(feature = "_public-key")]
    pub(super) fn take(&mut self) -> bool {
        let left = self.left.checked_sub(1);
        #[cfg(test)]
        if left.is_some() {
            SPENT.with(|spent| spent.set(spent.get() + 1));
        }
        self.left = left.unwrap_or_default();
        left.is_some()
    }
}

#[cfg(all(test, feature = "_public-key"))]
thread_local! {
    /// The operations of this thread so far.
    pub(crate) static SPENT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}
