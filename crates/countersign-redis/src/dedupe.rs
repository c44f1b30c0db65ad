use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{
    Claim, ClaimRequest, DedupeStore, Durability, Fenced, Lease, StoreError, StoreFuture, UnsignedIds,
};

use crate::store::{RedisStore, millis};

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

impl RedisStore {
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
}

/// The number of stored bytes of a body's digest. They distinguish a duplicate from one that was rendered anew, and
/// have no further effect.
const MARK: usize = 8;
