use std::task::{Context, Poll, Waker};
use std::time::Duration;

use countersign_inbox::{
    AttemptToken, Claim, ClaimRequest, DedupeStore, Digest, EventKey, Identity, MemoryStore, StoreFuture,
};

use crate::load::rate_of;
use crate::table::Table;

/// Claims and completes new deliveries sequentially on one core, while the store is full and evicts the oldest.
pub(crate) fn run(time: Duration, rounds: usize) {
    let mut table = Table::default();
    for _ in 0..rounds {
        let store = MemoryStore::new(1_000_000);
        let mut number = 0;
        for _ in 0..1_000_000 {
            claim_and_complete(&store, next(&mut number));
        }
        table.add("claim and complete", rate_of(time, || claim_and_complete(&store, next(&mut number))));
    }
    table.print();
}

fn claim_and_complete(store: &MemoryStore, identity: Identity) {
    let request = ClaimRequest { identity, token: AttemptToken::random(), ttl: Duration::from_secs(30) };
    let Claim::Acquired { lease, .. } = wait(store.claim(&request)) else { panic!("it is new") };
    let _ = wait(store.complete(&lease));
}

/// Returns an identity with a key distributed like a hash.
fn next(number: &mut u64) -> Identity {
    *number += 1;
    let mut key = [0; 32];
    for (nth, chunk) in key.chunks_exact_mut(8).enumerate() {
        let word = (*number * 4 + nth as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        chunk.copy_from_slice(&(word ^ (word >> 29)).to_be_bytes());
    }
    Identity::new(EventKey::from_bytes(key), Digest::from_bytes(key))
}

fn wait<T>(mut future: StoreFuture<'_, T>) -> T {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done.expect("room"),
        Poll::Pending => unreachable!("the store in memory is never late"),
    }
}
