//! Measures the cost of a remembered id in bytes and time: `cargo run --release --example remembered -- 10000000`.

use std::error::Error;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use countersign_inbox::{
    AttemptToken, Claim, ClaimRequest, DedupeStore, Digest, EventKey, Identity, MemoryStore, StoreFuture,
};
use sha2::{Digest as _, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    let ids: u64 = std::env::args().nth(1).as_deref().unwrap_or("10000000").parse()?;
    let mut kept = None;
    let mut spent = Duration::ZERO;
    let counted = allocation_counter::measure(|| {
        let store = MemoryStore::new(usize::try_from(ids).unwrap_or(usize::MAX));
        for id in 0..ids {
            let request = request(id);
            let begun = Instant::now();
            if let Some(Claim::Acquired { lease, .. }) = poll(store.claim(&request)) {
                let _ = poll(store.complete(&lease));
            }
            spent += begun.elapsed();
        }
        kept = Some(store);
    });
    let store = kept.ok_or("it was made")?;
    // The newest first: a claim of an unknown id evicts another one.
    let known =
        (0..ids).rev().filter(|id| matches!(poll(store.claim(&request(*id))), Some(Claim::Done { .. })));
    let known = known.count();
    println!("{known} of {ids} ids known, {:.1} bytes each", counted.bytes_max as f64 / known as f64);
    println!("{:.0} ns for claim and complete", spent.as_nanos() as f64 / ids as f64);
    Ok(())
}

fn request(id: u64) -> ClaimRequest {
    let key = EventKey::from_bytes(Sha256::digest(id.to_be_bytes()).into());
    let identity = Identity::new(key, Digest::from_bytes([0; 32]));
    let token = AttemptToken::from_bytes(u128::from(id).to_be_bytes());
    ClaimRequest { identity, token, ttl: Duration::from_secs(30) }
}

/// The in-memory store is always ready.
fn poll<T>(mut future: StoreFuture<'_, T>) -> Option<T> {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done.ok(),
        Poll::Pending => None,
    }
}
