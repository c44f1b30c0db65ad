//! Bodies as text.

use std::borrow::Cow;

use crate::json::laid_out;

/// Returns a body as text, JSON laid out. `None` if it is no text.
pub(crate) fn readable(body: &[u8]) -> Option<Cow<'_, str>> {
    let whole = std::str::from_utf8(body).ok()?;
    Some(laid_out(whole, MOST_SHOWN).map_or(Cow::Borrowed(whole), Cow::Owned))
}

/// Returns as much of a text as a page shows.
pub(crate) fn beginning(whole: &str) -> &str {
    let end = (0..=whole.len().min(MOST_SHOWN)).rev().find(|end| whole.is_char_boundary(*end)).unwrap_or(0);
    whole.get(..end).unwrap_or_default()
}

/// More than people read, and little enough for any browser, even with each character escaped.
pub(crate) const MOST_SHOWN: usize = 256 << 10;
