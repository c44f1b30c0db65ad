use std::mem;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Tells whoever waits that something has happened since he began to.
#[derive(Default)]
pub(crate) struct Wake(Mutex<State>);

#[derive(Default)]
struct State {
    count: u64,
    waiting: Vec<Waker>,
}

impl Wake {
    pub(crate) fn notify(&self) {
        let waiting = {
            let mut state = self.state();
            state.count = state.count.wrapping_add(1);
            mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Counts from now, not from when it is polled first.
    pub(crate) fn woken(&self) -> Woken<'_> {
        Woken { wake: self, since: self.state().count }
    }

    /// Nothing panics while it has the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Woken<'a> {
    wake: &'a Wake,
    since: u64,
}

impl Future for Woken<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.wake.state();
        if state.count != self.since {
            return Poll::Ready(());
        }
        if !state.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
            state.waiting.push(context.waker().clone());
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_between_asking_and_waiting_is_not_missed() {
        let wake = Wake::default();
        let mut context = Context::from_waker(Waker::noop());
        let (mut before, mut polled) = (wake.woken(), wake.woken());
        assert!(Pin::new(&mut polled).poll(&mut context).is_pending());
        wake.notify();
        assert!(Pin::new(&mut before).poll(&mut context).is_ready());
        assert!(Pin::new(&mut polled).poll(&mut context).is_ready());
        assert!(Pin::new(&mut wake.woken()).poll(&mut context).is_pending());
    }
}
