//! Bodies in pieces, and bodies that cannot be parsed.

use bytes::Bytes;

use crate::senders::{GITHUB, PREFLIX, PRINTPRICE, PROXIANT, REDPIN, SENDERS, TWILIO};
use crate::{Case, Dated, Expected, Sender};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for sender in SENDERS {
        for bytes in [1, 7, usize::MAX] {
            let (what, request) = (format!("in chunks of {bytes}"), sender.genuine().in_chunks_of(bytes));
            cases.push(Case::new(&what, sender, request, sender.handled()));
            let tampered = sender.genuine().map_body(|body| body.push(b'a')).in_chunks_of(bytes);
            let mismatch = Expected::rejected(401, "signature_mismatch");
            cases.push(Case::new(&format!("tampered, {what}"), sender, tampered, mismatch));
        }
        for (what, body, kind) in OPAQUE {
            cases.push(Case::new(what, sender, sender.sends(body), opaque(sender, kind)));
            let tampered = sender.sends(body).map_body(|body| body.push(b'a'));
            let mismatch = Expected::rejected(401, "signature_mismatch");
            cases.push(Case::new(&format!("{what}, tampered"), sender, tampered, mismatch));
        }
    }
    cases.extend(white_space());
    // The limits of axum and of actix are 2 MiB and 256 KiB, that of this provider is 25 MiB.
    let large = Bytes::from(vec![b' '; 3 << 20]);
    let (whole, chunks) = (GITHUB.sends(&large), GITHUB.sends(&large).in_chunks_of(64 << 10));
    cases.push(Case::new("3 MiB", &GITHUB, whole, GITHUB.handles_opaque()));
    cases.push(Case::new("3 MiB in chunks", &GITHUB, chunks, GITHUB.handles_opaque()));
    cases
}

/// Genuine bodies that cannot be parsed. The word is the kind for providers with a timestamp in the body.
const OPAQUE: [(&str, &[u8], &str); 5] = [
    ("empty body", b"", "malformed_body"),
    ("body that is not UTF-8", b"\xff\xfe\x00{\x80", "malformed_body"),
    ("malformed JSON", b"{\"id\":", "malformed_body"),
    ("JSON that is no object", b"[1]", "missing_timestamp"),
    ("nothing but a NUL", b"\0", "malformed_body"),
];

/// Returns the expected response: bodies are parsed only for declared places, and a delivery without a type is not
/// a typed event.
fn opaque(sender: &Sender, kind: &'static str) -> Expected {
    match &sender.dating {
        _ if sender.catalog.is_none() => sender.handles_opaque(),
        Some(dating) if matches!(dating.at, Dated::InBody) => Expected::rejected(400, kind),
        _ => Expected::rejected(422, "decode_failed"),
    }
}

/// Bytes are signed: the same JSON in another form is another body.
fn white_space() -> Vec<Case> {
    let spaced = |sender: &'static Sender| {
        let body = sender.event.body.replace(':', ": ");
        let body = body.replace("{time}", "2023-11-14T22:13:20Z").replace("22: 13: 20", "22:13:20");
        let body = body.replace("19: 14: 05", "19:14:05");
        let sent = sender.sends(&body);
        let rewritten = sent.clone().map_body(|body| body.retain(|byte| *byte != b' '));
        [
            Case::new("JSON with spaces", sender, sent, sender.handled()),
            Case::new(
                "JSON without its spaces",
                sender,
                rewritten,
                Expected::rejected(401, "signature_mismatch"),
            ),
        ]
    };
    let reordered = TWILIO.event.body.split('&').rev().collect::<Vec<_>>().join("&");
    let reordered = TWILIO.genuine().with_body(reordered);
    let mut cases: Vec<_> =
        [&PREFLIX, &REDPIN, &PRINTPRICE, &PROXIANT].into_iter().flat_map(spaced).collect();
    cases.push(Case::new("fields in another order", &TWILIO, reordered, TWILIO.handled()));
    cases
}
