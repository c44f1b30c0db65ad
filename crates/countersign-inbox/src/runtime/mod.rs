//! Code shared by inline mode, the acceptor and the worker: lease renewal, store timeouts and outages.

mod lease_timer;
mod outage;
mod panic_message;
mod retry_until;

pub(crate) use lease_timer::{LeaseTimer, check_lease, margin, renew_again_after, renew_every};
pub(crate) use outage::Outage;
pub(crate) use panic_message::panic_message;
pub(crate) use retry_until::{retry_until, within};
