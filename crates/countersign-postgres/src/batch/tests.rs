use std::sync::Mutex;

use tokio::sync::Semaphore;
use tokio::time::advance;

use super::*;

/// Collects batches, each when it is released; a batch that contains a 13 fails.
struct Recorder {
    batches: Arc<Mutex<Vec<Vec<usize>>>>,
    gate: Arc<Semaphore>,
}

impl Work for Recorder {
    type Item = usize;
    type Answer = usize;

    fn weight(item: &usize) -> usize {
        *item
    }

    async fn run(&self, items: &[usize]) -> Result<Vec<Option<usize>>, StoreError> {
        self.gate.acquire().await.unwrap().forget();
        self.batches.lock().unwrap().push(items.to_vec());
        if items.contains(&13) {
            return Err(unavailable("unlucky"));
        }
        // A value above 100 is locked, unless it is alone.
        Ok(items
            .iter()
            .map(|item| (*item <= 100 || items.len() == 1 || *item > 1000).then_some(*item))
            .collect())
    }
}

type Batches = Arc<Mutex<Vec<Vec<usize>>>>;

fn recorder() -> (Arc<Batcher<Recorder>>, Batches, Arc<Semaphore>) {
    recorder_of(1)
}

fn recorder_of(concurrency: usize) -> (Arc<Batcher<Recorder>>, Batches, Arc<Semaphore>) {
    recorder_after(concurrency, Duration::ZERO)
}

fn recorder_after(concurrency: usize, alone: Duration) -> (Arc<Batcher<Recorder>>, Batches, Arc<Semaphore>) {
    let (batches, gate) = (Batches::default(), Arc::new(Semaphore::new(0)));
    let work = Recorder { batches: Arc::clone(&batches), gate: Arc::clone(&gate) };
    (Arc::new(Batcher::new(work, concurrency, alone, Duration::from_secs(60))), batches, gate)
}

/// Starts a task for each item, in this order.
async fn submit(batcher: &Arc<Batcher<Recorder>>, items: &[usize]) -> Vec<tokio::task::JoinHandle<bool>> {
    let mut tasks = Vec::new();
    for item in items.iter().copied() {
        let batcher = Arc::clone(batcher);
        tasks.push(tokio::spawn(async move { batcher.submit(item).await.is_ok() }));
        tokio::task::yield_now().await;
    }
    tasks
}

#[tokio::test]
async fn what_piles_up_while_a_batch_is_on_its_way_is_the_next_batch() {
    let (batcher, batches, gate) = recorder();
    let tasks = submit(&batcher, &[1, 2, 3, 4]).await;
    gate.add_permits(100);
    for task in tasks {
        assert!(task.await.unwrap());
    }
    let last = submit(&batcher, &[5]).await;
    assert!(last.into_iter().next().unwrap().await.unwrap());
    assert_eq!(*batches.lock().unwrap(), [vec![1], vec![2, 3, 4], vec![5]]);
}

#[tokio::test]
async fn one_that_fails_does_not_fail_its_neighbours() {
    let (batcher, batches, gate) = recorder();
    let tasks = submit(&batcher, &[1, 2, 13, 4]).await;
    gate.add_permits(100);
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    assert_eq!(done, [true, true, false, true]);
    assert_eq!(*batches.lock().unwrap(), [vec![1], vec![2, 13, 4], vec![2], vec![13], vec![4]]);
}

#[tokio::test]
async fn one_that_is_held_comes_again_alone_and_behind_the_others() {
    let (batcher, batches, gate) = recorder();
    let tasks = submit(&batcher, &[1, 2, 101, 3]).await;
    gate.add_permits(100);
    for task in tasks {
        assert!(task.await.unwrap());
    }
    assert_eq!(*batches.lock().unwrap(), [vec![1], vec![2, 101, 3], vec![101]]);
}

#[tokio::test]
async fn concurrent_batches_share_the_items_that_wait() {
    let (batcher, batches, gate) = recorder_of(2);
    let tasks = submit(&batcher, &[1; 100]).await;
    gate.add_permits(100);
    for task in tasks {
        assert!(task.await.unwrap());
    }
    let mut sizes: Vec<_> = batches.lock().unwrap().iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 1, 48, 50]);
}

#[tokio::test]
async fn batches_are_bounded_and_so_is_what_waits() {
    let (batcher, batches, gate) = recorder();
    let large = 1_500_000;
    let tasks = submit(&batcher, &[large, large, large, 1]).await;
    assert!(matches!(batcher.submit(200 * 1024 * 1024).await, Err(StoreError::Full { .. })));
    gate.add_permits(100);
    for task in tasks {
        assert!(task.await.unwrap());
    }
    assert_eq!(*batches.lock().unwrap(), [vec![large], vec![large], vec![large, 1]]);
}

#[tokio::test(start_paused = true)]
async fn a_further_batch_runs_beside_one_that_is_slow() {
    let alone = Duration::from_millis(50);
    let (batcher, batches, gate) = recorder_after(2, alone);
    let tasks = submit(&batcher, &[1, 2, 3]).await;
    advance(Duration::from_millis(49)).await;
    gate.add_permits(1);
    // The first one ends, and the others are the next batch.
    settle().await;
    assert_eq!(*batches.lock().unwrap(), [vec![1]]);
    let more = submit(&batcher, &[4]).await;
    advance(Duration::from_millis(49)).await;
    settle().await;
    gate.add_permits(1);
    settle().await;
    assert_eq!(*batches.lock().unwrap(), [vec![1], vec![2, 3]]);
    // This one does not end, and those behind it do not wait.
    let last = submit(&batcher, &[5]).await;
    advance(alone).await;
    settle().await;
    assert_eq!(gate.available_permits(), 0);
    assert_eq!(batcher.queue.running(), 2);
    gate.add_permits(10);
    for task in tasks.into_iter().chain(more).chain(last) {
        assert!(task.await.unwrap());
    }
    assert_eq!(batches.lock().unwrap()[2..], [vec![4], vec![5]]);
}

/// The runtime in which a task waits for a further batch ends. Its clock runs, and that of the others is paused.
#[tokio::test(start_paused = true)]
async fn a_further_batch_runs_after_the_runtime_that_waited_for_it_has_ended() {
    let alone = Duration::from_secs(3600);
    let (batcher, batches, gate) = recorder_after(2, alone);
    let first = submit(&batcher, &[1]).await;
    let other = Arc::clone(&batcher);
    let ended = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { submit(&other, &[2]).await });
    });
    ended.join().unwrap();
    let last = submit(&batcher, &[3]).await;
    advance(alone).await;
    settle().await;
    assert_eq!(batcher.queue.running(), 2);
    gate.add_permits(10);
    for task in first.into_iter().chain(last) {
        assert!(task.await.unwrap());
    }
    assert_eq!(*batches.lock().unwrap(), [vec![1], vec![2, 3]]);
}

/// Runs what is ready.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}
