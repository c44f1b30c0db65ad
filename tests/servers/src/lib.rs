//! Private servers for tests: PostgreSQL, its standbys, PgBouncer and Redis on free ports of the loopback interface, in folders of their own.
//!
//! A test that stops, kills or reconfigures its server starts one with [`Postgres::start`] or [`Redis::start`]. All
//! others share those of [`postgres_url`] and [`redis_url`], and are isolated by [`fresh_database`] and
//! [`fresh_namespace`].
//!
//! [`refusing_addr`] is the address of a server that is down.
//!
//! A server and its folder end with the process that started it, however that ends. All calls block.

#![allow(clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod child;
mod folder;
mod pgbouncer;
mod port;
mod postgres;
mod program;
mod redis;
mod refusing;
mod server;
mod shared;
mod user;

pub use pgbouncer::PgBouncer;
pub use postgres::{Postgres, execute};
pub use redis::Redis;
pub use refusing::refusing_addr;
pub use server::Server;
pub use shared::{fresh_database, fresh_namespace, postgres_url, redis_url};
