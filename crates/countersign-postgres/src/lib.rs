//! The durable store of many machines: PostgreSQL.

mod accept;
mod batch;
mod builder;
mod core;
mod dedupe;
mod error;
mod failpoint;
mod finish;
mod inbox;
mod ops;
mod schema;
mod server;
mod session;
mod sql;
mod store;
mod text;
mod tx;
mod units;
mod upkeep;
mod wake;
mod work;

pub use builder::PostgresStoreBuilder;
pub use error::ConnectError;
pub use store::PostgresStore;
