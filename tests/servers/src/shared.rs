use std::env;
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use crate::postgres::{self, Postgres};
use crate::redis::Redis;

/// Returns the URL of the PostgreSQL server that tests share: the one in `COUNTERSIGN_TEST_POSTGRES`, which
/// `scripts/test` sets, or one for this process.
///
/// # Panics
///
/// If one is needed, and PostgreSQL is not installed, or does not start.
#[must_use]
pub fn postgres_url() -> String {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    env::var("COUNTERSIGN_TEST_POSTGRES").unwrap_or_else(|_| SERVER.get_or_init(Postgres::start).url())
}

/// Returns the URL of the Redis server that tests share: the one in `COUNTERSIGN_TEST_REDIS`, which `scripts/test`
/// sets, or one for this process.
///
/// # Panics
///
/// If one is needed, and Redis is not installed, or does not start.
#[must_use]
pub fn redis_url() -> String {
    static SERVER: OnceLock<Redis> = OnceLock::new();
    env::var("COUNTERSIGN_TEST_REDIS").unwrap_or_else(|_| SERVER.get_or_init(Redis::start).url())
}

/// Creates an empty database on the server of [`postgres_url`]. It is removed with the server.
///
/// # Panics
///
/// See [`postgres_url`].
#[must_use]
pub fn fresh_database() -> String {
    let server = postgres_url();
    let name = fresh_namespace();
    // `template1` may be in use, `template0` cannot be.
    drop(postgres::execute(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")));
    let (address, query) =
        server.split_once('?').map_or((server.as_str(), None), |(url, query)| (url, Some(query)));
    let (address, _) = address.rsplit_once('/').expect("the URL names a database");
    query.map_or_else(|| format!("{address}/{name}"), |query| format!("{address}/{name}?{query}"))
}

/// Returns a name that no other test uses, for keys on the server of [`redis_url`].
#[must_use]
pub fn fresh_namespace() -> String {
    format!("test_{:016x}", RandomState::new().hash_one(()))
}
