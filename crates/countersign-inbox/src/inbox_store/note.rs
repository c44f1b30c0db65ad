use crate::ops::FailureKind;

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
