use std::borrow::Cow;

use super::rare_head::RareHead;
use super::rendered::Rendered;

/// The signed bytes before and after the body.
#[derive(Debug)]
pub(crate) struct Around {
    pub(crate) before: Rendered,
    /// The length of the optional literal at the start, or 0.
    pub(crate) optional_start: usize,
    /// The parts that few schemes have. `None` is the common case and costs one check.
    pub(crate) more: Option<Box<More>>,
}

/// The signed parts other than the prefix, which few schemes have.
#[derive(Debug, Default)]
pub(crate) struct More {
    pub(crate) after: Option<Rendered>,
    /// The prefix with another port in the URL.
    pub(crate) instead: Option<Rendered>,
    pub(crate) head: Option<RareHead>,
}

impl Around {
    pub(crate) const fn new() -> Self {
        Self { before: Rendered::new(), optional_start: 0, more: None }
    }

    pub(crate) fn after(&self) -> Option<&Rendered> {
        self.more.as_ref()?.after.as_ref()
    }

    /// Returns the alternative prefix.
    pub(crate) fn instead(&self) -> Option<Cow<'_, Rendered>> {
        if self.optional_start > 0 {
            return Some(Cow::Owned(self.before.without_start(self.optional_start)));
        }
        self.more.as_ref()?.instead.as_ref().map(Cow::Borrowed)
    }

    pub(crate) fn head(&self) -> Option<&RareHead> {
        self.more.as_ref()?.head.as_ref()
    }

    pub(crate) fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }
}
