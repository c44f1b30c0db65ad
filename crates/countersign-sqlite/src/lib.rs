//! The durable store of one machine: SQLite, with one writer and group commit.

mod backup;
mod builder;
mod connection;
mod dedupe;
mod drift;
mod error;
mod failpoint;
mod filesystem;
mod inbox;
mod ops;
mod owner;
mod rows;
mod schema;
mod store;
mod upkeep;
mod wake;
mod writer;

pub use backup::BackupError;
pub use builder::SqliteStoreBuilder;
pub use error::OpenError;
pub use ops::SqliteOps;
pub use store::SqliteStore;
