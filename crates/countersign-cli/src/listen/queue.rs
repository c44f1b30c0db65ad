use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// Deliveries for an app that is down, in their order. Bounded in number and size: a delivery that does not fit is refused, so
/// that its provider sends it again.
pub(super) struct Queue<T> {
    waiting: Mutex<Waiting<T>>,
    added: Notify,
    most: usize,
    most_bytes: usize,
}

struct Waiting<T> {
    jobs: VecDeque<(T, usize)>,
    bytes: usize,
}

impl<T: Clone> Queue<T> {
    pub(super) const fn new(most: usize, most_bytes: usize) -> Self {
        let waiting = Waiting { jobs: VecDeque::new(), bytes: 0 };
        Self { waiting: Mutex::new(waiting), added: Notify::const_new(), most, most_bytes }
    }

    /// Adds a job of this size, and returns the number of those that wait. `None` if it does not fit.
    pub(super) fn push(&self, job: T, bytes: usize) -> Option<usize> {
        let waiting = self.with(|waiting| {
            let fits =
                waiting.jobs.len() < self.most && bytes <= self.most_bytes.saturating_sub(waiting.bytes);
            fits.then(|| {
                waiting.jobs.push_back((job, bytes));
                waiting.bytes += bytes;
                waiting.jobs.len()
            })
        })?;
        self.added.notify_one();
        Some(waiting)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.with(|waiting| waiting.jobs.is_empty())
    }

    /// Waits until there is a job, and returns the first one, which stays in the queue.
    pub(super) async fn first(&self) -> T {
        loop {
            if let Some(first) = self.with(|waiting| waiting.jobs.front().map(|(job, _)| job.clone())) {
                return first;
            }
            self.added.notified().await;
        }
    }

    /// Waits until another job is added.
    pub(super) async fn grown(&self) {
        self.added.notified().await;
    }

    /// Replaces the first job, which stays the first.
    pub(super) fn replace(&self, job: T) {
        self.with(|waiting| {
            if let Some((first, _)) = waiting.jobs.front_mut() {
                *first = job;
            }
        });
    }

    /// Moves the first job to the end.
    pub(super) fn postpone(&self) {
        self.with(|waiting| {
            if !waiting.jobs.is_empty() {
                waiting.jobs.rotate_left(1);
            }
        });
    }

    /// Removes the first job, and returns the number of those that still wait.
    pub(super) fn pop(&self) -> usize {
        self.with(|waiting| {
            if let Some((_, bytes)) = waiting.jobs.pop_front() {
                waiting.bytes -= bytes;
            }
            waiting.jobs.len()
        })
    }

    /// Removes all jobs.
    pub(super) fn take(&self) -> Vec<T> {
        self.with(|waiting| {
            waiting.bytes = 0;
            waiting.jobs.drain(..).map(|(job, _)| job).collect()
        })
    }

    fn with<R>(&self, change: impl FnOnce(&mut Waiting<T>) -> R) -> R {
        change(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_bounded_in_number_and_size() {
        let queue = Queue::new(3, 10);
        assert_eq!([queue.push("a", 4), queue.push("b", 6), queue.push("c", 1)], [Some(1), Some(2), None]);
        assert_eq!(
            (queue.pop(), queue.push("d", 4), queue.push("e", 0), queue.push("f", 0)),
            (1, Some(2), Some(3), None)
        );
        queue.replace("B");
        queue.postpone();
        assert_eq!(queue.take(), ["d", "e", "B"]);
        assert!(queue.is_empty() && queue.push("g", 10) == Some(1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_job_stays_until_it_is_removed() {
        let queue = Queue::new(3, 10);
        let (first, ()) = tokio::join!(queue.first(), async {
            queue.push(1, 1);
            queue.push(2, 1);
        });
        assert_eq!((first, queue.first().await, queue.pop(), queue.first().await), (1, 1, 1, 2));
    }
}
