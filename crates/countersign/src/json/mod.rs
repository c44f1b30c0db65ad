//! JSON bodies as bytes: scalars at pointers, repeated members, items of arrays, and the forms in which providers sign a document.

mod canonical;
mod items;
mod lookup;
mod reader;
mod unique;
mod writer;

pub(crate) use canonical::{php, sorted};
pub(crate) use items::items_within;
pub(crate) use lookup::{Scalar, lookup, lookup_all, scalar};
pub(crate) use unique::{Members, end_of_string, members};
