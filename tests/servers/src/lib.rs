//! Private servers for tests: PostgreSQL, its standbys, PgBouncer and Redis on free ports of the loopback interface, in folders of their own.
//!
//! A test that stops, kills or reconfigures its server starts one with [`Postgres::start`] or [`Redis::start`]. All
//! others share the ones of [`postgres_url`] and [`redis_url`], and keep apart with [`fresh_database`] and
//! [`fresh_namespace`].
//!
//! Whatever ends the process that started a server ends the server, and its folder goes. All calls block.

#![allow(clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod child;
mod folder;
mod pgbouncer;
mod port;
mod postgres;
mod program;
mod redis;
mod server;
mod shared;
mod user;

pub use pgbouncer::PgBouncer;
pub use postgres::{Postgres, execute};
pub use redis::Redis;
pub use server::Server;
pub use shared::{fresh_database, fresh_namespace, postgres_url, redis_url};
