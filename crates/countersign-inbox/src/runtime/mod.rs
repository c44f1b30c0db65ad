//! Code shared by inline mode, the acceptor and the worker: lease renewal, store timeouts and outages.

mod lease_timer;
mod retry_until;

pub(crate) use lease_timer::{LeaseTimer, check_lease, margin, renew_again_after, renew_every};
pub(crate) use retry_until::{Outage, retry_until, within};
