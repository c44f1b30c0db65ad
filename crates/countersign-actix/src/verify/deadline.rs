//! The time for a body.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::rt::time::{Instant, Sleep, sleep};

/// The time within which a body has to arrive.
///
/// A process that did not run meanwhile, because it was stopped or the machine was overloaded, first reads what has arrived. If it notices
/// the end of the time late, the sender has the time once more: several providers do not send again what was answered with a 4xx.
pub(super) struct Deadline {
    timer: Pin<Box<Sleep>>,
    length: Duration,
    was_late: bool,
    has_looked: bool,
}

impl Deadline {
    pub(super) fn new(length: Duration) -> Self {
        Self { timer: Box::pin(sleep(length)), length, was_late: false, has_looked: false }
    }

    /// Returns when the time is over and nothing more has arrived.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        ready!(self.timer.as_mut().poll(cx));
        if !self.was_late && self.timer.deadline().elapsed() > LATE {
            self.was_late = true;
            self.timer.as_mut().reset(Instant::now() + self.length);
            return self.timer.as_mut().poll(cx);
        }
        if !self.has_looked {
            self.has_looked = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    }
}

/// Timers of a process that runs are late by milliseconds.
const LATE: Duration = Duration::from_secs(1);
