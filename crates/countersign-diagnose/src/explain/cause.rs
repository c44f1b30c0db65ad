use std::borrow::Cow;
use std::fmt;

/// A known mistake that explains a rejection: a machine-readable word, and a sentence with what would have matched
/// and the cure. Neither contains a secret, a signature or a byte of a body.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cause {
    code: &'static str,
    sentence: Cow<'static, str>,
}

impl Cause {
    pub(crate) const fn new(code: &'static str, sentence: &'static str) -> Self {
        Self { code, sentence: Cow::Borrowed(sentence) }
    }

    pub(crate) const fn owned(code: &'static str, sentence: String) -> Self {
        Self { code, sentence: Cow::Owned(sentence) }
    }

    /// Returns the word, in snake case: `body_pretty_printed`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}
