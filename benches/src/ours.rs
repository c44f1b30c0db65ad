//! The operations of the lower bound and of this crate.

use std::hint::black_box;

use bytes::Bytes;
use countersign::{Clock, Head, SystemClock, UnixTime};

use crate::floor::{KeyedHmac, raw_sha256};
use crate::operation::Operation;
use crate::sample::{Sample, Sender};

/// The name of one pass of SHA-256 over the body, the reference of every ratio.
pub const RAW: &str = "raw SHA-256 of the body";
/// The provider of this crate's first operation.
pub const STANDARD_WEBHOOKS: &str = "standard-webhooks-v1";
/// The provider of this crate's second operation.
pub const GITHUB: &str = "github-sha256";
/// The provider of this crate's third operation.
pub const STRIPE: &str = "stripe";

/// Returns the operations of the hash alone, and of an HMAC with a prepared key.
#[must_use]
pub fn floor(body: &Bytes, now: UnixTime) -> Vec<Operation> {
    let sender = Sender::find(STANDARD_WEBHOOKS).unwrap();
    let Sample { body, before, .. } = sender.sign(body.clone(), now);
    let hmac = KeyedHmac::new(&sender.key());
    let raw = body.clone();
    vec![
        Operation::new(RAW, move || raw_sha256(black_box(&raw))),
        Operation::new("HMAC of prefix and body, keyed before", move || {
            hmac.sign(black_box(before.as_bytes()), black_box(&body))
        }),
    ]
}

/// Returns the operations of `Verifier::verify`, from headers and body to the `Delivery`, which is dropped.
#[must_use]
pub fn countersign(body: &Bytes, now: UnixTime) -> Vec<Operation> {
    let mut operations: Vec<Operation> = [STANDARD_WEBHOOKS, GITHUB, STRIPE]
        .into_iter()
        .map(|slug| {
            let sender = Sender::find(slug).unwrap();
            verify(slug, sender, sender.sign(body.clone(), now), now)
        })
        .collect();
    let sender = Sender::find(STANDARD_WEBHOOKS).unwrap();
    let alone = sender.sign_alone(body.clone(), now);
    operations.push(verify("standard-webhooks-v1, its three headers alone", sender, alone, now));
    let sample = sender.sign(body.clone(), now);
    operations.push(verify("standard-webhooks-v1, and reads the clock", sender, sample, SystemClock));
    operations
}

/// Returns the operations for lists of signatures of this length, whose last item is right.
#[must_use]
pub fn lists(count: usize, body: &Bytes, now: UnixTime) -> Vec<Operation> {
    let operation = |slug| {
        let sender = Sender::find(slug).unwrap();
        verify(slug, sender, sender.sign_last_of(count, body.clone(), now), now)
    };
    vec![operation(STANDARD_WEBHOOKS), operation(STRIPE)]
}

fn verify(name: &str, sender: Sender, sample: Sample, clock: impl Clock + 'static) -> Operation {
    let verifier = sender.verifier();
    Operation::new(format!("countersign {name}"), move || {
        let head = Head::new(black_box(&sample.headers));
        verifier.verify(&head, black_box(&sample.body).clone(), clock.now()).unwrap()
    })
}
