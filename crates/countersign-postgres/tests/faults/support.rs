//! Events that are stored at once, and databases with settings.

use countersign_inbox::{Accepted, ClaimDue, InboxStore, NewEvent, StoreError};
use countersign_postgres::PostgresStore;
use countersign_test_servers::fresh_database;
use sqlx::{Connection, PgConnection, query};

use crate::common::{TTL, wait};

pub(crate) fn claim_request(max: usize) -> ClaimDue {
    ClaimDue::new("orders", "worker", max, TTL)
}

/// Returns a database whose connections have these settings.
pub(crate) fn database_with(settings: &[impl AsRef<str>]) -> String {
    let url = fresh_database();
    let name = url.rsplit('/').next().unwrap();
    wait(async {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        for setting in settings {
            let sql = format!("ALTER DATABASE {name} SET {}", setting.as_ref());
            query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
    });
    url
}

/// Stores all events at once.
pub(crate) fn accept_all(store: &PostgresStore, events: Vec<NewEvent>) -> Vec<Result<Accepted, StoreError>> {
    wait(async {
        let tasks: Vec<_> = events
            .into_iter()
            .map(|event| {
                let store = store.clone();
                tokio::spawn(async move { store.accept(event).await })
            })
            .collect();
        let mut accepted = Vec::new();
        for task in tasks {
            accepted.push(task.await.unwrap());
        }
        accepted
    })
}
