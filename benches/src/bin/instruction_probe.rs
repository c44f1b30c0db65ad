//! Verifies one request, or computes its HMAC, a given number of times: `benches/instructions` runs it under
//! callgrind.

#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use std::hint::black_box;

use bytes::Bytes;
use countersign::{Head, UnixTime};
use countersign_benches::floor::KeyedHmac;
use countersign_benches::sample::Sender;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, slug, bytes, times] = arguments.as_slice() else {
        eprintln!("usage: instruction_probe hmac|countersign|alone|fifty SLUG BYTES TIMES");
        std::process::exit(2);
    };
    let times: u32 = times.parse().unwrap();
    let sender = Sender::find(slug).unwrap();
    // Without reference counting: the cost of copying the handle is not part of verification.
    let body = Bytes::from_static(vec![b'x'; bytes.parse().unwrap()].leak());
    let time = UnixTime::from_secs(1_700_000_000);
    let sample = match what.as_str() {
        "alone" => sender.sign_alone(body, time),
        "fifty" => sender.sign_last_of(50, body, time),
        _ => sender.sign(body, time),
    };

    if what == "hmac" {
        let hmac = KeyedHmac::new(&sender.key());
        for _ in 0..times {
            black_box(hmac.sign(black_box(sample.before.as_bytes()), black_box(&sample.body)));
        }
    } else {
        let verifier = sender.verifier();
        for _ in 0..times {
            let head = Head::new(black_box(&sample.headers));
            let verified = verifier.verify(&head, black_box(&sample.body).clone(), sample.time);
            assert!(black_box(&verified).is_ok());
        }
    }
}
