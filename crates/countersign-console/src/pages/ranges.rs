//! Ids of events in an address, as ranges.

use countersign_inbox::EventId;

/// Writes ascending ids: for each range its distance to the one before, and the number of further ids in it, in base 36. `3-2.4` is
/// 3, 4, 5 and 9.
pub(super) fn written(ids: &[EventId]) -> String {
    let mut ranges = Vec::new();
    let mut ids = ids.iter().map(|id| id.get()).peekable();
    let mut before = 0_i64;
    while let Some(first) = ids.next() {
        let (mut last, mut more) = (first, 0);
        while let Some(next) = ids.next_if(|next| last.checked_add(1) == Some(*next)) {
            (last, more) = (next, more + 1);
        }
        let distance = in_letters(first.abs_diff(before));
        ranges.push(if more == 0 { distance } else { format!("{distance}-{}", in_letters(more)) });
        before = last;
    }
    ranges.join(".")
}

/// Reads them again, up to this number. `None` if it is something else.
pub(super) fn read(text: &str, most: usize) -> Option<Vec<EventId>> {
    let (mut ids, mut last) = (Vec::new(), 0_i64);
    for range in text.split('.').filter(|range| !range.is_empty()) {
        let (distance, more) = range.split_once('-').unwrap_or((range, "0"));
        let first = last.checked_add(i64::from_str_radix(distance, BASE).ok()?)?;
        last = first.checked_add(i64::from_str_radix(more, BASE).ok()?)?;
        ids.extend((first..=last).take(most.saturating_sub(ids.len())).map(EventId::new));
    }
    Some(ids)
}

fn in_letters(mut number: u64) -> String {
    let mut letters = Vec::new();
    loop {
        let digit = u32::try_from(number % u64::from(BASE)).unwrap_or(0);
        letters.extend(char::from_digit(digit, BASE));
        number /= u64::from(BASE);
        if number == 0 {
            return letters.into_iter().rev().collect();
        }
    }
}

const BASE: u32 = 36;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn neighbours_are_a_range() {
        assert_eq!(written(&[3, 4, 5, 9, 11, 12].map(EventId::new)), "3-2.4.2-1");
        assert_eq!(read("1-zzzzzzzzz.5", 3), Some([1, 2, 3].map(EventId::new).to_vec()));
        for wrong in ["!", "3-", "-1-2", "1zzzzzzzzzzzzzzzz"] {
            assert_eq!(read(wrong, 9), None, "{wrong}");
        }
    }

    #[test]
    fn the_events_of_a_change_fit_a_header_even_if_they_are_far_apart() {
        let ids: Vec<_> = (1..=500).map(|nth| EventId::new(nth * 12_345_678)).collect();
        assert!(written(&ids).len() < 3000, "{}", written(&ids).len());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(ids in prop::collection::btree_set(prop_oneof![1..60_i64, 1..i64::MAX], 0..40)) {
            let ids: Vec<_> = BTreeSet::into_iter(ids).map(EventId::new).collect();
            prop_assert_eq!(read(&written(&ids), 60), Some(ids));
        }
    }
}
