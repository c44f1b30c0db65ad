use std::fmt;
use std::time::Duration;

use countersign_inbox::Durability;
use redis::aio::ConnectionManager;
use redis::{FromRedisValue, ScriptInvocation};

use crate::connection::Connection;
use crate::error::Failure;
use crate::namespace::Namespace;
use crate::script::Scripts;

/// Remembers deliveries in Redis or Valkey, for any number of machines. Clones share a connection.
///
/// The clock of the server decides when a lease expires.
#[derive(Clone)]
pub struct RedisStore {
    connection: Connection,
    pub(crate) namespace: Namespace,
    pub(crate) scripts: Scripts,
    pub(crate) retention: Duration,
    pub(crate) durability: Durability,
}

impl RedisStore {
    pub(crate) fn new(
        connection: Connection,
        namespace: Namespace,
        scripts: Scripts,
        retention: Duration,
        durability: Durability,
    ) -> Self {
        Self { connection, namespace, scripts, retention, durability }
    }

    /// Returns the script of a claim for benchmarks: its text, and its digest for `EVALSHA`.
    #[doc(hidden)]
    #[must_use]
    pub fn claim_script(&self) -> (&'static str, &str) {
        (crate::script::CLAIM, self.scripts.claim.get_hash())
    }

    /// Advances the clock of the namespace, for stores with `with_moved_clock`.
    #[cfg(feature = "_clock")]
    #[doc(hidden)]
    pub async fn advance(&self, by: Duration) -> Result<(), countersign_inbox::StoreError> {
        let key = self.namespace.key("clock", &[]);
        // A repetition after a dropped connection would advance twice; the tests ensure that the connection is up.
        let moved = self.connection.ask(|mut manager| {
            let command = redis::cmd("INCRBY").arg(&key).arg(millis(by)).to_owned();
            async move { command.query_async::<i64>(&mut manager).await }
        });
        moved.await?;
        Ok(())
    }

    /// Runs a script: after `ASKING`, if a cluster is moving the key to another node.
    pub(crate) async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, Failure> {
        let run = |mut manager: ConnectionManager, is_asking: bool| async move {
            if !is_asking {
                return script.invoke_async(&mut manager).await;
            }
            script.load_async(&mut manager).await?;
            let mut asking = redis::pipe();
            asking.cmd("ASKING").ignore().invoke_script(script);
            let (answer,): (T,) = asking.query_async(&mut manager).await?;
            Ok(answer)
        };
        self.connection.ask_any(run).await
    }

    pub(crate) fn key(&self, bytes: &[u8; 32]) -> String {
        self.namespace.key("", bytes)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("retention", &self.retention)
            .field("durability", &self.durability)
            .finish_non_exhaustive()
    }
}

/// Returns at least one, because an expiry of zero deletes, and at most 100 years, because Redis refuses an expiry
/// that overflows.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).clamp(1, CENTURY)
}

const CENTURY: u64 = 100 * 365 * 24 * 3600 * 1000;
