//! Unusual requests around a body, which a receiver must refuse without harm.

use crate::check::answer::Expect;
use crate::check::attempt::Attempt;
use crate::check::finding::{Finding, Findings, Prepared, Skipped, Step};
use crate::check::forge::{Forge, Key};
use crate::check::harness::Harness;
use crate::check::message::{Course, Message};
use crate::check::scenario::{Run, Scenario};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "huge-announced-body",
        title: "a body of 100 GiB is refused by its announced length",
        why: "A receiver that waits for it, or reserves memory for it, is kept busy by a sender who has proven nothing.",
        cure: "Compare `Content-Length` with a limit (1 MiB, or the provider's) before the body is read: 413.",
        needs: &[],
        after: &["wrong-secret"],
        run: Run::Course(|harness| Box::pin(announced(harness))),
    },
    Scenario {
        name: "huge-chunked-body",
        title: "a body without a length is refused once it exceeds a limit",
        why: "A receiver that reads it to the end can be made to use up its memory.",
        cure: "Count bytes while the body is read, and stop at the limit.",
        needs: &[],
        after: &["huge-announced-body"],
        run: Run::Course(|harness| Box::pin(chunked(harness))),
    },
    Scenario {
        name: "slow-body",
        title: "senders that stop in mid-body do not keep others out",
        why: "A few idle connections would stop all events.",
        cure: "Serve requests concurrently, and bound the time for a body.",
        needs: &[],
        after: &["genuine"],
        run: Run::Course(|harness| Box::pin(slow(harness))),
    },
    Scenario {
        name: "wrong-content-type",
        title: "another content type opens no way around the signature",
        why: "A middleware that parses JSON only leaves an empty body for others, and the check is made on that.",
        cure: "Read the raw body whatever the content type is.",
        needs: &[],
        after: &["wrong-secret"],
        run: Run::Requests(content_type),
    },
    Scenario {
        name: "wrong-method",
        title: "another method opens no way around the signature",
        why: "Routes for other methods often lack the middleware that verifies.",
        cure: "Answer 405, or verify all methods.",
        needs: &[],
        after: &["wrong-secret"],
        run: Run::Requests(method),
    },
    Scenario {
        name: "wrong-path",
        title: "another path opens no way around the signature",
        why: "2xx from a catch-all tells a provider with a mistyped URL that its events arrive.",
        cure: "Answer 404, or verify and handle deliveries on all paths.",
        needs: &[],
        after: &["wrong-secret"],
        run: Run::Course(|harness| Box::pin(elsewhere(harness))),
    },
];

async fn announced(harness: &Harness) -> Finding {
    let message = harness.forge.draft().signed_by(Key::Foreign).sign()?;
    let (answer, _) = harness.send_as(&message, Course::Announced(100 << 30)).await;
    let mut findings = Findings::default();
    findings.step("a delivery that announces 100 GiB, signed with another secret", Expect::Refused, &answer);
    harness.is_alive(&mut findings, "a genuine delivery afterwards").await?;
    Ok(findings)
}

async fn chunked(harness: &Harness) -> Finding {
    let message = harness.forge.draft().signed_by(Key::Foreign).sign()?;
    let (answer, sent) = harness.send_as(&message, Course::Endless(ENDLESS)).await;
    let mut findings = Findings::default();
    let step =
        Step::of("a delivery of 64 MiB in chunks, signed with another secret", Expect::Refused, &answer);
    let read = format!("{} after {} MiB", step.answered, sent >> 20);
    let stopped = sent < ENDLESS;
    findings.steps.push(Step {
        expected: format!("{} before its end", step.expected),
        answered: read,
        ok: step.ok && stopped,
        ..step
    });
    harness.is_alive(&mut findings, "a genuine delivery afterwards").await?;
    Ok(findings)
}

