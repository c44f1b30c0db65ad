//! Shares a thread of the runtime with deliveries.

use std::future::poll_fn;
use std::task::Poll;

/// Lets other tasks of this thread run, and goes on behind them. A page that computes for long calls it.
pub(crate) async fn yield_now() {
    let mut has_yielded = false;
    poll_fn(|context| {
        if has_yielded {
            return Poll::Ready(());
        }
        has_yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
