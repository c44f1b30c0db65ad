//! The table of all cases.

mod bodies;
mod derived;
mod for_each;
mod founding;
mod headers;
mod ids;
mod own;
mod sizes;
mod tenants;
mod timestamps;
mod typed;
mod urls;

use std::sync::LazyLock;

use crate::Case;

/// Returns all cases. They are created once, because RSA signatures are slow.
pub fn all() -> &'static [Case] {
    static ALL: LazyLock<Vec<Case>> = LazyLock::new(made);
    &ALL
}

fn made() -> Vec<Case> {
    let groups = [
        for_each::cases(),
        bodies::cases(),
        derived::cases(),
        founding::cases(),
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