async fn slow(harness: &Harness) -> Finding {
    let stalled = (0..STALLED).map(|_| harness.forge.genuine()).collect::<Result<Vec<_>, _>>()?;
    let stalling = async {
        futures_util::future::join_all(
            stalled.iter().map(|message| harness.send_as(message, Course::Stalled)),
        )
        .await
    };
    let others = async {
        let mut findings = Findings::default();
        for sent in ["a genuine delivery, while 16 senders have stopped in mid-body", "another one"] {
            harness.is_alive(&mut findings, sent).await?;
        }
        Ok::<_, Skipped>(findings)
    };
    let mut findings = {
        tokio::pin!(stalling, others);
        // The stalled requests begin first, and end when the others are done.
        tokio::select! {
            biased;
            answers = &mut stalling => {
                let accepted = answers.iter().any(|(answer, _)| answer.is_accepted());
                let mut findings = others.await?;
                findings.steps.push(half(accepted));
                findings
            }
            findings = &mut others => findings?,
        }
    };
    let aborted = harness.forge.genuine()?;
    harness.send_as(&aborted, Course::Aborted).await;
    harness.is_alive(&mut findings, "a genuine delivery after one that was aborted").await?;
    if harness.effects.is_some() && harness.forge.provider.event.id.is_some() {
        let count = harness.count(&aborted.id).await?;
        findings.steps.push(Step::new(
            "the aborted delivery",
            "not handled",
            super::once::times(count),
            count == 0,
        ));
    }
    Ok(findings)
}

fn half(accepted: bool) -> Step {
    let answered = if accepted { "accepted" } else { "not accepted" };
    Step::new("half of a genuine delivery", "not accepted", answered, !accepted)
}

fn content_type(forge: &Forge) -> Prepared {
    let mut attempts = Vec::new();
    for content_type in
        [Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("multipart/form-data"), None]
    {
        let named = content_type.map_or_else(|| "no content type".to_owned(), |name| format!("`{name}`"));
        let forged = forge.draft().signed_by(Key::Foreign).sign()?.with_content_type(content_type);
        attempts.push(Attempt::refused(format!("a delivery as {named}, signed with another secret"), forged));
        let genuine = forge.genuine()?.with_content_type(content_type);
        attempts.push(Attempt::answered(format!("a genuine delivery as {named}"), genuine));
    }
    Ok(attempts)
}

fn method(forge: &Forge) -> Prepared {
    let mut attempts = Vec::new();
    for method in ["PUT", "PATCH", "DELETE"] {
        let forged = forge.draft().signed_by(Key::Foreign).sign()?.with_method(method);
        attempts
            .push(Attempt::refused(format!("a delivery by {method}, signed with another secret"), forged));
    }
    Ok(attempts)
}

/// Forged deliveries must be refused on other paths. A genuine one may be accepted if it is handled like those on its own path.
async fn elsewhere(harness: &Harness) -> Finding {
    let mut findings = match harness.attempt(path(&harness.forge)).await {
        Err(Skipped::DoesNotApply(_)) => Findings::default(),
        other => other?,
    };
    let genuine = harness.forge.genuine()?;
    let query = genuine.target.split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
    let genuine = genuine.with_target(format!("{NO_PATH}{query}"));
    let answer = harness.send(&genuine).await;
    let sent = format!("a genuine delivery to `{NO_PATH}`");
    let has_count = harness.effects.is_some() && harness.forge.provider.event.id.is_some();
    if answer.is_accepted() && has_count {
        let count = harness.handled(&genuine.id).await?;
        let answered = format!("{answer}, and {}", super::once::times(count));
        findings.steps.push(Step::new(sent, "refused, or handled", answered, count > 0));
    } else if answer.is_accepted() {
        findings.open.push(format!("the effects of {sent}, which was accepted: give --effects"));
    } else {
        findings.step(sent, Expect::Refused, &answer);
    }
    Ok(findings)
}

fn path(forge: &Forge) -> Prepared {
    let forged = forge.draft().signed_by(Key::Foreign).sign()?;
    let (path, query) = forged.target.split_at(forged.path().len());
    let path = path.trim_end_matches('/');
    let paths = [
        format!("{path}/"),
        format!("/{path}"),
        format!("{path}/countersign-check"),
        NO_PATH.to_owned(),
        path.to_ascii_uppercase(),
    ];
    let paths = paths.into_iter().filter(|other| !other.is_empty() && *other != forged.path());
    Ok(paths
        .map(|other| {
            let sent = format!("a delivery to `{other}`, signed with another secret");
            Attempt::refused(sent, Message::with_target(forged.clone(), format!("{other}{query}")))
        })
        .collect())
}

/// The senders that stop in mid-body.
const STALLED: usize = 16;
const ENDLESS: u64 = 64 << 20;
/// A path that no receiver serves by itself.
const NO_PATH: &str = "/countersign-check/no/such/path";
