use std::fmt;

/// The versions of a type that a catalogue decodes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Versions {
    /// The type.
    pub tag: &'static str,
    /// The versions, oldest first.
    pub known: &'static [&'static str],
}

impl Versions {
    /// Creates an entry of [`EventCatalog::VERSIONS`](super::EventCatalog::VERSIONS).
    #[must_use]
    pub const fn new(tag: &'static str, known: &'static [&'static str]) -> Self {
        Self { tag, known }
    }
}

/// A version that the catalogue does not have, and those that it has.
pub(super) struct UnknownVersion {
    pub(super) version: String,
    pub(super) known: &'static [&'static str],
}

impl UnknownVersion {
    pub(super) fn describe(&self, event_type: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "version {} of `{event_type}` is unknown, known are {}: deploy a program that names it in \
             `#[event(…, version = …)]`",
            plain(&self.version),
            self.known.join(", ")
        )
    }
}

/// Returns the version if it has the form of one, instead of other text from the body.
fn plain(version: &str) -> &str {
    let is_plain = version.len() <= 32
        && version
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+'));
    if is_plain { version } else { "of another form" }
}
