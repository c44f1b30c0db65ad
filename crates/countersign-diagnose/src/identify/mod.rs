//! Identifies the possible senders of a request: the providers of the catalogue that it matches, best first.

mod matching;
mod rank;
mod rarity;
mod score;
#[cfg(test)]
mod tests;

pub use matching::{Match, identify};
pub(crate) use rank::{TELLING, best, ranked};
