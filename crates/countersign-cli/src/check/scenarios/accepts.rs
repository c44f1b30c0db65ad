//! Genuine deliveries, which a receiver must accept.

use std::time::Duration;

use crate::check::answer::{Answer, Expect};
use crate::check::attempt::Attempt;
use crate::check::finding::{Finding, Findings, Prepared, Skipped, Step};
use crate::check::forge::{Forge, Key};
use crate::check::harness::Harness;
use crate::check::layout::Layout;
use crate::check::scenario::{Need, Run, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "genuine",
        title: "a genuine delivery is accepted",
        why: "A receiver that refuses what its provider sends loses every event. Until this passes, no refusal proves anything.",
        cure: "Compare the secret; verify the bytes of the body as they arrived; `countersign explain` finds the reason. Another \
               event than the default is --event or --body.",
        needs: &[],
        after: &[],
        run: Run::Course(|harness| Box::pin(genuine(harness))),
    },
    Scenario {
        name: "rotated-secret",
        title: "a delivery under the previous secret is accepted during a rotation",
        why: "A provider signs with the old secret until it knows the new one: deliveries in between are lost.",
        cure: "Verify with every secret that is in use, and remove the old one after the rotation.",
        needs: &[Need::Previous],
        after: &["genuine"],
        run: Run::Requests(rotated),
    },
    Scenario {
        name: "unknown-event-type",
        title: "a genuine delivery of an unknown type is accepted",
        why: "Providers add types. One that is refused is sent again for days, and may get the endpoint disabled.",
        cure: "Answer 2xx to types that the program does not handle.",
        needs: &[Need::EventType],
        after: &["genuine"],
        run: Run::Requests(unknown_type),
    },
    Scenario {
        name: "reordered",
        title: "an older delivery is accepted after a newer one",
        why: "No provider promises the order of its deliveries: retries and parallel sending change it.",
        cure: "Do not compare a delivery with the one before it. Order by a version or a time of the object, in the handler.",
        needs: &[],
        after: &["genuine"],
        run: Run::Requests(reordered),
    },
    Scenario {
        name: "ack-time",
        title: "deliveries are acknowledged within the provider's limit",
        why: "A later answer counts as a failure: the event is sent again although it was handled.",
        cure: "Store the event, answer, and work afterwards.",
        needs: &[Need::AckLimit],
        after: &["genuine"],
        run: Run::Course(|harness| Box::pin(ack_time(harness))),
    },
];

async fn genuine(harness: &Harness) -> Finding {
    let mut refused = Vec::new();
    for layout in Layout::USUAL {
        let message = harness.forge.draft().in_layout(layout).sign()?;
        let answers = harness.deliver(&message).await;
        let Some(last) = answers.last() else { break };
        let times = answers.len();
        let sent = match times {
            1 => "a genuine delivery".to_owned(),
            _ => format!("a genuine delivery, {times} times, because it was not accepted at once"),
        };
        let step = Step::of(sent, Expect::Accepted, last);
        if step.ok {
            let mut findings = Findings::from(vec![step]);
            if !refused.is_empty() {
                findings.notes.push("JSON in another layout is refused: see reserialised-json".to_owned());
            }
            let _ = harness.forge.layout.set(layout);
            harness.record(|record| record.accepted_first = (times == 1).then(|| message.id.clone()));
            return Ok(findings);
        }
        refused.push(step);
        if !harness.forge.sample.is_json || !matches!(last, Answer::Response(_)) {
            break;
        }
    }
    refused.truncate(1);
    Ok(refused.into())
}

fn rotated(forge: &Forge) -> Prepared {
    let message = forge.draft().signed_by(Key::Previous).sign()?;
    Ok(vec![Attempt::accepted("a genuine delivery, signed with the second secret", message)])
}

fn unknown_type(forge: &Forge) -> Prepared {
    let message = forge.draft().with_event_type("countersign.unknown_event").sign()?;
    if forge.accepts(&message) == Some(false) {
        return Err(Skipped::does_not_apply("the declaration names every type of the provider"));
    }
    Ok(vec![Attempt::accepted("a genuine delivery of the type `countersign.unknown_event`", message)])
}

fn reordered(forge: &Forge) -> Prepared {
    let past = forge.provider.scheme.timestamp.as_ref().and_then(|field| field.tolerance.past());
    // Well within the tolerance of any receiver.
    let secs = past.map_or(60, |past| past / 5).min(60);
    let older = forge.draft().moved(-i64::try_from(secs).unwrap_or(0)).sign()?;
    let newer = forge.genuine()?;
    Ok(vec![
        Attempt::accepted("a genuine delivery", newer),
        Attempt::accepted(format!("a genuine delivery that was sent {secs} s earlier"), older),
    ])
}

async fn ack_time(harness: &Harness) -> Finding {
    let retries = harness.forge.provider.retries.and_then(|retries| retries.ack_secs);
    let limit = Duration::from_secs(retries.unwrap_or(u64::MAX));
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(harness.send(&harness.forge.genuine()?).await);
    }
    let many = (0..16).map(|_| harness.forge.genuine()).collect::<Result<Vec<_>, _>>()?;
    let at_once = harness.send_all(&many).await;
    let sent = [("five genuine deliveries, one after the other", answers), ("sixteen at once", at_once)];
    Ok(sent.map(|(sent, answers)| within(limit, sent, &answers)).into_iter().collect::<Vec<_>>().into())
}

fn within(limit: Duration, sent: &str, answers: &[Answer]) -> Step {
    let expected = format!("answered within {} s", limit.as_secs());
    let mut longest = Duration::ZERO;
    for answer in answers {
        match answer {
            Answer::Response(response) => longest = longest.max(response.took),
            other => return Step::new(sent, expected, other.to_string(), false),
        }
    }
    Step::new(sent, expected, format!("at most {} ms", longest.as_millis()), longest < limit)
}
