use std::time::Duration;

use countersign_inbox::{Digest, Identity, UnsignedIds};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};

use super::super::manual_clock::{HALF, minutes};
use crate::conformance::inbox::driver::identity;

/// A step of a history.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Claims twice, as after a lost reply.
    Claim {
        delivery: Delivery,
        ttl: Duration,
        again: bool,
    },
    Renew {
        lease: Index,
        ttl: Duration,
    },
    Complete {
        lease: Index,
        again: bool,
    },
    Release {
        lease: Index,
    },
    Advance(Duration),
    /// Advances the time until finished entries are forgotten.
    Age,
}

#[derive(Clone, Debug)]
pub(super) struct Delivery {
    tenant: &'static str,
    id: &'static str,
    body: &'static str,
    policy: UnsignedIds,
}

/// Generates histories with one policy for the endpoint.
pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    select(&[UnsignedIds::Off, UnsignedIds::Warn, UnsignedIds::Reject][..]).prop_flat_map(steps_under)
}

fn steps_under(policy: UnsignedIds) -> impl Strategy<Value = Vec<Step>> {
    let ttl = || (1u32..20).prop_map(|count| minutes(count) + HALF);
    let lease = any::<Index>;
    let step = prop_oneof![
        8 => (delivery(policy), ttl(), any::<bool>())
            .prop_map(|(delivery, ttl, again)| Step::Claim { delivery, ttl, again }),
        2 => (lease(), ttl()).prop_map(|(lease, ttl)| Step::Renew { lease, ttl }),
        4 => (lease(), any::<bool>()).prop_map(|(lease, again)| Step::Complete { lease, again }),
        2 => lease().prop_map(|lease| Step::Release { lease }),
        3 => (1u32..30).prop_map(|count| Step::Advance(minutes(count))),
        1 => Just(Step::Age),
    ];
    vec(step, 1..60)
}

/// Generates one of few deliveries, so that there are duplicates and known signed bytes.
fn delivery(policy: UnsignedIds) -> impl Strategy<Value = Delivery> {
    let names =
        (select(&["", "acme"][..]), select(&["evt_1", "evt_2", "evt_3"][..]), select(&["", "{}"][..]));
    names.prop_map(move |(tenant, id, body)| match policy {
        UnsignedIds::Off => Delivery { tenant, id, body, policy },
        // It is up to the store whether bytes guard an id that comes again with others.
        _ => Delivery { tenant, id, body: if id == "evt_3" { "{}" } else { "" }, policy },
    })
}

impl Delivery {
    pub(super) fn identity(&self) -> Identity {
        let body = self.body.as_bytes();
        identity(self.tenant, "orders", self.id, body)
            .with_guard(Digest::of_signed(&[Some(body)]), self.policy)
    }
}
