//! The durable inbox: the interface of its stores.

mod accepted;
mod attempt_end;
mod commit;
mod note;
mod store;
mod tx;
mod wake;
mod work;

pub use accepted::Accepted;
pub use attempt_end::AttemptEnd;
pub use commit::CommitError;
pub use note::AttemptNote;
pub use store::{InboxStore, Swept};
pub use tx::{Dispatcher, TxInbox};
pub use wake::{WakeQueue, Woken};
pub use work::{ClaimDue, Finish, Isolation, Leased};
