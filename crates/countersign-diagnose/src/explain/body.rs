//! Mistakes with the body: the provider signed the bytes that it sent, not those that a framework produced from
//! them.

mod absent;
mod booleans;
mod breaks;
mod compress;
mod dates;
mod empties;
mod escape;
mod form;
mod json;
mod layout;
mod lossy;
mod numbers;
mod order;
mod places;
mod printed;
mod quotes;
mod tags;
mod text;

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::case::{Bodies, Case, Guess, Guesses};

pub(super) use form::{component, escapes, percent, plus};
pub(super) use order::arranged;
pub(super) use printed::is_lost;

/// Tries one change of the body. At most `most` bytes of guesses are written.
pub(super) fn likely(case: &Case, most: u64) -> Guesses<'_> {
    let bodies = text::likely(case)
        .chain(layout::likely(case))
        .chain(form::likely(case))
        .chain(compress::likely(case))
        .chain(printed::likely(&case.body))
        .chain(breaks::likely(&case.body))
        .chain(numbers::likely(&case.body))
        .chain(dates::likely(&case.body));
    guesses(case, most, Box::new(bodies))
}

/// Tries several changes, or one that can be undone in many ways.
pub(super) fn rare(case: &Case, most: u64) -> Guesses<'_> {
    let bodies = text::rare(case)
        .chain(breaks::rare(&case.body))
        .chain(quotes::rare(&case.body))
        .chain(booleans::rare(&case.body))
        .chain(empties::rare(&case.body))
        .chain(tags::rare(&case.body))
        .chain(layout::rare(case))
        .chain(compress::rare(case))
        .chain(numbers::rare(&case.body))
        .chain(written_again(case))
        .chain(order::rare(case))
        .chain(form::rare(case))
        .chain(lossy::rare(&case.body));
    guesses(case, most, Box::new(bodies))
}

/// Tries bodies with something that was removed. It is guessed, so these are many.
pub(super) fn last(case: &Case, most: u64) -> Guesses<'_> {
    let bodies = absent::last(&case.body).chain(tags::last(&case.body)).chain(breaks::last(&case.body));
    guesses(case, most, Box::new(bodies))
}

/// Tries white space, escapes or order that changed together with numbers or line breaks.
fn written_again(case: &Case) -> Bodies<'_> {
    Box::new(layout::likely(case).flat_map(|(causes, body)| {
        let singles = numbers::rare(&body).take(MOST_SINGLES);
        let more = numbers::likely(&body).chain(singles).chain(breaks::likely(&body));
        let more = more.map(|(more, body)| ([causes.as_slice(), &more].concat(), body));
        more.collect::<Vec<_>>()
    }))
}

/// The number of numbers that are changed one at a time in a reformatted body.
const MOST_SINGLES: usize = 64;

/// Yields each body once.
fn guesses<'g>(case: &'g Case, most: u64, bodies: Bodies<'g>) -> Guesses<'g> {
    let bodies = case.signs_body().then_some(bodies);
    let limit = case.provider.scheme.limits.body_bytes;
    let hasher = RandomState::new();
    let mut seen = HashSet::from([hasher.hash_one(&case.body[..])]);
    let mut left = most;
    let bodies = bodies.into_iter().flatten().take_while(move |(_, body)| {
        let bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let rest = left.checked_sub(bytes);
        left = rest.unwrap_or_default();
        rest.is_some()
    });
    let new = bodies.filter(move |(_, body)| body.len() <= limit && seen.insert(hasher.hash_one(&body[..])));
    Box::new(new.map(|(causes, body)| Guess::body(causes, body)))
}
