//! A request with its expected answer.

use super::answer::Expect;
use super::forge::Forge;
use super::message::{Course, Message};

/// A request with its expected answer.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) sent: String,
    pub(super) message: Message,
    pub(super) course: Course,
    pub(super) expect: Expect,
}

impl Attempt {
    pub(super) fn new(sent: impl Into<String>, message: Message, expect: Expect) -> Self {
        Self { sent: sent.into(), message, course: Course::Whole, expect }
    }

    /// A request that must be refused.
    pub(super) fn refused(sent: impl Into<String>, message: Message) -> Self {
        Self::new(sent, message, Expect::Refused)
    }

    /// A request that must be accepted.
    pub(super) fn accepted(sent: impl Into<String>, message: Message) -> Self {
        Self::new(sent, message, Expect::Accepted)
    }

    /// A request that must be answered, whatever the answer is.
    pub(super) fn answered(sent: impl Into<String>, message: Message) -> Self {
        Self::new(sent, message, Expect::Answered)
    }

    /// Returns whether a receiver that follows the declaration meets the expectation. One whose declaration leaves
    /// a value open is not to blame for it.
    pub(super) fn is_fair(&self, forge: &Forge) -> bool {
        let accepts = || forge.accepts(&self.message);
        match self.expect {
            Expect::Accepted => accepts() != Some(false),
            Expect::Refused => accepts() != Some(true),
            Expect::Answered => true,
        }
    }
}
