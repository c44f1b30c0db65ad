//! Identifies the possible senders of a request: the providers of the catalogue that it fits, best first.

mod fit;
mod rank;
mod rarity;
mod score;
#[cfg(test)]
mod tests;

pub use fit::{Fit, identify};
pub(crate) use rank::{TELLING, best, ranked};
