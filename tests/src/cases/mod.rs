//! The table: every case, written once.

mod bodies;
mod derived;
mod each;
mod headers;
mod ids;
mod own;
mod sizes;
mod tenants;
mod timestamps;
mod typed;
mod urls;

use crate::Case;

/// All cases.
#[must_use]
pub fn all() -> Vec<Case> {
    let groups = [
        each::cases(),
        bodies::cases(),
        derived::cases(),
        headers::cases(),
        ids::cases(),
        own::cases(),
        sizes::cases(),
        tenants::cases(),
        timestamps::cases(),
        typed::cases(),
        urls::cases(),
    ];
    groups.into_iter().flatten().collect()
}
