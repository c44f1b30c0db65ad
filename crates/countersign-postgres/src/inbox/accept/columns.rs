use countersign_inbox::{DeadDuplicates, NewEvent, UnsignedIds};

use crate::convert::storable_time;
use crate::inner::StoreInner;
use crate::session::{Prepared, prepare};

/// Binds the events at these positions, as one array per column.
pub(super) fn bind(
    inner: &StoreInner,
    events: &[NewEvent],
    chosen: &[usize],
    lock_timeout: Option<&'static str>,
) -> Prepared<'static> {
    let chosen: Vec<&NewEvent> = chosen.iter().filter_map(|place| events.get(*place)).collect();
    let guards = chosen.iter().map(|event| event.identity.guard());
    let strict =
        |guard: Option<(_, UnsignedIds)>| guard.is_some_and(|(_, policy)| policy == UnsignedIds::Reject);
    prepare(&inner.statements.accept)
        .bind(column(&chosen, |event| *event.identity.key().as_bytes()))
        .bind(column(&chosen, |event| *event.identity.body().as_bytes()))
        .bind(guards.clone().map(|guard| guard.map(|(digest, _)| *digest.as_bytes())).collect::<Vec<_>>())
        .bind(guards.map(strict).collect::<Vec<_>>())
        .bind(column(&chosen, |event| event.dead_duplicates == DeadDuplicates::Requeue))
        .bind(column(&chosen, |event| event.source.as_str()))
        .bind(column(&chosen, |event| event.tenant.as_deref()))
        .bind(column(&chosen, |event| event.provider.as_str()))
        .bind(column(&chosen, |event| event.external_id.as_deref()))
        .bind(column(&chosen, |event| event.event_type.as_deref()))
        .bind(column(&chosen, |event| storable_time(event.received_at)))
        .bind(column(&chosen, |event| event.head.to_bytes()))
        .bind(column(&chosen, |event| &*event.body))
        .bind(column(&chosen, |event| event.traceparent.as_deref()))
        .bind(lock_timeout)
        .bind(column(&chosen, |event| event.ordering_key.as_deref()))
}

fn column<'e, T>(events: &[&'e NewEvent], value: impl Fn(&'e NewEvent) -> T) -> Vec<T> {
    events.iter().copied().map(value).collect()
}
