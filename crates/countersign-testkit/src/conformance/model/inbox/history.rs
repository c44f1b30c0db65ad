use std::collections::BTreeMap;

use countersign::UnixTime;
use countersign_inbox::{Action, EventId, EventKey, Finish, StoredEvent};

/// Invariants that hold independently of the reference:
///
/// 1. An acknowledged event stays until it is handled, or an operator removes it.
/// 2. A held event is not leased again, and a worker that lost an event cannot change it.
/// 3. A finished event does not run again while it is remembered, unless it is replayed.
/// 4. Of the events with one ordering key, one runs at a time, and the earliest that is not handled is next.
#[derive(Default)]
pub(super) struct History(BTreeMap<EventKey, Life>);

/// The life of an event, and of earlier events with its key.
struct Life {
    id: EventId,
    fence: u64,
    held_until: Option<UnixTime>,
    is_done: bool,
    is_owed: bool,
    /// As it was stored or leased; none if it is not known.
    order: Option<Order>,
}

/// The endpoint and the ordering key.
type Order = (String, String);

pub(super) fn order(source: &str, ordering_key: Option<&str>) -> Option<Order> {
    ordering_key.map(|key| (source.to_owned(), key.to_owned()))
}

impl History {
    pub(super) fn stored(&mut self, key: EventKey, id: EventId, order: Option<Order>) {
        let fence = self.0.get(&key).map_or(0, |life| life.fence);
        let life = Life { id, fence, held_until: None, is_done: false, is_owed: true, order };
        if let Some(before) = self.0.insert(key, life) {
            assert!(!before.is_owed && !before.is_done, "{} was forgotten", before.id);
            assert!(id > before.id, "{id} after {}", before.id);
        }
    }

    pub(super) fn claimed(&mut self, event: &StoredEvent, fence: u64, now: UnixTime, until: UnixTime) {
        self.assert_is_next(event);
        let life = self.life(event.key);
        life.order = order(&event.source, event.ordering_key.as_deref());
        assert!(fence > life.fence, "{fence} after {}", life.fence);
        assert!(life.held_until.is_none_or(|until| until <= now), "{} is held already", life.id);
        assert!(life.is_owed && !life.is_done, "{} is done", life.id);
        (life.fence, life.held_until) = (fence, Some(until));
    }

    pub(super) fn extended(&mut self, key: EventKey, fence: u64, until: UnixTime) {
        let life = self.life(key);
        assert!(fence == life.fence && life.held_until.is_some(), "{} is held by another lease", life.id);
        life.held_until = Some(until);
    }

    pub(super) fn finished(&mut self, key: EventKey, fence: u64, finish: &Finish) {
        let life = self.life(key);
        assert_eq!(fence, life.fence, "{} is held by another lease", life.id);
        if life.is_done {
            assert_eq!(*finish, Finish::Done, "{} is done", life.id);
            return;
        }
        assert!(life.held_until.take().is_some(), "{} is not held", life.id);
        life.is_done = matches!(finish, Finish::Done | Finish::Skip { .. });
        life.is_owed = matches!(
            finish,
            Finish::Retry { .. } | Finish::Keep { .. } | Finish::GiveBack | Finish::Unverified { .. }
        );
    }

    /// Records a replay by an operator or a duplicate.
    pub(super) fn changed(&mut self, key: EventKey, action: Action) {
        let life = self.life(key);
        assert_eq!(life.held_until, None, "{} is held", life.id);
        (life.is_owed, life.is_done) = (action == Action::Replay, action == Action::Discard);
        // A duplicate may have replaced it.
        life.order = None;
    }

    pub(super) fn forgot(&mut self, key: EventKey) {
        let life = self.life(key);
        assert!(!life.is_owed, "{} is forgotten, and was not handled", life.id);
        life.is_done = false;
    }

    pub(super) fn lost_all_leases(&mut self) {
        self.0.values_mut().for_each(|life| life.held_until = None);
    }

    pub(super) fn assert_everything_was_handled(&self) {
        let owed: Vec<_> = self.0.values().filter(|life| life.is_owed).map(|life| life.id).collect();
        assert!(owed.is_empty(), "acknowledged, and never handled: {owed:?}");
    }

    fn assert_is_next(&mut self, event: &StoredEvent) {
        let order = order(&event.source, event.ordering_key.as_deref());
        if order.is_none() {
            return;
        }
        let is_taken_over = self.life(event.key).held_until.is_some();
        let others = self.0.iter().filter(|(key, life)| **key != event.key && life.order == order);
        for (_, other) in others {
            assert!(other.held_until.is_none(), "{} runs beside {}", event.id, other.id);
            let is_earlier = other.is_owed && other.id < event.id;
            assert!(is_taken_over || !is_earlier, "{} runs before {}", event.id, other.id);
        }
    }

    #[expect(clippy::panic, reason = "the end of a test")]
    fn life(&mut self, key: EventKey) -> &mut Life {
        self.0.get_mut(&key).unwrap_or_else(|| panic!("{key:?} was never accepted"))
    }
}
