mod content;
mod parse;
mod template;
mod written;

pub(crate) use content::{BodyPart, Content, Excluded, FixedPart, JsonLines, JsonPart, RarePart};
pub use template::Template;
