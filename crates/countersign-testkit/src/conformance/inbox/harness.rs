use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::{InboxStore, OpsStore, StoreError, StoreFuture};

/// An empty inbox, and the operations that the suite needs.
///
/// The inbox belongs to the harness exclusively, and forgets events only during a [sweep](InboxStore::sweep).
pub trait InboxHarness: Sync {
    /// Returns the inbox. Stores that are shared by machines may return another connection each time.
    fn inbox(&self) -> Arc<dyn InboxStore>;

    /// Returns the operator's view of the inbox.
    fn ops(&self) -> Arc<dyn OpsStore>;

    /// Advances the clock of the store. Real time may pass as well, as long as a case takes less than half a minute.
    fn advance(&self, by: Duration);

    /// Waits for an operation. Called from many threads at once, none of them inside a runtime.
    ///
    /// # Errors
    ///
    /// The error of the operation.
    fn wait<T>(&self, future: StoreFuture<'_, T>) -> Result<T, StoreError>;

    /// Stops the store without a shutdown and opens it again, if possible; does nothing by default. Returns the
    /// effect on leases.
    fn crash(&self) -> AfterCrash {
        AfterCrash::LeasesLast
    }
}

/// The effect of a crash on the leases of the crashed process.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AfterCrash {
    /// They last until they expire, because their holder may be another process.
    LeasesLast,
    /// Their events are ready again, and due since their claim, because no other process uses the store.
    LeasesEnd,
}
