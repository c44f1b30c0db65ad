use std::sync::Arc;

use countersign_inbox::{InboxStore, OpsStore};
use countersign_postgres::PostgresStore;
use countersign_sqlite::SqliteStore;

use crate::{number, variable};

/// A store from both sides.
pub(crate) struct Store {
    pub(crate) inbox: Arc<dyn InboxStore>,
    pub(crate) ops: Arc<dyn OpsStore>,
}

pub(crate) async fn open(url: &str) -> Store {
    match url.strip_prefix("sqlite:") {
        Some(path) => {
            let store = Arc::new(SqliteStore::open(path).unwrap());
            Store { inbox: store.clone(), ops: store }
        }
        None => {
            let builder = PostgresStore::builder(url);
            let schema = variable("SCHEMA").unwrap_or_else(|| "countersign".to_owned());
            let builder = match number("CONNECTIONS", 0) {
                0 => builder,
                connections => builder.with_max_connections(u32::try_from(connections).unwrap()),
            };
            let store = Arc::new(builder.with_schema(schema).connect().await.unwrap());
            Store { inbox: store.clone(), ops: store }
        }
    }
}
