//! Failures of the receiver, after which nothing may be lost.

use super::once::times;
use crate::check::answer::{Answer, Expect};
use crate::check::finding::{Finding, Findings, Skipped, Step};
use crate::check::harness::{Crash, Harness};
use crate::check::message::Message;
use crate::check::scenario::{Need, Run, Scenario};
use crate::check::{commands, crash};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "success-on-failure",
        title: "a delivery whose handling fails is not lost behind a 2xx",
        why: "After a 2xx the provider does not send it again.",
        cure: "Let errors become 5xx, or store the event before the answer and retry it yourself.",
        needs: &[Need::Failure, Need::Effects, Need::Id],
        after: &["handled"],
        run: Run::Course(|harness| Box::pin(on_failure(harness))),
    },
    Scenario {
        name: "retry-after-failure",
        title: "a delivery that failed is handled when it is sent again",
        why: "An id that is remembered before the work is done makes the retry a duplicate: it is answered 2xx, and nothing happens.",
        cure: "Remember the id with the work, in one transaction; release the claim if the work fails.",
        needs: &[Need::Effects, Need::Id],
        after: &["genuine"],
        run: Run::Course(|harness| Box::pin(retry(harness))),
    },
    Scenario {
        name: "success-before-work",
        title: "a delivery that was accepted survives a crash",
        why: "Work in memory after a 2xx ends with the process, and the provider does not send it again.",
        cure: "Answer after the work, or after the event is stored durably.",
        needs: &[Need::Restart, Need::Effects, Need::Id],
        after: &["handled"],
        run: Run::Course(|harness| Box::pin(before_work(harness))),
    },
    Scenario {
        name: "crash",
        title: "a delivery that a crash interrupts is handled when it is sent again",
        why: "A claim that outlives the process makes the retry a duplicate, and the event is lost.",
        cure: "Let claims expire (a lease), and count only finished work as done.",
        needs: &[Need::Restart, Need::Effects, Need::Id],
        after: &["handled", "retry-after-failure", "success-before-work"],
        run: Run::Course(|harness| Box::pin(interrupted(harness))),
    },
];

/// Sends a delivery while the receiver's work fails.
async fn while_failing(harness: &Harness) -> Result<(Message, Answer), Skipped> {
    let failure = harness.failure.as_ref().ok_or_else(not_failing)?;
    let message = harness.forge.genuine()?;
    let failing = commands::run(&failure.fail, harness.patience).await;
    let answer = harness.send(&message).await;
    let recovered = commands::run(&failure.recover, harness.patience).await;
    recovered.map_err(|problem| Skipped::Broken(format!("--recover: {problem}")))?;
    failing.map_err(|problem| Skipped::Broken(format!("--fail: {problem}")))?;
    Ok((message, answer))
}

async fn on_failure(harness: &Harness) -> Finding {
    let (message, answer) = while_failing(harness).await?;
    let sent = "a genuine delivery, while the work fails";
    if !answer.is_accepted() {
        return Ok(vec![Step::of(sent, Expect::Refused, &answer)].into());
    }
    let count = harness.handled(&message.id).await?;
    let answered = format!("{answer}, and {}", times(count));
    Ok(vec![Step::new(sent, "refused, or handled afterwards", answered, count > 0)].into())
}

async fn retry(harness: &Harness) -> Finding {
    // A receiver may have failed by itself before.
    let own = harness.record(|record| record.failed_first.first().cloned());
    let (message, first) = match (&harness.failure, own) {
        (Some(_), _) => while_failing(harness).await?,
        (None, Some((message, first, _))) => (message, first),
        (None, None) => return Err(not_failing()),
    };
    if first.is_accepted() {
        return Err(Skipped::does_not_apply(
            "the receiver accepts deliveries while its work fails: see success-on-failure",
        ));
    }
    let mut findings = Findings::default();
    findings.step("a genuine delivery, while the work fails", Expect::Refused, &first);
    let answers = harness.deliver(&message).await;
    let last = answers.last().cloned().unwrap_or(Answer::Closed(String::new()));
    findings.step("the same delivery again", Expect::Accepted, &last);
    if last.is_accepted() {
        let count = harness.handled(&message.id).await?;
        findings.steps.push(Step::new("the same, afterwards", "handled once", times(count), count == 1));
    }
    Ok(findings)
}

async fn before_work(harness: &Harness) -> Finding {
    let crash = crash_of(harness).await?;
    let mut findings = Findings::default();
    if let Some(answer) = crash.back.as_ref().filter(|answer| !answer.is_accepted()) {
        findings.step("a genuine delivery after --restart", Expect::Accepted, answer);
        return Ok(findings);
    }
    for message in &crash.accepted {
        let count = harness.handled(&message.id).await?;
        if count == 0 || findings.steps.is_empty() {
            let sent = "a genuine delivery, accepted right before a crash";
            findings.steps.push(Step::new(sent, "handled", times(count), count > 0));
        }
        if count == 0 {
            break;
        }
    }
    if findings.steps.is_empty() {
        return Err(Skipped::not_asked("no delivery was accepted before --restart ended the receiver"));
    }
    Ok(findings)
}

async fn interrupted(harness: &Harness) -> Finding {
    let crash = crash_of(harness).await?;
    let mut findings = Findings::default();
    for message in &crash.interrupted {
        let answers = harness.deliver(message).await;
        let last = answers.last().cloned().unwrap_or(Answer::Closed(String::new()));
        findings.step("a delivery that a crash interrupted, again", Expect::Accepted, &last);
        if last.is_accepted() {
            let count = harness.handled(&message.id).await?;
            findings.steps.push(Step::new("the same, afterwards", "handled", times(count), count > 0));
        }
        if !findings.is_ok() {
            break;
        }
    }
    if findings.steps.is_empty() {
        return Err(Skipped::not_asked("--restart did not end the receiver while a delivery was sent"));
    }
    Ok(findings)
}

/// Returns the crash, of which there is one in a run.
async fn crash_of(harness: &Harness) -> Result<&Crash, Skipped> {
    harness.crash.get_or_init(|| crash::course(harness)).await.as_ref().map_err(Clone::clone)
}

fn not_failing() -> Skipped {
    Skipped::not_asked("the receiver did not fail: give --fail and --recover")
}
