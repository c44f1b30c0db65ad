//! The tables and their migrations.
//!
//! Migrations only add: binaries of two versions use one schema while instances are upgraded one after the other. A
//! migration that breaks older binaries raises the required version.

mod migrate;
mod name;
mod owner;

pub(crate) use migrate::{check, migrate};
pub(crate) use name::SchemaName;
