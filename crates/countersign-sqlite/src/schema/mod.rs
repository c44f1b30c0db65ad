//! Creates the tables, and upgrades those of older files.

mod migrate;

#[cfg(test)]
pub(crate) use migrate::create;
pub(crate) use migrate::{VERSION, check, migrate};
