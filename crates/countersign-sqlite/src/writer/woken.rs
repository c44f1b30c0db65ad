use std::collections::HashSet;

use countersign_inbox::WakeQueue;

/// The sources that a transaction wakes after its commit.
#[derive(Default)]
pub(super) struct Woken {
    sources: HashSet<String>,
    is_any: bool,
}

impl Woken {
    pub(super) fn add(&mut self, source: Option<&str>) {
        match source {
            Some(source) if !self.sources.contains(source) => drop(self.sources.insert(source.to_owned())),
            Some(_) => {}
            None => self.is_any = true,
        }
    }

    pub(super) fn report(self, queue: &WakeQueue) {
        if self.is_any {
            queue.wake_all();
        } else if !self.sources.is_empty() {
            queue.wake(self.sources);
        }
    }
}
