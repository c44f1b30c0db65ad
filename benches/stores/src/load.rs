use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

/// Returns the number of operations per second, with this many in flight at any time.
pub(crate) async fn rate<F, R>(in_flight: usize, time: Duration, operation: F) -> f64
where
    F: Fn() -> R + Clone + Send + 'static,
    R: Future<Output = ()> + Send,
{
    let (done, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut tasks = JoinSet::new();
    let begin = Instant::now();
    for _ in 0..in_flight {
        let (operation, done, over) = (operation.clone(), Arc::clone(&done), Arc::clone(&over));
        tasks.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                operation().await;
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    tokio::time::sleep(time).await;
    over.store(true, Ordering::Relaxed);
    while tasks.join_next().await.is_some() {}
    done.load(Ordering::Relaxed) as f64 / begin.elapsed().as_secs_f64()
}

/// Returns the number of operations per second on this thread.
pub(crate) fn rate_of(time: Duration, mut operation: impl FnMut()) -> f64 {
    let begin = Instant::now();
    let mut done = 0_u64;
    while begin.elapsed() < time {
        operation();
        done += 1;
    }
    done as f64 / begin.elapsed().as_secs_f64()
}
