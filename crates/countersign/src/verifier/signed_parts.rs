use std::borrow::Cow;

use super::deferred_head::DeferredHead;
use super::rendered::Rendered;

/// The signed bytes before and after the body.
#[derive(Debug)]
pub(crate) struct SignedParts {
    pub(crate) prefix: Rendered,
    /// The length of the optional literal at the start, or 0.
    pub(crate) optional_start: usize,
    /// The parts that few schemes have. `None` is the common case and costs one check.
    pub(crate) extra: Option<Box<ExtraParts>>,
}

/// The signed parts other than the prefix, which few schemes have.
#[derive(Debug, Default)]
pub(crate) struct ExtraParts {
    pub(crate) suffix: Option<Rendered>,
    /// The prefix with another port in the URL.
    pub(crate) alternative_prefix: Option<Rendered>,
    pub(crate) deferred: Option<DeferredHead>,
}

impl SignedParts {
    pub(crate) const fn new() -> Self {
        Self { prefix: Rendered::new(), optional_start: 0, extra: None }
    }

    pub(crate) fn suffix(&self) -> Option<&Rendered> {
        self.extra.as_ref()?.suffix.as_ref()
    }

    /// Returns the alternative prefix.
    pub(crate) fn alternative_prefix(&self) -> Option<Cow<'_, Rendered>> {
        if self.optional_start > 0 {
            return Some(Cow::Owned(self.prefix.without_start(self.optional_start)));
        }
        self.extra.as_ref()?.alternative_prefix.as_ref().map(Cow::Borrowed)
    }

    pub(crate) fn deferred(&self) -> Option<&DeferredHead> {
        self.extra.as_ref()?.deferred.as_ref()
    }

    pub(crate) fn extra(&mut self) -> &mut ExtraParts {
        self.extra.get_or_insert_default()
    }
}
