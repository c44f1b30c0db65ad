use std::error::Error;
use std::sync::Arc;

use countersign_inbox::{DedupeStore, MemoryStore};
use countersign_postgres::PostgresStore;
use countersign_redis::RedisStore;
use countersign_sqlite::SqliteStore;

/// The store that `STORE` names.
///
/// | `STORE` | |
/// |---|---|
/// | `memory` | for as long as the process lives |
/// | `sqlite:PATH` | one machine; the file is made if it is not there |
/// | `postgres://…` | many machines |
/// | `redis://…`, `rediss://…` | many machines |
pub(crate) async fn open(store: &str) -> Result<Arc<dyn DedupeStore>, Box<dyn Error>> {
    let (scheme, rest) = store.split_once(':').unwrap_or((store, ""));
    Ok(match scheme {
        "memory" if rest.is_empty() => Arc::new(MemoryStore::new(MEMORY_CAPACITY)),
        "sqlite" => Arc::new(SqliteStore::open(rest)?),
        "postgres" | "postgresql" => Arc::new(PostgresStore::connect(store).await?),
        "redis" | "rediss" => Arc::new(RedisStore::connect(store).await?),
        // The rest may be a password.
        _ => return Err("it is `memory`, `sqlite:PATH`, `postgres://…` or `redis://…`".into()),
    })
}

/// 40 MB at most.
const MEMORY_CAPACITY: usize = 1_000_000;
