//! The options of `countersign types`.

use std::path::PathBuf;

use clap::Args;

/// Prints a module with an `EventCatalog` and the types of its events, made of a JSON Schema, of the webhooks and callbacks
/// of OpenAPI, or of the messages of AsyncAPI. The same document always makes the same module, formatted as rustfmt does.
/// The module uses `countersign`, `serde` and `serde_json`; fields that the schema does not have are ignored.
#[derive(Args)]
pub(crate) struct TypesArgs {
    /// The document, in JSON or YAML
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: PathBuf,
    /// Write these events only: a type, or TYPE=/pointer for data whose schema is there in the document; may be repeated
    #[arg(long, value_name = "TYPE[=/POINTER]")]
    pub(crate) event: Vec<String>,
    /// Take the places of type and data from this provider of the catalogue
    #[arg(long, value_name = "SLUG")]
    pub(crate) provider: Option<String>,
    /// Take them from a declaration of your own, in TOML or JSON
    #[arg(long, value_name = "FILE", conflicts_with = "provider")]
    pub(crate) scheme: Option<PathBuf>,
    /// Place of the type in a body, whose schema names it [default: that of the provider, or `/type` and its like]
    #[arg(long, value_name = "/POINTER", value_parser = pointer)]
    pub(crate) type_at: Option<String>,
    /// Place of the data in a body; empty for all of it [default: that of the provider, or all of it]
    #[arg(long, value_name = "/POINTER", value_parser = pointer)]
    pub(crate) data: Option<String>,
    /// Place of the type in an operation, a message or a schema: /x-github/subcategory
    #[arg(long, value_name = "/POINTER", value_parser = pointer)]
    pub(crate) name_at: Option<String>,
    /// Name of the catalogue
    #[arg(long, value_name = "NAME", default_value = "Events", value_parser = type_name)]
    pub(crate) name: String,
    /// Trust the schema: required fields are there and not null, and points in time are texts
    #[arg(long)]
    pub(crate) strict: bool,
}

fn pointer(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.starts_with('/') {
        Ok(text.to_owned())
    } else {
        Err("a JSON pointer starts with `/`")
    }
}

fn type_name(text: &str) -> Result<String, &'static str> {
    let is_name = text.starts_with(|letter: char| letter.is_ascii_uppercase())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric());
    if is_name { Ok(text.to_owned()) } else { Err("the name of a Rust type is expected, such as `Events`") }
}
