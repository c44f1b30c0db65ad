//! The durable inbox: the interface of its stores.

mod attempt_end;
mod store;
mod tx;
mod wake;
mod work;

pub use attempt_end::{AttemptEnd, AttemptNote};
pub use store::{Accepted, InboxStore, Swept};
pub use tx::{CommitError, Dispatcher, TxInbox};
pub use wake::{WakeQueue, Woken};
pub use work::{ClaimDue, Finish, Isolation, Leased};
