//! Round-trips a stored request, and verifies it again without panics.
#![no_main]

use bytes::Bytes;
use countersign_fuzz::{Endpoint, NOW, now_or_never};
use countersign_inbox::StoredHead;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(line) = input.iter().position(|byte| *byte == b'\n') else { return };
    let (slug, rest) = (&input[..line], &input[line + 1..]);
    let end = rest.windows(2).position(|pair| pair == b"\n\n").unwrap_or(rest.len());
    let Ok(head) = StoredHead::from_bytes(&rest[..end]) else { return };
    assert_eq!(
        StoredHead::from_bytes(&head.to_bytes()).as_ref(),
        Ok(&head),
        "the head is read as it was written"
    );
    let body = Bytes::copy_from_slice(rest.get(end + 2..).unwrap_or_default());
    let receiver = &Endpoint::named(slug).receiver;
    let verdict = receiver.verify_stored(&head.method, &head.target, &head.headers, body.clone(), NOW);
    if let Some(Ok(delivery)) = now_or_never(verdict) {
        assert_eq!(delivery.body(), &body, "the body is the stored one");
    }
});
