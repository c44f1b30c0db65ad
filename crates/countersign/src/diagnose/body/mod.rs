//! Mistakes with the body: what the provider signed is what it sent, and not what a framework made of it.

mod compress;
mod escape;
mod form;
mod json;
mod layout;
mod order;
mod text;

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::Cause;
use super::case::{Case, Guess, Guesses};

/// Bodies that may have been signed, and why the body at hand is another one.
type Bodies<'g> = Box<dyn Iterator<Item = (Vec<Cause>, Vec<u8>)> + 'g>;

/// One change that something has made.
pub(super) fn likely(case: &Case) -> Guesses<'_> {
    Box::new(guesses(case).filter_map(|(likely, guess)| likely.then_some(guess)))
}

/// Several changes, or one that can be undone in many ways.
pub(super) fn rare(case: &Case) -> Guesses<'_> {
    Box::new(guesses(case).filter_map(|(likely, guess)| (!likely).then_some(guess)))
}

/// Each body once, and whether it is likely.
fn guesses(case: &Case) -> impl Iterator<Item = (bool, Guess<'_>)> {
    let likely = || {
        text::likely(case).chain(layout::likely(case)).chain(form::likely(case)).chain(compress::likely(case))
    };
    let rare = || layout::rare(case).chain(compress::rare(case)).chain(order::rare(case));
    let bodies = case.signs_body().then(|| {
        let likely = likely().map(|(causes, body)| (true, causes, body));
        likely.chain(rare().map(|(causes, body)| (false, causes, body)))
    });
    let limit = case.provider.scheme.limits.body_bytes;
    let hasher = RandomState::new();
    let mut seen = HashSet::from([hasher.hash_one(&case.body[..])]);
    let bodies = bodies.into_iter().flatten();
    let new =
        bodies.filter(move |(_, _, body)| body.len() <= limit && seen.insert(hasher.hash_one(&body[..])));
    new.map(|(likely, causes, body)| (likely, Guess::body(causes, body)))
}
