//! Code shared by inline mode and the worker: lease renewal and store timeouts.

mod insist;
mod pulse;

pub(crate) use insist::{insist, within};
pub(crate) use pulse::{Pulse, check_lease, margin, renew_again_after, renew_every};
