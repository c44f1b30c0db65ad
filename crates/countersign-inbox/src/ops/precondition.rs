use serde::Serialize;

/// A condition on the pause, the limit or the circuits of exactly the name that a change names. Stores check it and make the change in one
/// step, so that of two operators who have seen the same state one changes it.
///
/// ```
/// use countersign_inbox::{OpsStore, Pause, PauseChange, Precondition, StoreError};
///
/// async fn resume(store: &impl OpsStore, seen: &Pause) -> Result<bool, StoreError> {
///     let change = PauseChange::resume(&seen.source, "ada");
///     // False if another operator has changed the pause since it was read.
///     store.set_pause(&change.with_precondition(Precondition::Version(seen.version()))).await
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub enum Precondition {
    /// The change is made in any case.
    #[default]
    Any,
    /// There is no pause, no limit, or no operation on circuits that still holds.
    Absent,
    /// There is one that still holds, with this version: see [`Pause::version`](super::Pause::version), [`Limit::version`](super::Limit::version)
    /// and [`CircuitCommand::version`](super::CircuitCommand::version).
    Version(i64),
}

impl Precondition {
    /// Returns the condition that the state is still as it was seen: the version, or `None` if there was nothing.
    #[must_use]
    pub const fn unchanged(seen: Option<i64>) -> Self {
        match seen {
            Some(version) => Self::Version(version),
            None => Self::Absent,
        }
    }

    /// Returns whether the condition holds for this version of what holds now. For stores.
    #[must_use]
    pub fn allows(self, version: Option<i64>) -> bool {
        match self {
            Self::Any => true,
            Self::Absent => version.is_none(),
            Self::Version(expected) => version == Some(expected),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_holds_for_what_was_seen() {
        for (condition, allowed) in [
            (Precondition::Any, [true, true, true]),
            (Precondition::unchanged(None), [true, false, false]),
            (Precondition::unchanged(Some(7)), [false, true, false]),
        ] {
            assert_eq!(
                [None, Some(7), Some(8)].map(|version| condition.allows(version)),
                allowed,
                "{condition:?}"
            );
        }
    }
}
