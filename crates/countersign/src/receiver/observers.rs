use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Received, Rejection, RequestHead};
use crate::error::ErrorKind;

/// Called with the result of each request.
type Observer = dyn Fn(&Received) + Send + Sync;

/// Called with each rejection. The closure copies the head of the request.
type RejectionObserver = dyn Fn(&Rejection, &dyn Fn() -> RequestHead) + Send + Sync;

/// The observers of a receiver, and its counts of rejections. Clones share the counts.
#[derive(Clone)]
pub(super) struct Observers {
    all: Vec<Arc<Observer>>,
    of_rejections: Vec<Arc<RejectionObserver>>,
    /// One for each of [`ErrorKind::ALL`].
    rejections: Arc<[AtomicU64]>,
}

impl Observers {
    pub(super) fn add(&mut self, observer: impl Fn(&Received) + Send + Sync + 'static) {
        self.all.push(Arc::new(observer));
    }

    pub(super) fn add_of_rejections(
        &mut self,
        observer: impl Fn(&Rejection, &dyn Fn() -> RequestHead) + Send + Sync + 'static,
    ) {
        self.of_rejections.push(Arc::new(observer));
    }

    #[inline]
    pub(super) fn observe(&self, received: &Received, head: &dyn Fn() -> RequestHead) {
        if let Received::Rejected(rejection) | Received::Observed { rejection, .. } = received {
            self.reject(rejection, head);
        }
        self.all.iter().for_each(|observer| observer(received));
    }

    /// Returns the kinds that occurred, and how often.
    pub(super) fn rejections(&self) -> Vec<(ErrorKind, u64)> {
        let counts = self.rejections.iter().map(|count| count.load(Ordering::Relaxed));
        ErrorKind::ALL.iter().copied().zip(counts).filter(|(_, count)| *count > 0).collect()
    }

    #[cold]
    fn reject(&self, rejection: &Rejection, head: &dyn Fn() -> RequestHead) {
        let kind = rejection.kind();
        let at = ErrorKind::ALL.iter().position(|known| *known == kind);
        if let Some(count) = at.and_then(|at| self.rejections.get(at)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.of_rejections.iter().for_each(|observer| observer(rejection, head));
    }
}

impl Default for Observers {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            of_rejections: Vec::new(),
            rejections: ErrorKind::ALL.iter().map(|_| AtomicU64::default()).collect(),
        }
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observers").field("rejections", &self.rejections()).finish_non_exhaustive()
    }
}
