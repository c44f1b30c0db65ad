//! The text of alternatives, such as `json:/event/type|/type`: a part without a kind has the kind of the one before it.

use std::fmt::{self, Display, Formatter};

/// Parses each part of a text. `kind` returns the prefix of a part that names its kind, or an empty one for a part that needs
/// none.
pub(crate) fn parse<T>(
    text: &str,
    kind: impl Fn(&str) -> Option<&'static str>,
    one: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let mut before = "";
    let part = |part: &str| match kind(part) {
        None if !before.is_empty() => one(&format!("{before}{part}")),
        own => {
            before = own.unwrap_or_default();
            one(part)
        }
    };
    text.split('|').map(part).collect()
}

/// Writes the text that [`parse`] reads.
pub(crate) fn write(
    f: &mut Formatter<'_>,
    parts: &[impl Display],
    kind: impl Fn(&str) -> Option<&'static str>,
) -> fmt::Result {
    let mut before = "";
    for (position, part) in parts.iter().enumerate() {
        let text = part.to_string();
        let own = kind(&text).unwrap_or_default();
        let separator = if position == 0 { "" } else { "|" };
        let short = if own == before { text.get(own.len()..).unwrap_or(&text) } else { &text };
        write!(f, "{separator}{short}")?;
        before = own;
    }
    Ok(())
}
