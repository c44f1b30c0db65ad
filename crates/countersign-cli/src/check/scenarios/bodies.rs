//! Unusual bodies, which a receiver must survive.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::check::attempt::Attempt;
use crate::check::finding::{Finding, Skipped};
use crate::check::forge::Key;
use crate::check::harness::Harness;
use crate::check::message::Message;
use crate::check::sample::Content;
use crate::check::scenario::{Need, Run, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "missing-id",
        title: "a delivery without an id is refused, or handled without one",
        why: "Code that deduplicates by a missing id handles one such event and drops all others.",
        cure: "Refuse a delivery without its id, if the id is signed; otherwise do not deduplicate it.",
        needs: &[Need::Id],
        after: &["wrong-secret"],
        run: Run::Course(|harness| Box::pin(missing_id(harness))),
    },
    Scenario {
        name: "wrong-shape",
        title: "a genuine delivery whose data has another shape does no harm",
        why: "Providers change their data. A receiver that crashes or hangs loses the other events, too.",
        cure: "Answer 422 or store the event, log its id and type, and go on.",
        needs: &[],
        after: &["genuine"],
        run: Run::Course(|harness| Box::pin(wrong_shape(harness))),
    },
    Scenario {
        name: "non-utf8-body",
        title: "bytes that are not UTF-8 do no harm",
        why: "Signatures cover bytes. Code that decodes text before it verifies fails on them, before or after it has decided.",
        cure: "Verify bytes, and decode them afterwards.",
        needs: &[],
        after: &["wrong-secret"],
        run: Run::Course(|harness| Box::pin(non_utf8(harness))),
    },
    Scenario {
        name: "empty-body",
        title: "an empty body does no harm",
        why: "Code that parses before it verifies fails on it, and code that skips what is empty accepts it.",
        cure: "Verify it like any other body.",
        needs: &[],
        after: &["wrong-secret"],
        run: Run::Course(|harness| Box::pin(empty(harness))),
    },
    Scenario {
        name: "compressed-body",
        title: "a compressed body opens no way around limit and signature",
        why: "64 KiB become 64 MiB: middleware that decompresses first can be made to use up the memory.",
        cure: "Put no decompression in front of the verification, or bound its output.",
        needs: &[],
        after: &["wrong-secret"],
        run: Run::Course(|harness| Box::pin(compressed(harness))),
    },
];

async fn missing_id(harness: &Harness) -> Finding {
    let (forge, provider) = (&harness.forge, &harness.forge.provider);
    let Some(at) = &provider.event.id else { return Ok(Vec::new().into()) };
    let mut attempts = Vec::new();
    if at.is_in_body() {
        let message = forge.draft().with_id(None).sign()?;
        attempts.push(Attempt::answered("a genuine delivery without an id", message));
    } else if let Some(message) = forge.genuine()?.with(provider, at, None) {
        let expect = if forge.coverage.id { Attempt::refused } else { Attempt::answered };
        attempts.push(expect("a genuine delivery, its id removed", message));
    }
    survives(harness, attempts).await
}

async fn wrong_shape(harness: &Harness) -> Finding {
    let message = harness.forge.draft().with_content(Content::Misshapen).sign();
    let message = message.map_err(Skipped::DoesNotApply)?;
    let mut finding =
        survives(harness, vec![Attempt::answered("a genuine delivery with other data", message)]).await?;
    let failed = finding.steps.first().is_some_and(|step| step.answered.starts_with('5'));
    if failed {
        finding.notes.push("it was answered 5xx: the provider sends it again until it gives up".to_owned());
    }
    Ok(finding)
}

async fn non_utf8(harness: &Harness) -> Finding {
    let forge = &harness.forge;
    let content = Content::Bytes(b"{\"text\":\"\xff\xfe\xc3\x28\"}".to_vec());
    let draft = forge.draft().with_content(content);
    let mut attempts = Vec::new();
    attempts.extend(signed(draft.sign(), "a genuine delivery of bytes that are not UTF-8"));
    attempts.extend(forged(draft.signed_by(Key::Foreign).sign(), "the same, signed with another secret"));
    let message = forge.genuine()?;
    if let Some(name) = forge.signature_headers(&message).pop() {
        let message = message.with_header(&name, Some(b"\xff\xfe\xc3\x28"));
        attempts.push(Attempt::refused("a delivery with a signature that is not UTF-8", message));
    }
    survives(harness, attempts).await
}

async fn empty(harness: &Harness) -> Finding {
    let draft = harness.forge.draft().with_content(Content::Bytes(Vec::new()));
    let mut attempts = Vec::new();
    attempts.extend(signed(draft.sign(), "a genuine delivery with an empty body"));
    attempts.extend(forged(draft.signed_by(Key::Foreign).sign(), "the same, signed with another secret"));
    let message = harness.forge.genuine()?;
    attempts.push(Attempt::refused("a genuine delivery, its body removed", message.with_body(Vec::new())));
    survives(harness, attempts).await
}

async fn compressed(harness: &Harness) -> Finding {
    let forge = &harness.forge;
    let gzip = |message: Message, body: Vec<u8>| {
        message.with_header("content-encoding", Some(b"gzip")).with_body(body)
    };
    let (bomb, genuine) = (forge.genuine()?, forge.genuine()?);
    let compressed = gzipped(&genuine.body);
    let forged = forge.draft().signed_by(Key::Foreign).sign()?;
    let forged_body = gzipped(&forged.body);
    let attempts = vec![
        Attempt::refused("64 MiB of spaces, compressed", gzip(bomb, gzipped(&vec![b' '; BOMB]))),
        Attempt::refused("a compressed delivery, signed with another secret", gzip(forged, forged_body)),
        Attempt::answered("a genuine delivery, compressed after it was signed", gzip(genuine, compressed)),
    ];
    survives(harness, attempts).await
}

/// Runs the requests, and checks that the receiver still accepts a genuine delivery.
async fn survives(harness: &Harness, attempts: Vec<Attempt>) -> Finding {
    let mut findings = harness.attempt(Ok(attempts)).await?;
    harness.is_alive(&mut findings, "a genuine delivery afterwards").await?;
    Ok(findings)
}

/// Returns an attempt that must be answered. Some schemes sign no such body.
fn signed(message: Result<Message, String>, sent: &str) -> Option<Attempt> {
    message.ok().map(|message| Attempt::answered(sent, message))
}

fn forged(message: Result<Message, String>, sent: &str) -> Option<Attempt> {
    message.ok().map(|message| Attempt::refused(sent, message))
}

fn gzipped(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}

const BOMB: usize = 64 << 20;
