//! Finds separators in values of the signed content.

use crate::swar;

pub(crate) const HOLDS_SEPARATOR: &str = "contains the separator of the signed content";

#[inline]
fn contains(value: &[u8], end: &[u8]) -> bool {
    match end {
        [] => false,
        [byte] => swar::contains(value, *byte),
        _ => memchr::memmem::find(value, end).is_some(),
    }
}

/// Returns whether a value between these literals makes one of them appear at another place than its own.
pub(crate) fn splits(value: &[u8], end: &[u8], start: &[u8]) -> bool {
    // A literal that ends as it begins may also appear where the value and the literal meet.
    let at_end = |kept| {
        value.ends_with(end.get(..kept).unwrap_or_default()) && end.get(kept..) == end.get(..end.len() - kept)
    };
    let at_start = |kept: usize| {
        value.starts_with(start.get(kept..).unwrap_or_default())
            && start.get(..kept) == start.get(start.len() - kept..)
    };
    contains(value, end)
        || contains(value, start)
        || (1..end.len()).any(at_end)
        || (1..start.len()).any(at_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_separator_must_not_appear_where_the_value_meets_it() {
        assert!(splits(b"a.b", b".", b"") && splits(b"a.b", b"", b".") && splits(b"a--b", b"--", b""));
        assert!(splits(b"a-", b"--", b"") && splits(b"-a", b"", b"--") && !splits(b"ax:", b":x:", b""));
        assert!(splits(b"a:x", b":x:", b""));
        assert!(!splits(b"a-b", b"--", b"--") && !splits(b"", b".", b".") && !splits(b"a.b", b"", b""));
    }
}
