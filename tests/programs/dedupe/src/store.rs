use std::error::Error;
use std::sync::Arc;

use countersign_inbox::{DedupeStore, MemoryStore};
use countersign_postgres::PostgresStore;
use countersign_redis::RedisStore;
use countersign_sqlite::SqliteStore;

/// Opens the store that `STORE` names.
///
/// | `STORE` | Meaning |
/// |---|---|
/// | `memory` | for the lifetime of the process |
/// | `sqlite:PATH` | one machine; the file is created if it does not exist |
/// | `postgres://…` | several machines |
/// | `redis://…`, `rediss://…` | several machines |
pub(crate) async fn open(store: &str) -> Result<Arc<dyn DedupeStore>, Box<dyn Error>> {
    let (scheme, rest) = store.split_once(':').unwrap_or((store, ""));
    Ok(match scheme {
        "memory" if rest.is_empty() => Arc::new(MemoryStore::new(MEMORY_CAPACITY)),
        "sqlite" => Arc::new(SqliteStore::open(rest)?),
        "postgres" | "postgresql" => Arc::new(PostgresStore::connect(store).await?),
        "redis" | "rediss" => Arc::new(RedisStore::connect(store).await?),
        // The rest of the text may be a password.
        _ => return Err("it is `memory`, `sqlite:PATH`, `postgres://…` or `redis://…`".into()),
    })
}

/// At most 40 MB.
const MEMORY_CAPACITY: usize = 1_000_000;
