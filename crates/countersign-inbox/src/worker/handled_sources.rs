use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The sources of a worker, counted among those that the process handles until it is dropped.
///
/// The count is per process: a program may have several workers on one store, and a source that one of them does not
/// handle may be handled by another.
pub(crate) struct HandledSources(Vec<String>);

impl HandledSources {
    pub(super) fn add<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let names: Vec<_> = names.map(str::to_owned).collect();
        let mut handled = handled();
        for name in &names {
            *handled.entry(name.clone()).or_default() += 1;
        }
        Self(names)
    }

    /// Whether a worker of the process handles the source.
    pub(crate) fn has(name: &str) -> bool {
        handled().contains_key(name)
    }

    /// Returns the nearest name by edit distance.
    pub(super) fn nearest(name: &str) -> Option<String> {
        let start = |text: &str| text.chars().take(LONGEST).collect::<String>();
        let name = start(name);
        let distance = |known: &&String| strsim::osa_distance(&name, &start(known));
        handled().keys().min_by_key(distance).cloned()
    }
}

impl Drop for HandledSources {
    fn drop(&mut self) {
        let mut handled = handled();
        for name in &self.0 {
            if let Some(workers) = handled.get_mut(name) {
                *workers -= 1;
                if *workers == 0 {
                    handled.remove(name);
                }
            }
        }
    }
}

/// Nothing panics while it has the lock.
fn handled() -> MutexGuard<'static, BTreeMap<String, usize>> {
    static HANDLED: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());
    HANDLED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The number of characters compared.
const LONGEST: usize = 128;
