//! The meaning of each kind of rejection, and its cure.

mod table;

use countersign::ErrorKind;

use table::ADVICE;

/// The meaning of a [kind](ErrorKind) of rejection for the receiver, and the cure: what `docs/rejections.md` says of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Advice {
    /// The check that failed.
    pub failed: &'static str,
    /// The usual cure.
    pub cure: &'static str,
    /// A command that helps. `SLUG` stands for the slug of the provider, `VAR` for the variable with the secret, `URL` for the
    /// public URL, and `STORE` for the store.
    pub command: &'static str,
}

/// Returns the advice for a kind of rejection. `None` for a kind of a later version.
///
/// ```
/// use countersign::ErrorKind;
/// use countersign_diagnose::advice;
///
/// let advice = advice(ErrorKind::TimestampTooNew).unwrap();
/// assert_eq!((advice.failed, advice.cure), ("ahead of the clock by more than the tolerance", "synchronise the clock"));
/// ```
#[must_use]
pub fn advice(kind: ErrorKind) -> Option<Advice> {
    let (_, failed, cure, command) = ADVICE.iter().find(|(known, ..)| *known == kind)?;
    Some(Advice { failed, cure, command })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_advice() {
        for kind in ErrorKind::ALL {
            let of = advice(*kind).unwrap_or_else(|| panic!("{kind}"));
            assert!(
                !of.failed.is_empty() && !of.cure.is_empty() && of.command.starts_with(['c', 't']),
                "{kind}: {of:?}"
            );
        }
        assert_eq!(ADVICE.len(), ErrorKind::ALL.len());
    }
}
