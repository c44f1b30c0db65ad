use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use countersign_inbox::{
    AttemptToken, Claim, ClaimRequest, DedupeStore, Digest, EventKey, Fenced, Identity, Lease, StoreError,
    StoreFuture, UnsignedIds,
};

pub(super) const TTL: Duration = Duration::from_secs(600);
pub(super) const TICK: Duration = Duration::from_secs(60);

/// Returns an id at one endpoint, with the body of that name.
pub(super) fn event(id: &str, body: &str) -> Identity {
    event_at(Some("acme"), "orders", id, body)
}

pub(super) fn event_at(tenant: Option<&str>, endpoint: &str, id: &str, body: &str) -> Identity {
    let parts = [tenant, Some(endpoint), Some(id)].map(|part| part.map(str::as_bytes));
    Identity::new(EventKey::of(&parts), Digest::of_body(body.as_bytes()))
}

/// Returns the identity for a signature that does not cover the id.
pub(super) fn unsigned(id: &str, body: &str, policy: UnsignedIds) -> Identity {
    event(id, body).with_guard(Digest::of_signed(&[Some(body.as_bytes())]), policy)
}

pub(super) fn request(identity: &Identity) -> ClaimRequest {
    ClaimRequest { identity: identity.clone(), token: AttemptToken::random(), ttl: TTL }
}

/// A harness with operations that expect the store to answer.
pub(super) struct Driver<'b, B>(pub(super) &'b B);

impl<B: StoreHarness> Driver<'_, B> {
    pub(super) fn ask(&self, request: &ClaimRequest) -> Claim {
        self.wait(self.0.store().claim(request))
    }

    pub(super) fn claim(&self, identity: &Identity) -> Claim {
        self.ask(&request(identity))
    }

    pub(super) fn acquire(&self, identity: &Identity) -> Lease {
        acquired(self.claim(identity))
    }

    pub(super) fn renew(&self, lease: &Lease) -> Fenced<Lease> {
        self.wait(self.0.store().renew(lease, TTL))
    }

    pub(super) fn complete(&self, lease: &Lease) -> Fenced<()> {
        self.wait(self.0.store().complete(lease))
    }

    pub(super) fn release(&self, lease: &Lease) -> Fenced<()> {
        self.wait(self.0.store().release(lease))
    }

    /// Claims all of them at once, each on its own thread.
    pub(super) fn race(&self, identities: &[Identity]) -> Vec<Claim> {
        let barrier = Barrier::new(identities.len());
        thread::scope(|scope| {
            let claim = |identity| {
                let barrier = &barrier;
                scope.spawn(move || {
                    let (store, request) = (self.0.store(), request(identity));
                    barrier.wait();
                    self.wait(Arc::clone(&store).claim(&request))
                })
            };
            let threads: Vec<_> = identities.iter().map(claim).collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
        })
    }

    fn wait<T>(&self, future: StoreFuture<'_, T>) -> T {
        ok(self.0.wait(future))
    }
}

#[expect(clippy::panic, reason = "the end of a test")]
pub(super) fn acquired(claim: Claim) -> Lease {
    match claim {
        Claim::Acquired { lease, .. } => lease,
        other => panic!("acquired was expected, and it is {other:?}"),
    }
}

#[expect(clippy::panic, reason = "the end of a test")]
fn ok<T>(result: Result<T, StoreError>) -> T {
    result.unwrap_or_else(|error| panic!("the store failed: {error:?}"))
}

/// A store, and the operations that the suite needs.
///
/// The store is empty, forgets after its [retention](DedupeStore::retention), holds at least 1,000 entries, and
/// belongs to the harness exclusively.
pub trait StoreHarness: Sync {
    /// Returns the store. Stores that are shared by machines may return another connection each time.
    fn store(&self) -> Arc<dyn DedupeStore>;

    /// Advances the clock of the store.
    fn advance(&self, by: Duration);

    /// Waits for an operation. Called from many threads at once, none of them inside a runtime.
    ///
    /// # Errors
    ///
    /// The error of the operation.
    fn wait<T>(&self, future: StoreFuture<'_, T>) -> Result<T, StoreError>;
}

/// Changes a value whose fields may grow in number.
pub(crate) fn with<T>(mut value: T, change: impl FnOnce(&mut T)) -> T {
    change(&mut value);
    value
}
