//! The receiver's log.

use std::time::Duration;

use tokio::time::sleep;

use crate::check::finding::{Finding, Skipped, Step};
use crate::check::forge::Key;
use crate::check::harness::Harness;
use crate::check::sample::Content;
use crate::check::scenario::{Need, Run, Scenario};
use crate::check::tamper;

pub(super) const SCENARIOS: &[Scenario] = &[Scenario {
    name: "logs",
    title: "the log holds no secret, no signature and no body",
    why: "Logs are read by many, and kept for long: a secret in one makes all later events doubtful, and a body may be personal data.",
    cure: "Log provider, id, type and the kind of a refusal. Redact headers, and log no body.",
    needs: &[Need::Logs],
    after: &["genuine"],
    run: Run::Course(|harness| Box::pin(logs(harness))),
}];

async fn logs(harness: &Harness) -> Finding {
    let log = harness.log.as_ref().ok_or_else(|| Skipped::not_asked("give --logs"))?;
    let mark = format!("canary-{}", harness.forge.token());
    send_marked(harness, &mark).await?;
    // Whatever is written about the last delivery.
    sleep(WRITTEN).await;
    let text = log.read().map_err(|error| Skipped::Broken(format!("--logs: {error}")))?;
    if text.is_empty() {
        // Any other file is empty, too.
        let reason =
            "nothing was written to the file of --logs during the run: give the one that the receiver writes";
        return Err(Skipped::not_asked(reason));
    }
    let found = |needles: &[String]| needles.iter().any(|needle| contains(&text, needle));
    let signatures = harness.record(|record| record.signatures.clone());
    let kinds =
        [("the secret", harness.secrets.clone()), ("a signature", signatures), ("a body", vec![mark])];
    let steps = kinds.map(|(kind, needles)| {
        let is_there = found(&needles);
        let answered = if is_there { format!("{kind} is in it") } else { "not in it".to_owned() };
        Step::new(format!("the log: {kind}"), "not in it", answered, !is_there)
    });
    Ok(steps.into_iter().collect::<Vec<_>>().into())
}

/// Sends deliveries with a mark in their bodies: accepted ones, refused ones, and one whose data has another shape.
async fn send_marked(harness: &Harness, mark: &str) -> Result<(), Skipped> {
    let marked = || harness.forge.draft().with_content(Content::Marked(mark.to_owned()));
    harness.deliver(&marked().sign()?).await;
    harness.send(&marked().signed_by(Key::Foreign).sign()?).await;
    harness.send(&marked().with_event_type("countersign.unknown_event").sign()?).await;
    let genuine = marked().sign()?;
    let tampered = tamper::with_addition(&genuine.body);
    harness.send(&genuine.with_body(tampered)).await;
    let broken = marked().body()?;
    let half =
        broken.split_at_checked(broken.len().saturating_sub(2)).map_or(Vec::new(), |(half, _)| half.to_vec());
    if let Ok(message) = harness.forge.draft().with_content(Content::Bytes(half)).sign() {
        harness.send(&message).await;
    }
    harness.deliver(&harness.forge.genuine()?).await;
    Ok(())
}

fn contains(text: &[u8], needle: &str) -> bool {
    !needle.is_empty() && memchr::memmem::find(text, needle.as_bytes()).is_some()
}

const WRITTEN: Duration = Duration::from_millis(300);
