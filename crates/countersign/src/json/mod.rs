//! JSON bodies as bytes: repeated members, items of arrays, and the forms in which providers sign a document.

mod canonical;
mod items;
mod reader;
mod unique;
mod writer;

pub(crate) use canonical::{php, sorted};
pub(crate) use items::items_within;
pub(crate) use unique::{Members, end_of_string, members};
