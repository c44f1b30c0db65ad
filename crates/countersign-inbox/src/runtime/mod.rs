//! Code shared by inline mode, the acceptor and the worker: lease renewal, store timeouts and outages.

mod insist;
mod outage;
mod pulse;

pub(crate) use insist::{insist, within};
pub(crate) use outage::Outage;
pub(crate) use pulse::{Pulse, check_lease, margin, renew_again_after, renew_every};
