use std::fmt;
#[cfg(feature = "runtime")]
use std::sync::Arc;

use crate::claim::Lease;
use crate::ops::FailureKind;

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

/// Facts about an attempt that are stored in its row. They do not affect how the event is handled; lists show the response code.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct AttemptNote {
    /// The response code of another system, such as 503.
    pub code: Option<u16>,
    /// The class of the failure.
    pub failure: Option<FailureKind>,
    /// Whether an attempt that [ends its event](crate::AttemptOutcome::is_success) leaves no row: handled or skipped. Other outcomes
    /// always leave one. A worker sets it for successes above a [rate](crate::InboxBuilder::with_recorded_successes).
    pub is_unrecorded: bool,
}

impl AttemptNote {
    /// A note without facts: the attempt leaves a row.
    pub const NONE: Self = Self { code: None, failure: None, is_unrecorded: false };

    /// Sets the response code of another system.
    #[must_use]
    pub const fn with_code(mut self, code: u16) -> Self {
        self.code = Some(code);
        self
    }

    /// Sets the class of the failure.
    #[must_use]
    pub const fn with_failure(mut self, failure: FailureKind) -> Self {
        self.failure = Some(failure);
        self
    }

    /// Leaves no row for a success.
    #[must_use]
    pub const fn unrecorded(mut self) -> Self {
        self.is_unrecorded = true;
        self
    }
}
