//! What inline mode and the worker have in common: leases that are renewed, and a store that is waited for.

mod insist;
mod pulse;

pub(crate) use insist::{insist, within};
pub(crate) use pulse::{Pulse, check_lease, margin, renew_again_after, renew_every};
