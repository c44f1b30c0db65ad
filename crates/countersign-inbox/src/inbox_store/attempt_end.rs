use std::fmt;
#[cfg(feature = "runtime")]
use std::sync::Arc;

use super::note::AttemptNote;
use crate::claim::Lease;

/// The end of an attempt whose effect is committed together with it: the lease, and the note of its row. Made of the
/// [`Context`](crate::Context) of a handler, or of a lease alone or with a note by an engine that claims events itself.
#[derive(Clone)]
pub struct AttemptEnd {
    lease: Lease,
    note: Note,
}

#[derive(Clone)]
enum Note {
    Known(AttemptNote),
    #[cfg(feature = "runtime")]
    Asked(Arc<dyn Fn() -> AttemptNote + Send + Sync>),
}

impl AttemptEnd {
    /// Creates the end of an attempt whose note is asked for when it is stored, because the handler still runs.
    #[cfg(feature = "runtime")]
    pub(crate) fn asking(lease: Lease, note: impl Fn() -> AttemptNote + Send + Sync + 'static) -> Self {
        Self { lease, note: Note::Asked(Arc::new(note)) }
    }

    /// Returns the lease that is finished.
    #[must_use]
    pub const fn lease(&self) -> Lease {
        self.lease
    }

    /// Returns the note of a [done](super::Finish::Done) attempt. For stores, which call it after the effect: a handler may set
    /// its response code there.
    #[must_use]
    pub fn note(&self) -> AttemptNote {
        match &self.note {
            Note::Known(note) => *note,
            #[cfg(feature = "runtime")]
            Note::Asked(note) => note(),
        }
    }
}

impl fmt::Debug for AttemptEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The note may not be known yet.
        f.debug_struct("AttemptEnd").field("lease", &self.lease).finish_non_exhaustive()
    }
}

impl From<(Lease, AttemptNote)> for AttemptEnd {
    fn from((lease, note): (Lease, AttemptNote)) -> Self {
        Self { lease, note: Note::Known(note) }
    }
}

impl From<Lease> for AttemptEnd {
    fn from(lease: Lease) -> Self {
        (lease, AttemptNote::NONE).into()
    }
}

impl From<&Lease> for AttemptEnd {
    fn from(lease: &Lease) -> Self {
        (*lease).into()
    }
}
