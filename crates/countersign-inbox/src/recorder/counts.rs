//! The counts of an increment, and their names.

use std::collections::BTreeMap;

use crate::statistics::Increment;

/// Counts in the increment of an endpoint.
pub(super) fn count_in(
    pending: &mut BTreeMap<String, Increment>,
    source: &str,
    count: impl FnOnce(&mut Increment),
) {
    if let Some(increment) = pending.get_mut(source) {
        count(increment);
    } else {
        let mut increment = Increment::new(source);
        count(&mut increment);
        pending.insert(source.to_owned(), increment);
    }
}

/// Counts by a name: of a key, a rule, a response code. Names come from configuration, the key lists of providers and other
/// systems, and their number is bounded.
pub(super) fn count_name(counts: &mut BTreeMap<String, u64>, name: &str) {
    if let Some(count) = counts.get_mut(name) {
        *count += 1;
    } else {
        let is_known_size = counts.len() < MOST_NAMES && name.len() <= LONGEST_NAME;
        *counts.entry(if is_known_size { name } else { OTHER_NAMES }.to_owned()).or_default() += 1;
    }
}

/// Returns the beginning of a text that is short enough for the name of a count.
pub(super) fn beginning(text: &str) -> &str {
    let end = (0..=text.len().min(LONGEST_NAME)).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

/// The number of keys, rules or codes of an endpoint that are told apart.
const MOST_NAMES: usize = 32;
/// The longest name of a key or a rule, in bytes.
const LONGEST_NAME: usize = 128;
const OTHER_NAMES: &str = "others";
