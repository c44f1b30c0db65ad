//! The tables, and how they come about.
//!
//! Migrations only add: binaries of two versions use one schema while machines are upgraded one after the other. A
//! migration after which older binaries could not go on raises what the schema requires of them.

mod migrate;
mod name;

pub(crate) use migrate::{check, migrate};
pub(crate) use name::SchemaName;
