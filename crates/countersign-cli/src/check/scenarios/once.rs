//! Deliveries that are sent again, which a receiver must handle once.

use crate::check::answer::Answer;
use crate::check::finding::{Finding, Findings, Skipped, Step};
use crate::check::harness::Harness;
use crate::check::message::Message;
use crate::check::sample::Content;
use crate::check::scenario::{Need, Run, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "handled",
        title: "a delivery that is accepted is handled",
        why: "2xx ends the provider's responsibility: what was not handled then is lost.",
        cure: "Answer 2xx after the work is done or the event is stored, and 5xx if either failed.",
        needs: &[Need::Effects, Need::Id],
        after: &["genuine"],
        run: Run::Course(|harness| Box::pin(handled(harness))),
    },
    Scenario {
        name: "replay-after-success",
        title: "a delivery that is sent again is not handled again",
        why: "Every provider sends deliveries twice at times: money moves twice.",
        cure: "Store the id in the same transaction as the work, and answer 2xx to an id that is stored.",
        needs: &[Need::Effects, Need::Id],
        after: &["handled"],
        run: Run::Course(|harness| Box::pin(replay(harness))),
    },
    Scenario {
        name: "replay-in-flight",
        title: "of 64 equal deliveries at once, one is handled",
        why: "A check before the work does not see the work that others have begun.",
        cure: "Claim the id with one atomic statement (a unique key, `SET NX`) before the work, and use its answer.",
        needs: &[Need::Effects, Need::Id],
        after: &["replay-after-success"],
        run: Run::Course(|harness| Box::pin(in_flight(harness))),
    },
    Scenario {
        name: "same-id-other-bytes",
        title: "a second delivery with the id of a first is not handled",
        why: "An id names one event. Code that compares bodies takes a retry with a new timestamp for a new event.",
        cure: "Deduplicate by the provider's id.",
        needs: &[Need::Effects, Need::Id],
        after: &["replay-after-success"],
        run: Run::Course(|harness| Box::pin(other_bytes(harness))),
    },
];

async fn handled(harness: &Harness) -> Finding {
    let message = harness.forge.genuine()?;
    let answers = harness.deliver(&message).await;
    match answers.as_slice() {
        [only] if only.is_accepted() => {}
        [_, ..] if answers.last().is_some_and(Answer::is_accepted) => {
            return Err(Skipped::not_asked(
                "no delivery is accepted when it is sent first: see retry-after-failure",
            ));
        }
        _ => return Err(Skipped::not_asked("the receiver accepts nothing any more")),
    }
    let mut findings = Findings::default();
    // The first one of the run may have met a receiver that was not ready.
    let first = harness.record(|record| record.accepted_first.clone());
    for (sent, id) in first
        .iter()
        .map(|id| ("the first genuine delivery, accepted", id))
        .chain([("another one", &message.id)])
    {
        let count = harness.handled(id).await?;
        findings.steps.push(Step::new(sent, "handled once", times(count), count == 1));
        if !findings.is_ok() {
            break;
        }
    }
    Ok(findings)
}

async fn replay(harness: &Harness) -> Finding {
    let first = harness.forge.genuine()?;
    let mut findings = Findings::default();
    accepted(harness, &first, &mut findings).await?;
    for _ in 0..2 {
        note_refusal(&harness.send(&first).await, &mut findings);
    }
    let again = harness.forge.draft().with_id(Some(&first.id)).sign()?;
    note_refusal(&harness.send(&again).await, &mut findings);
    harness.settle().await?;
    let count = harness.count(&first.id).await?;
    let sent = "the same delivery, twice more, and once more with a new signature";
    findings.steps.push(Step::new(sent, "handled once", times(count), count <= 1));
    Ok(findings)
}

async fn in_flight(harness: &Harness) -> Finding {
    let message = harness.forge.genuine()?;
    let copies = vec![message.clone(); AT_ONCE];
    let answers = harness.send_all(&copies).await;
    let (accepted, silent) =
        (count(&answers, Answer::is_accepted), count(&answers, |answer| answer.status().is_none()));
    let mut findings = Findings::default();
    let answered =
        format!("{accepted} accepted, {} refused, {silent} without an answer", AT_ONCE - accepted - silent);
    findings.steps.push(Step::new(
        "a genuine delivery, 64 times at once",
        "all answered",
        answered,
        silent == 0,
    ));
    // A delivery that was refused because it was in flight is sent again.
    if accepted < AT_ONCE {
        harness.deliver(&message).await;
    }
    harness.settle().await?;
    let count = harness.count(&message.id).await?;
    findings.steps.push(Step::new("the same, afterwards", "handled once", times(count), count <= 1));
    Ok(findings)
}

async fn other_bytes(harness: &Harness) -> Finding {
    let first = harness.forge.genuine()?;
    let mut findings = Findings::default();
    accepted(harness, &first, &mut findings).await?;
    let content = Content::Marked(harness.forge.token());
    let other = harness.forge.draft().with_id(Some(&first.id)).with_content(content).sign()?;
    harness.send(&other).await;
    harness.settle().await?;
    let count = harness.count(&first.id).await?;
    let sent = "another delivery with the same id, and a genuine signature";
    findings.steps.push(Step::new(sent, "handled once", times(count), count <= 1));
    Ok(findings)
}

/// Sends a genuine delivery, and waits until it is handled.
async fn accepted(harness: &Harness, message: &Message, findings: &mut Findings) -> Result<(), Skipped> {
    let answers = harness.deliver(message).await;
    if !answers.last().is_some_and(Answer::is_accepted) {
        return Err(Skipped::not_asked("the receiver accepts nothing any more"));
    }
    let count = harness.handled(&message.id).await?;
    findings.steps.push(Step::new("a genuine delivery", "handled once", times(count), count <= 1));
    Ok(())
}

fn note_refusal(answer: &Answer, findings: &mut Findings) {
    if !answer.is_accepted() && findings.notes.is_empty() {
        findings
            .notes
            .push(format!("a duplicate was answered {answer}: the provider sends it again until 2xx"));
    }
}

fn count(answers: &[Answer], is: impl Fn(&Answer) -> bool) -> usize {
    answers.iter().filter(|answer| is(answer)).count()
}

pub(super) fn times(count: u64) -> String {
    match count {
        0 => "not handled".to_owned(),
        1 => "handled once".to_owned(),
        count => format!("handled {count} times"),
    }
}

const AT_ONCE: usize = 64;
