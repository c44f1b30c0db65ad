//! Decides which parts of the signed content have fixed boundaries.
//!
//! A signature covers one text. If two requests with different values yield the same text, a recorded one can be
//! replayed as the other. The boundaries of a part are fixed if they follow from the text: from the start, part by
//! part, as long as each is delimited by itself (a fixed length, its own grammar, a separator that its values do
//! not contain), and from the end in the same way. One part may remain between the two and is determined by the
//! others. If more than one remains, they can exchange bytes.

mod boundaries;
mod kind;
mod side;

pub(crate) use boundaries::{Bound, Boundaries};
pub(crate) use kind::Timestamp;
pub(super) use side::{GroupStart, Side};
