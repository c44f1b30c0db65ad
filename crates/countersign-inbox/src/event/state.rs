use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The id of an event in its store, used by operators and in logs. Ids grow with time, and none is used twice.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct EventId(i64);

/// The state of an event.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "lowercase")]
pub enum EventState {
    /// The event waits for a worker, or until it is due.
    Ready,
    /// A worker holds a lease on the event.
    Running,
    /// The event was handled, skipped or discarded.
    Done,
    /// A dead letter: the event waits for an operator.
    Dead,
    /// The stored request no longer verifies. The event waits until its key is in the secrets again, or its provider
    /// sends it again; it is never forgotten.
    Unverified,
}

/// The policy for a dead letter that its provider sends again. An [unverified](EventState::Unverified) event is
/// always handled again.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum DeadDuplicates {
    /// Handles it again from the first attempt, with the new request: head, body and time of receipt are replaced.
    /// The audit log records this, with the provider as the actor. The default.
    #[default]
    Requeue,
    /// Leaves it a dead letter.
    Keep,
}

/// The policy for an event whose data has a version that the catalogue of its handler does not name: that of a newer
/// provider, or of another program ([`EventCatalog`](countersign::EventCatalog) has versions).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum UnknownVersions {
    /// Makes it a dead letter with that reason. An operator replays it when a program that knows the version runs. The
    /// default.
    #[default]
    DeadLetter,
    /// Keeps it: it is tried again every hour, and is handled without an operator when a program that knows the version
    /// runs. These attempts do not count, and its age counts from the last one: it has all its retries then.
    Keep,
}

impl EventId {
    /// Creates an id from its stored number.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// Returns the stored number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for EventId {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl EventState {
    /// All states, in the order of their codes.
    pub const ALL: [Self; 5] = [Self::Ready, Self::Running, Self::Done, Self::Dead, Self::Unverified];

    /// Returns the name for output and metric labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Unverified => "unverified",
        }
    }

    /// Returns the stored code: 0 ready, 1 running, 2 done, 3 dead, 4 unverified.
    #[must_use]
    pub const fn code(self) -> i16 {
        match self {
            Self::Ready => 0,
            Self::Running => 1,
            Self::Done => 2,
            Self::Dead => 3,
            Self::Unverified => 4,
        }
    }

    /// Returns the state with this stored code.
    #[must_use]
    pub const fn from_code(code: i16) -> Option<Self> {
        match code {
            0 => Some(Self::Ready),
            1 => Some(Self::Running),
            2 => Some(Self::Done),
            3 => Some(Self::Dead),
            4 => Some(Self::Unverified),
            _ => None,
        }
    }
}

impl fmt::Display for EventState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
