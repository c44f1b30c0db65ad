//! What was fetched, for how long it counts, and who fetches it next. No I/O and no clock: both come from outside.

mod entries;
mod entry;
mod known;
mod lifetime;

pub(crate) use entries::{Ask, Entries, Flight};
pub(crate) use entry::{Answer, Fetched, Outcome};
pub(crate) use lifetime::fresh_for;
