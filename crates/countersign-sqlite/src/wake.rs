use std::mem;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Tells whoever waits that something has happened since the last one was told.
#[derive(Default)]
pub(crate) struct Wake(Mutex<State>);

#[derive(Default)]
struct State {
    count: u64,
    /// Up to where somebody was told.
    told: u64,
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

    /// What happened before anybody asked is not missed; nor does one who waits take it from another.
    pub(crate) fn woken(&self) -> Woken<'_> {
        Woken { wake: self, since: self.state().told }
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
            state.told = state.count;
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
    fn what_happens_before_or_while_somebody_waits_is_told_to_all_of_them_and_once() {
        let wake = Wake::default();
        let mut context = Context::from_waker(Waker::noop());
        let [mut first, mut second] = [wake.woken(), wake.woken()];
        assert!(Pin::new(&mut first).poll(&mut context).is_pending());
        wake.notify();
        wake.notify();
        assert!(Pin::new(&mut first).poll(&mut context).is_ready());
        assert!(Pin::new(&mut second).poll(&mut context).is_ready());
        assert!(Pin::new(&mut wake.woken()).poll(&mut context).is_pending());
        wake.notify();
        assert!(Pin::new(&mut wake.woken()).poll(&mut context).is_ready());
    }
}
