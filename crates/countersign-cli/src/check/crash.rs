//! Ends the receiver while deliveries arrive.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::answer::Answer;
use super::commands;
use super::finding::Skipped;
use super::harness::{Crash, Harness};

/// Sends deliveries until the command has ended the receiver, and waits until it is back.
pub(super) async fn course(harness: &Harness) -> Result<Crash, Skipped> {
    let command = harness.restart.as_deref().ok_or_else(|| Skipped::not_asked("give --restart"))?;
    let (crash, ended) = (Mutex::new(Crash::default()), AtomicBool::new(false));
    let senders = join_all((0..SENDERS).map(|_| send_until_the_end(harness, &crash, &ended)));
    let restart = async {
        until_accepted(&crash).await;
        let restarted = commands::run(command, harness.patience).await;
        ended.store(true, Ordering::Relaxed);
        restarted
    };
    let (_, restarted) = tokio::join!(senders, restart);
    restarted.map_err(|problem| Skipped::Broken(format!("--restart: {problem}")))?;
    let mut crash = crash.into_inner().unwrap_or_else(PoisonError::into_inner);
    crash.back = is_back(harness).await?;
    let old = crash.accepted.len().saturating_sub(LAST_ACCEPTED);
    crash.accepted.drain(..old);
    Ok(crash)
}

async fn send_until_the_end(harness: &Harness, crash: &Mutex<Crash>, ended: &AtomicBool) {
    for _ in 0..MOST_EACH {
        let Ok(message) = harness.forge.genuine() else { return };
        let mut answer = harness.send(&message).await;
        if matches!(answer, Answer::Response(_)) && answer.is_retried() {
            answer = harness.send(&message).await;
        }
        let mut crash = crash.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Answer::Response(_) if answer.is_accepted() => crash.accepted.push(message),
            Answer::Response(_) => {}
            Answer::Closed(_) | Answer::Silent(_) => {
                crash.interrupted.push(message);
                return;
            }
            Answer::Unreachable(_) => return,
        }
        if ended.load(Ordering::Relaxed) {
            return;
        }
    }
}

/// Waits until some deliveries were accepted.
async fn until_accepted(crash: &Mutex<Crash>) {
    let began = Instant::now();
    let accepted = || crash.lock().unwrap_or_else(PoisonError::into_inner).accepted.len();
    while accepted() < SENDERS && began.elapsed() < LONGEST_START {
        sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until the receiver accepts again, and returns its last answer.
async fn is_back(harness: &Harness) -> Result<Option<Answer>, Skipped> {
    let began = Instant::now();
    let message = harness.forge.genuine()?;
    loop {
        let answer = harness.send(&message).await;
        if answer.is_accepted() || began.elapsed() > harness.patience {
            return Ok(Some(answer));
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// The deliveries that are sent at once.
const SENDERS: usize = 8;
const MOST_EACH: usize = 2000;
/// The deliveries that are looked at.
const LAST_ACCEPTED: usize = 16;
const LONGEST_START: Duration = Duration::from_secs(5);
