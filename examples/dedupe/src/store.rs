use std::error::Error;
use std::sync::Arc;

use countersign_inbox::{DedupeStore, MemoryStore};

/// The store that `STORE` names.
///
/// | `STORE` | |
/// |---|---|
/// | `memory` | for as long as the process lives |
pub(crate) async fn open(store: &str) -> Result<Arc<dyn DedupeStore>, Box<dyn Error>> {
    match store.split_once(':') {
        None if store == "memory" => Ok(Arc::new(MemoryStore::new(MEMORY_CAPACITY))),
        // The rest may be a password.
        Some((scheme, _)) => Err(format!("there is no store for `{scheme}:`: it is `memory`").into()),
        None => Err(format!("{store}: it is `memory`").into()),
    }
}

/// 40 MB at most.
const MEMORY_CAPACITY: usize = 1_000_000;
