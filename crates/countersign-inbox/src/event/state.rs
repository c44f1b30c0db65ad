use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The number of an event in its store: what operators and logs call it by. It grows with time, and none is used twice.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct EventId(i64);

/// Where an event is on its way.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "lowercase")]
pub enum EventState {
    /// It waits for a worker, or until it is due.
    Ready,
    /// A worker has a lease on it.
    Running,
    /// It was handled, skipped or discarded.
    Done,
    /// A dead letter: it waits for an operator.
    Dead,
    /// Its stored request does not verify any more. It waits until its key is in the secrets again, or its provider sends
    /// it again; it is never forgotten.
    Unverified,
}

/// Decides whether a dead letter is handled again when its provider sends it again. An
/// [unverified](EventState::Unverified) event always is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum DeadDuplicates {
    /// It is handled again, from the first attempt on, as it was sent now: head, body and time of receipt are replaced. The
    /// audit log says so, with the provider as the actor. The default.
    #[default]
    Requeue,
    /// It stays a dead letter.
    Keep,
}

impl EventId {
    /// From what a store has kept.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// As a store keeps it.
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
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 5] = [Self::Ready, Self::Running, Self::Done, Self::Dead, Self::Unverified];

    /// As it is printed, and labels metrics.
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

    /// Returns the stored form: 0 ready, 1 running, 2 done, 3 dead, 4 unverified.
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

    /// From what a store has kept.
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
