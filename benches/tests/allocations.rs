//! A verified delivery costs no heap, from the first one on.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use allocation_counter::measure;
use bytes::Bytes;
use countersign::{Head, UnixTime};
use countersign_benches::sample::SENDERS;

/// Everything that a request brings is new each time, as on a server: nothing was warmed up by an earlier one.
#[test]
fn verifying_allocates_nothing() {
    for sender in SENDERS {
        let (slug, verifier) = (&*sender.provider.slug, sender.verifier());
        for nth in 1..=100 {
            let headers = sender.sign(Bytes::from(body(slug)), NOW).headers;
            let body = Bytes::from(body(slug));
            let found = measure(|| drop(verifier.verify(&Head::new(&headers), body, NOW).unwrap()));
            assert_eq!(found.count_total, 0, "{slug}, delivery {nth}");
        }
    }
}

/// The counter counts.
#[test]
fn a_clone_of_the_headers_is_seen() {
    let [sender, ..] = SENDERS else { unreachable!("there are senders") };
    let sample = sender.sign(Bytes::new(), NOW);
    assert!(measure(|| drop(sample.headers.clone())).count_total > 0);
}

/// With an id and a type wherever one of the senders has them.
fn body(slug: &str) -> Vec<u8> {
    let event = if slug == "slack" { r#"{"type":"message"}"# } else { r#""job.done""# };
    let fields = r#""id":"evt_1","type":"invoice.paid","event_name":"a","event_id":"e""#;
    format!(r#"{{{fields},"event":{event},"x":"{}"}}"#, "x".repeat(1000)).into_bytes()
}

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
