use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// Deliveries for an app that is down, in the order of their arrival. Bounded in number and size: a delivery that does not fit is
/// refused, so that its provider sends it again.
///
/// A delivery that is sent without waiting has its place in the order, too: if the app turns out to be down, it waits before
/// those that arrived later.
pub(super) struct Queue<T> {
    places: Mutex<Places<T>>,
    changed: Notify,
    most: usize,
    most_bytes: usize,
}

/// The place of a delivery, from its arrival. Given up when it is dropped before the delivery waits.
pub(super) struct Place<'q, T> {
    queue: &'q Queue<T>,
    number: u64,
    /// Whether no delivery waited at the arrival.
    pub(super) is_free: bool,
}

struct Places<T> {
    all: VecDeque<(u64, Option<Waiting<T>>)>,
    waiting: usize,
    bytes: usize,
    /// The number of the next place.
    next: u64,
}

struct Waiting<T> {
    job: T,
    bytes: usize,
}

impl<T: Clone> Queue<T> {
    pub(super) const fn new(most: usize, most_bytes: usize) -> Self {
        let places = Places { all: VecDeque::new(), waiting: 0, bytes: 0, next: 0 };
        Self { places: Mutex::new(places), changed: Notify::const_new(), most, most_bytes }
    }

    /// Takes the last place.
    pub(super) fn enter(&self) -> Place<'_, T> {
        self.with(|places| {
            let number = places.next;
            places.next += 1;
            places.all.push_back((number, None));
            Place { queue: self, number, is_free: places.waiting == 0 }
        })
    }

    /// Waits until there is a job whose predecessors were all sent, and returns it. It stays in the queue.
    pub(super) async fn first(&self) -> T {
        loop {
            let first = self.with(|places| Some(places.all.front()?.1.as_ref()?.job.clone()));
            if let Some(first) = first {
                return first;
            }
            self.changed.notified().await;
        }
    }

    /// Waits until another job waits, or one was sent without waiting.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Replaces the first job, which stays the first.
    pub(super) fn replace(&self, job: T) {
        self.with(|places| {
            if let Some((_, Some(first))) = places.all.front_mut() {
                first.job = job;
            }
        });
    }

    /// Moves the first job to the end.
    pub(super) fn postpone(&self) {
        self.with(|places| {
            if !places.all.is_empty() {
                places.all.rotate_left(1);
            }
        });
    }

    /// Removes the first job, and returns the number of those that still wait.
    pub(super) fn pop(&self) -> usize {
        self.with(|places| {
            if let Some((_, Some(first))) = places.all.pop_front() {
                places.waiting -= 1;
                places.bytes -= first.bytes;
            }
            places.waiting
        })
    }

    /// Removes all jobs.
    pub(super) fn take(&self) -> Vec<T> {
        self.with(|places| {
            (places.waiting, places.bytes) = (0, 0);
            places.all.drain(..).filter_map(|(_, waiting)| Some(waiting?.job)).collect()
        })
    }

    fn with<R>(&self, change: impl FnOnce(&mut Places<T>) -> R) -> R {
        change(&mut self.places.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T: Clone> Place<'_, T> {
    /// Adds a job of this size at the place, and returns the number of those that wait. `None` if it does not fit.
    pub(super) fn wait(self, job: T, bytes: usize) -> Option<usize> {
        let Queue { most, most_bytes, .. } = self.queue;
        // The worker is notified when the place is dropped.
        self.queue.with(|places| {
            let fits = places.waiting < *most && bytes <= most_bytes.saturating_sub(places.bytes);
            let place = places.all.iter_mut().find(|(number, _)| *number == self.number);
            let (_, waiting) = place.filter(|_| fits)?;
            *waiting = Some(Waiting { job, bytes });
            places.waiting += 1;
            places.bytes += bytes;
            Some(places.waiting)
        })
    }
}

impl<T> Drop for Place<'_, T> {
    fn drop(&mut self) {
        let mut places = self.queue.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.all.retain(|(number, waiting)| *number != self.number || waiting.is_some());
        if places.waiting > 0 {
            drop(places);
            self.queue.changed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn push(queue: &Queue<&'static str>, job: &'static str, bytes: usize) -> Option<usize> {
        queue.enter().wait(job, bytes)
    }

    #[test]
    fn it_is_bounded_in_number_and_size() {
        let queue = Queue::new(3, 10);
        assert_eq!(
            [push(&queue, "a", 4), push(&queue, "b", 6), push(&queue, "c", 1)],
            [Some(1), Some(2), None]
        );
        assert_eq!(
            (queue.pop(), push(&queue, "d", 4), push(&queue, "e", 0), push(&queue, "f", 0)),
            (1, Some(2), Some(3), None)
        );
        queue.replace("B");
        queue.postpone();
        assert_eq!(queue.take(), ["d", "e", "B"]);
        assert!(queue.enter().is_free && push(&queue, "g", 10) == Some(1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_job_stays_until_it_is_removed() {
        let queue = Queue::new(3, 10);
        let (first, ()) = tokio::join!(queue.first(), async {
            push(&queue, "a", 1);
            push(&queue, "b", 1);
        });
        assert_eq!((first, queue.first().await, queue.pop(), queue.first().await), ("a", "a", 1, "b"));
    }

    #[test]
    fn of_deliveries_that_are_sent_at_the_same_time_the_earlier_waits_before_the_later() {
        let queue = Queue::new(3, 10);
        let (a, b) = (queue.enter(), queue.enter());
        assert!(a.is_free && b.is_free);
        // The app is found to be down by the later one first.
        assert_eq!(b.wait("b", 1), Some(1));
        let c = queue.enter();
        assert!(!c.is_free, "it waits without an attempt");
        assert_eq!(c.wait("c", 1), Some(2));
        assert_eq!(queue.first().now_or_never(), None, "an earlier one is being sent");
        assert_eq!(a.wait("a", 1), Some(3));
        let order = [(); 3].map(|()| (queue.first().now_or_never(), queue.pop()));
        assert_eq!(order, [(Some("a"), 2), (Some("b"), 1), (Some("c"), 0)]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_sent_without_waiting_holds_nothing_back_any_more() {
        let queue = Queue::new(3, 10);
        let (a, b) = (queue.enter(), queue.enter());
        b.wait("b", 1);
        let (first, ()) = tokio::join!(queue.first(), async { drop(a) });
        assert_eq!((first, queue.pop()), ("b", 0));
    }
}
