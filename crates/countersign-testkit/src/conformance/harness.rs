use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::{DedupeStore, StoreError, StoreFuture};

/// A store, and the operations that the suite needs.
///
/// The store is empty, forgets after its [retention](DedupeStore::retention), holds at least 1,000 entries, and
/// belongs to the harness exclusively.
pub trait StoreHarness: Sync {
    /// Returns the store. Stores that are shared by machines may return another connection each time.
    fn store(&self) -> Arc<dyn DedupeStore>;

    /// Advances the clock of the store.
    fn advance(&self, by: Duration);

    /// Waits for an operation. Called from many threads at once, none of them inside a runtime.
    ///
    /// # Errors
    ///
    /// The error of the operation.
    fn wait<T>(&self, future: StoreFuture<'_, T>) -> Result<T, StoreError>;
}

/// Changes a value whose fields may grow in number.
pub(crate) fn with<T>(mut value: T, change: impl FnOnce(&mut T)) -> T {
    change(&mut value);
    value
}
