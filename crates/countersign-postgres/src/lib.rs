//! The durable store of many machines: PostgreSQL.

mod builder;
mod dedupe;
mod error;
mod schema;
mod server;
mod session;
mod sql;
mod store;
mod units;

pub use builder::PostgresBuilder;
pub use error::ConnectError;
pub use store::PostgresStore;
