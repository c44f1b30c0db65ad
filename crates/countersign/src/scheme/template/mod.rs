pub(crate) mod braces;
mod content;
mod derived;
mod parse;
mod part;
mod table;
mod template;
mod transform;

pub(crate) use content::Content;
pub(crate) use part::{Member, Part, Value};
pub(crate) use table::probably_meant;
pub use template::Template;
pub(crate) use transform::{Apply, Covers, Input, Needs, Shape};
