//! Ids of events in an address, as ranges.

use std::fmt::Write;

use countersign_inbox::EventId;

/// Writes ascending ids: `3-7 9`.
pub(super) fn written(ids: &[EventId]) -> String {
    let mut text = String::new();
    let mut ids = ids.iter().map(|id| id.get()).peekable();
    while let Some(first) = ids.next() {
        let mut last = first;
        while let Some(next) = ids.next_if(|next| last.checked_add(1) == Some(*next)) {
            last = next;
        }
        let space = if text.is_empty() { "" } else { " " };
        let _ = if first == last {
            write!(text, "{space}{first}")
        } else {
            write!(text, "{space}{first}-{last}")
        };
    }
    text
}

/// Reads them again, up to this number. `None` if it is something else.
pub(super) fn read(text: &str, most: usize) -> Option<Vec<EventId>> {
    let mut ids = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        let (first, last) = (first.parse::<i64>().ok()?, last.parse::<i64>().ok()?);
        ids.extend((first..=last).take(most.saturating_sub(ids.len())).map(EventId::new));
    }
    Some(ids)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn neighbours_are_a_range() {
        assert_eq!(written(&[3, 4, 5, 9, 11, 12].map(EventId::new)), "3-5 9 11-12");
        assert_eq!(read("1-9000000000000000000 5", 3), Some([1, 2, 3].map(EventId::new).to_vec()));
        assert_eq!((read("x", 9), read("3-", 9)), (None, None));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(ids in prop::collection::btree_set(0..60_i64, 0..40)) {
            let ids: Vec<_> = BTreeSet::into_iter(ids).map(EventId::new).collect();
            prop_assert_eq!(read(&written(&ids), 60), Some(ids));
        }
    }
}
