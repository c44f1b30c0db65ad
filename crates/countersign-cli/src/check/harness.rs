//! The receiver under test, and everything that is known about it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::OnceCell;
use tokio::time::sleep;

use super::answer::{Answer, Expect};
use super::commands::Failure;
use super::effects::Effects;
use super::finding::{Findings, Prepared, Skipped};
use super::forge::Forge;
use super::logs::Log;
use super::message::{Course, Message};
use super::wire::Wire;

/// The receiver under test.
pub(super) struct Harness {
    pub(super) forge: Forge,
    pub(super) wire: Wire,
    pub(super) effects: Option<Effects>,
    pub(super) restart: Option<String>,
    pub(super) failure: Option<Failure>,
    pub(super) log: Option<Log>,
    pub(super) secrets: Vec<String>,
    pub(super) handshakes: super::args::HandshakeArgs,
    /// The longest time to wait for effects, and for a restart.
    pub(super) patience: Duration,
    pub(super) record: Mutex<Record>,
    pub(super) crash: OnceCell<Result<Crash, Skipped>>,
}

/// The deliveries around a crash.
#[derive(Debug, Default)]
pub(super) struct Crash {
    /// The last deliveries that were accepted before it.
    pub(super) accepted: Vec<Message>,
    /// The deliveries that it interrupted.
    pub(super) interrupted: Vec<Message>,
    /// The answer to a genuine delivery afterwards.
    pub(super) back: Option<Answer>,
}

/// The observations that several scenarios check.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// The signatures that were sent.
    pub(super) signatures: Vec<String>,
    /// The id of the first delivery, if it was accepted at once.
    pub(super) accepted_first: Option<String>,
    /// The deliveries that the receiver failed at first, and accepted or refused when they were sent again.
    pub(super) failed_first: Vec<(Message, Answer, Answer)>,
}

impl Harness {
    pub(super) async fn send(&self, message: &Message) -> Answer {
        self.send_as(message, Course::Whole).await.0
    }

    /// Sends a request, and returns the answer and the number of bytes of the body that were sent.
    pub(super) async fn send_as(&self, message: &Message, course: Course) -> (Answer, u64) {
        self.record(|record| {
            if record.signatures.len() < MOST_SIGNATURES {
                record.signatures.extend(message.signatures.iter().cloned());
            }
        });
        let exchange = self.wire.send(message, course).await;
        (exchange.answer, exchange.sent)
    }

    /// Sends requests at once.
    pub(super) async fn send_all(&self, messages: &[Message]) -> Vec<Answer> {
        join_all(messages.iter().map(|message| self.send(message))).await
    }

    /// Sends a delivery as a provider does: again, if the receiver failed. Returns all answers.
    pub(super) async fn deliver(&self, message: &Message) -> Vec<Answer> {
        let mut answers = vec![self.send(message).await];
        for pause in PAUSES {
            if !answers.last().is_some_and(Answer::is_retried) {
                break;
            }
            sleep(pause).await;
            answers.push(self.send(message).await);
        }
        if let Some((first, last)) = failed_first(&answers) {
            self.record(|record| record.failed_first.push((message.clone(), first.clone(), last.clone())));
        }
        answers
    }

    /// Sends a genuine delivery, which the receiver must accept.
    pub(super) async fn is_alive(&self, findings: &mut Findings, sent: &str) -> Result<(), Skipped> {
        let answers = self.deliver(&self.forge.genuine()?).await;
        let last = answers.last().cloned().unwrap_or(Answer::Closed(String::new()));
        findings.step(sent, Expect::Accepted, &last);
        Ok(())
    }

    /// Runs single requests, those that are fair.
    pub(super) async fn attempt(&self, prepared: Prepared) -> Result<Findings, Skipped> {
        let attempts = prepared?;
        let mut findings = Findings::default();
        for attempt in attempts.iter().filter(|attempt| attempt.is_fair(&self.forge)) {
            let answer = match attempt.expect {
                Expect::Accepted => self.deliver(&attempt.message).await.pop(),
                Expect::Refused | Expect::Answered => {
                    Some(self.send_as(&attempt.message, attempt.course).await.0)
                }
            };
            let answer = answer.unwrap_or(Answer::Closed(String::new()));
            findings.step(&attempt.sent, attempt.expect, &answer);
        }
        if findings.steps.is_empty() {
            let slug = &self.forge.provider.slug;
            return Err(Skipped::does_not_apply(format!("the signatures of `{slug}` do not cover it")));
        }
        Ok(findings)
    }

    pub(super) fn record<T>(&self, look: impl FnOnce(&mut Record) -> T) -> T {
        look(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns how often an id was handled.
    pub(super) async fn count(&self, id: &str) -> Result<u64, Skipped> {
        let effects = self.effects.as_ref().ok_or_else(|| Skipped::not_asked("give --effects"))?;
        effects.count(id).await.map_err(Skipped::Broken)
    }

    /// Waits until an id was handled, and returns how often.
    pub(super) async fn handled(&self, id: &str) -> Result<u64, Skipped> {
        let began = tokio::time::Instant::now();
        let mut pause = FIRST_LOOK;
        loop {
            let count = self.count(id).await?;
            if count > 0 || began.elapsed() > self.patience {
                return Ok(count);
            }
            sleep(pause).await;
            pause = (pause * 2).min(LAST_LOOK);
        }
    }

    /// Waits until the receiver has handled everything that it has accepted so far, as far as that shows: a new delivery is
    /// handled after those before it.
    pub(super) async fn settle(&self) -> Result<(), Skipped> {
        let marker = self.forge.genuine()?;
        self.deliver(&marker).await;
        self.handled(&marker.id).await?;
        sleep(SETTLED).await;
        Ok(())
    }
}

/// Returns the first and the last answer to a delivery that the receiver failed. One that was not reachable yet has not seen
/// the delivery.
fn failed_first(answers: &[Answer]) -> Option<(&Answer, &Answer)> {
    match answers {
        [first, .., last] if first.meets(Expect::Refused) => Some((first, last)),
        _ => None,
    }
}

/// The pauses before a delivery is sent again.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
];
const FIRST_LOOK: Duration = Duration::from_millis(10);
const LAST_LOOK: Duration = Duration::from_millis(300);
/// The time in which a second effect follows the first.
const SETTLED: Duration = Duration::from_millis(150);
const MOST_SIGNATURES: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::answer::Response;

    #[test]
    fn a_receiver_that_was_not_reachable_yet_has_not_failed() {
        let response = |status| Answer::Response(Response { status, ..Response::default() });
        let (refused, silent) =
            (Answer::Unreachable("refused".to_owned()), Answer::Silent(Duration::from_secs(10)));
        for answers in
            [vec![], vec![response(200)], vec![refused, response(200)], vec![silent, response(200)]]
        {
            assert!(failed_first(&answers).is_none(), "{answers:?}");
        }
        for first in [response(500), Answer::Closed("reset".to_owned())] {
            assert!(failed_first(&[first, response(200)]).is_some());
        }
    }
}
