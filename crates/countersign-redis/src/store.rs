use std::fmt;
use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{
    Claim, ClaimRequest, DedupeStore, Durability, Fenced, Lease, StoreError, StoreFuture, UnsignedIds,
};
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
    namespace: Namespace,
    scripts: Scripts,
    retention: Duration,
    durability: Durability,
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
    pub async fn advance(&self, by: Duration) -> Result<(), StoreError> {
        let key = self.namespace.key("clock", &[]);
        // A repetition after a dropped connection would advance twice; the tests ensure that the connection is up.
        let moved = self.connection.ask(|mut manager| {
            let command = redis::cmd("INCRBY").arg(&key).arg(millis(by)).to_owned();
            async move { command.query_async::<i64>(&mut manager).await }
        });
        moved.await?;
        Ok(())
    }

    async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, Failure> {
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

    async fn try_claim(&self, request: &ClaimRequest) -> Result<Claim, StoreError> {
        let ClaimRequest { identity, token, ttl } = request;
        let mut script = self.scripts.claim.key(self.key(identity.key().as_bytes()));
        let body = identity.body();
        let (mark, _) = body.as_bytes().split_at(MARK);
        script.arg(token.as_bytes().as_slice()).arg(millis(*ttl)).arg(millis(self.retention)).arg(mark);
        if let Some((digest, policy)) = identity.guard() {
            script.key(self.namespace.key("g:", digest.as_bytes()));
            script.arg(if policy == UnsignedIds::Reject { "reject" } else { "warn" });
        }
        let (answer, number, other, flag): (u8, u64, i64, u8) = self.run(&script).await?;
        Ok(match answer {
            0 => Claim::Acquired {
                lease: Lease::new(identity.key(), number, UnixTime::from_millis(other)),
                is_suspect: flag == 1,
            },
            1 => Claim::InFlight { retry_after: Duration::from_millis(number), same_body: other == 1 },
            2 => Claim::Done { same_body: other == 1 },
            _ => Claim::Replayed,
        })
    }

    async fn try_renew(&self, lease: &Lease, ttl: Duration) -> Result<Fenced<Lease>, StoreError> {
        let mut script = self.scripts.renew.key(self.key(lease.key().as_bytes()));
        script.arg(lease.fence()).arg(millis(ttl)).arg(millis(self.retention));
        let deadline: i64 = self.run(&script).await?;
        Ok(match deadline {
            0 => Fenced::Stale,
            deadline => Fenced::Ok(Lease::new(lease.key(), lease.fence(), UnixTime::from_millis(deadline))),
        })
    }

    async fn end(&self, script: &redis::Script, lease: &Lease) -> Result<Fenced<()>, StoreError> {
        let mut script = script.key(self.key(lease.key().as_bytes()));
        script.arg(lease.fence()).arg(millis(self.retention));
        let is_done: bool = self.run(&script).await?;
        Ok(if is_done { Fenced::Ok(()) } else { Fenced::Stale })
    }

    fn key(&self, bytes: &[u8; 32]) -> String {
        self.namespace.key("", bytes)
    }
}

impl DedupeStore for RedisStore {
    fn claim<'a>(&'a self, request: &'a ClaimRequest) -> StoreFuture<'a, Claim> {
        Box::pin(self.try_claim(request))
    }

    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> StoreFuture<'a, Fenced<Lease>> {
        Box::pin(self.try_renew(lease, ttl))
    }

    fn complete<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>> {
        Box::pin(self.end(&self.scripts.complete, lease))
    }

    fn release<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>> {
        Box::pin(self.end(&self.scripts.release, lease))
    }

    fn retention(&self) -> Duration {
        self.retention
    }

    fn durability(&self) -> Durability {
        self.durability
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
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).clamp(1, CENTURY)
}

const CENTURY: u64 = 100 * 365 * 24 * 3600 * 1000;
/// The number of stored bytes of a body's digest. They distinguish a duplicate from one that was rendered anew, and
/// have no further effect.
const MARK: usize = 8;
