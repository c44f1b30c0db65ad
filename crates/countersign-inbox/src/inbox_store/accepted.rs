use crate::event::{EventId, EventState};

/// The result of storing an event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Accepted {
    /// The event was stored.
    New {
        /// The id of the event.
        id: EventId,
        /// The signed bytes are those of another stored event that is not suspect itself, in any state, and
        /// [`UnsignedIds::Warn`](crate::UnsignedIds::Warn) admits them.
        is_suspect: bool,
    },
    /// The key is known.
    Duplicate {
        /// The id of the stored event.
        id: EventId,
        /// The state of the stored event.
        state: EventState,
        /// The body is the same. Providers render events anew, so another body is no reason to reject the delivery.
        same_body: bool,
    },
    /// The event was a dead letter or [unverified](EventState::Unverified), and is ready again, as after a
    /// [replay](crate::Action::Replay): see [`DeadDuplicates`](crate::DeadDuplicates). Head, body, type,
    /// `traceparent` and time of receipt are replaced by those of this delivery. They are kept if the signed bytes
    /// are those of another stored event and the body differs: an unsigned id may be forged.
    Requeued {
        /// The id of the event.
        id: EventId,
    },
    /// The signed bytes are those of another stored event that is not suspect itself, and
    /// [`UnsignedIds::Reject`](crate::UnsignedIds::Reject) is set: nothing was stored.
    Replayed,
}
