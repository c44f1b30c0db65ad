//! The cache of fetched keys: their lifetimes, and the requests that fetch again. It has no I/O and no clock of its
//! own.

mod entries;
mod entry;
mod known;
mod lifetime;

pub(crate) use entries::{Ask, Entries, Waiter};
pub(crate) use entry::{Answer, Fetched, Outcome};
pub(crate) use lifetime::fresh_for;
