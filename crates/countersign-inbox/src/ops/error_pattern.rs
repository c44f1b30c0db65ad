use std::iter::Peekable;
use std::str::Chars;

use countersign::UnixTime;

use super::FailureKind;
use crate::event::EventId;

/// The failed attempts of one kind: of the same endpoint, type, class, and text without what differs between two of them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ErrorPattern {
    /// The name of the endpoint.
    pub source: String,
    /// The type of the events.
    pub event_type: Option<String>,
    /// The class of the failures.
    pub failure: Option<FailureKind>,
    /// The text, as [`error_pattern`] returns it.
    pub pattern: String,
    /// The number of failed attempts.
    pub count: u64,
    /// The time of the first failure, by the clock of the store.
    pub first_at: UnixTime,
    /// The time of the latest failure.
    pub last_at: UnixTime,
    /// The event of one of the latest failures; `None` if it was an [attempt in inline mode](crate::OpsStore::inline_attempts),
    /// which stores no event.
    pub example: Option<EventId>,
}

/// Returns the text of an error without what differs between two errors of one kind: `#` stands for each number and each
/// word that may be an id, and white space is a single space. At most 200 characters. An id is a word with a digit, or one that
/// ends in an underscore and 10 or more letters of both cases.
///
/// The text of the worker in front of the last error of a dead letter ("gave up after attempt 12 of 12: ") is left out, so that it
/// has the pattern of the failures before.
///
/// ```
/// use countersign_inbox::error_pattern;
///
/// let pattern = error_pattern("invoice in_7Kq2 of 2026-11-29 timed out after 30.5 s");
/// assert_eq!(pattern, "invoice # of # timed out after # s");
/// ```
#[must_use]
pub fn error_pattern(error: &str) -> String {
    let mut error = error;
    while let Some(last) = last_error(error) {
        error = last;
    }
    pattern_of(error)
}

/// Returns the error behind what a worker writes when it gives an event up.
fn last_error(error: &str) -> Option<&str> {
    let (limit, last) = error.trim_start().strip_prefix("gave up after ")?.split_once(": ")?;
    ["attempt # of #", "# s, with a limit of # s"].contains(&&*pattern_of(limit)).then_some(last)
}

fn pattern_of(error: &str) -> String {
    let (mut pattern, mut length) = (String::new(), 0);
    let mut chars = error.chars().peekable();
    while let Some(first) = chars.next() {
        if length >= LONGEST {
            break;
        }
        if first.is_whitespace() {
            length += push(&mut pattern, " ");
        } else if first.is_alphanumeric() {
            let word = word(first, &mut chars);
            length += push(&mut pattern, if is_id(&word) { "#" } else { &word });
        } else {
            length += push(&mut pattern, first.encode_utf8(&mut [0; 4]));
        }
    }
    let pattern: String = pattern.chars().take(LONGEST).collect();
    pattern.trim().to_owned()
}

/// Returns whether a word is a number or may be an id.
fn is_id(word: &str) -> bool {
    let is_random = |last: &str| {
        last.len() >= LEAST_RANDOM
            && last.chars().all(char::is_alphabetic)
            && last.contains(char::is_uppercase)
            && last.contains(char::is_lowercase)
    };
    word.contains(char::is_numeric) || word.rsplit_once('_').is_some_and(|(_, last)| is_random(last))
}

/// Reads a word: letters and digits, and what joins two of them in numbers, times and ids.
fn word(first: char, chars: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::from(first);
    loop {
        let mut ahead = chars.clone();
        match ahead.next() {
            Some(next) if next.is_alphanumeric() => word.push(next),
            Some(next)
                if "-_.:".contains(next) && ahead.peek().is_some_and(|after| after.is_alphanumeric()) =>
            {
                word.push(next);
            }
            _ => return word,
        }
        chars.next();
    }
}

/// Appends a part, unless it repeats a space or a placeholder. Returns the number of characters.
fn push(pattern: &mut String, part: &str) -> usize {
    if matches!(part, " " | "#") && pattern.ends_with(part) {
        return 0;
    }
    pattern.push_str(part);
    part.chars().count()
}

/// The largest number of characters of a pattern, short enough for an index.
const LONGEST: usize = 200;
/// The least length of a random part of an id, in bytes.
const LEAST_RANDOM: usize = 10;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn errors_that_differ_in_numbers_and_ids_have_one_pattern() {
        let cases = [
            ("billing said 503", "billing said #"),
            ("gave up after attempt 12 of 12: down", "down"),
            ("gave up after 7205 s, with a limit of 7200 s: down: 503", "down: #"),
            ("gave up after three tries: down", "gave up after three tries: down"),
            ("no invoice in_XoqUTzuPlM", "no invoice #"),
            ("no field customer_Reference", "no field customer_Reference"),
            ("no account 3f2504e0-4f89-11d3-9a0c-0305e82c3301!", "no account #!"),
            ("connect to 10.0.0.7:5432 failed:\n  timed out", "connect to # failed: timed out"),
            ("evt_7b2, evt_9c4", "#, #"),
            ("row 1,234", "row #,#"),
            ("time-out of the e-mail server", "time-out of the e-mail server"),
            ("", ""),
        ];
        for (error, pattern) in cases {
            assert_eq!(error_pattern(error), pattern, "{error}");
        }
    }

    proptest! {
        #[test]
        fn a_pattern_is_short_and_its_own_pattern(error in ".{0,400}") {
            let pattern = error_pattern(&error);
            prop_assert!(pattern.chars().count() <= LONGEST);
            prop_assert!(!pattern.contains(char::is_numeric), "{}", pattern);
            prop_assert_eq!(error_pattern(&pattern), pattern.clone());
        }

        #[test]
        fn a_dead_letter_has_the_pattern_of_its_last_failure(
            error in ".{0,400}",
            attempt in 1_u32..100,
            age in 0_u64..1_000_000,
        ) {
            let pattern = error_pattern(&error);
            prop_assert_eq!(&error_pattern(&format!("gave up after attempt {attempt} of {attempt}: {error}")), &pattern);
            let of_age = format!("gave up after {age} s, with a limit of {age} s: {error}");
            prop_assert_eq!(&error_pattern(&of_age), &pattern);
        }

        #[test]
        fn other_numbers_do_not_change_it(one in any::<u64>(), other in any::<u64>()) {
            let error = |number: u64| format!("order {number} of customer c-{number}: {number:x}0 is not there");
            prop_assert_eq!(error_pattern(&error(one)), error_pattern(&error(other)));
        }
    }
}
