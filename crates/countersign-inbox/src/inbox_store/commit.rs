use std::error::Error;
use std::fmt;

use crate::store::StoreError;

/// The reason why an effect and the end of its event were not committed: nothing of either is stored, unless the
/// connection was lost during the commit.
///
/// A handler may return it: the event is retried, and an attempt that has lost its lease changes nothing.
#[derive(Debug)]
#[non_exhaustive]
pub enum CommitError<E> {
    /// The effect failed.
    Effect(E),
    /// Another worker has the event, or it was handled already.
    LeaseLost,
    /// The store could not begin, finish or commit.
    Store(StoreError),
}

impl<E> From<StoreError> for CommitError<E> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<E: fmt::Display> fmt::Display for CommitError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // With the causes in the alternate form, if the error has them.
            Self::Effect(error) => error.fmt(f),
            Self::LeaseLost => f.write_str("the lease is lost, and nothing was written"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl<E: Error + 'static> Error for CommitError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Effect(error) => error.source(),
            Self::LeaseLost => None,
            Self::Store(error) => error.source(),
        }
    }
}
