use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A line in the file of effects, written and synced by the victim's handler.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Effect {
    /// The provider's id of the event.
    pub id: String,
    /// The phase of the handler.
    pub phase: Phase,
    /// The fencing token of the attempt.
    pub fence: u64,
    /// The number of the attempt.
    pub attempt: u32,
    /// The process id.
    pub pid: u32,
}

/// The phase of a handler.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// The handler starts.
    Begin,
    /// The handler failed on purpose.
    Failed,
    /// The effect has happened.
    Done,
    /// The handler was cancelled, because its lease was lost or the worker ends.
    Cancelled,
}

/// The contents of a file of effects.
#[derive(Debug, Default)]
pub struct Effects {
    by_event: BTreeMap<String, Vec<Effect>>,
    /// All of them, in order.
    lines: Vec<Effect>,
}

/// Returns the ordering key of an event, of so many: its number decides. Without keys, events have none.
#[must_use]
pub fn key_of(id: &str, keys: usize) -> Option<String> {
    let number: usize = id.rsplit('_').next()?.parse().ok()?;
    Some(format!("key {}", number.checked_rem(keys)?))
}

impl Effects {
    /// Reads the file. The last line may be incomplete if its writer was killed.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let text = fs::read(path).unwrap_or_default();
        let mut effects = Self::default();
        for line in text.split(|byte| *byte == b'\n') {
            if let Ok(effect) = serde_json::from_slice::<Effect>(line) {
                effects.by_event.entry(effect.id.clone()).or_default().push(effect.clone());
                effects.lines.push(effect);
            }
        }
        effects
    }

    /// Returns the number of times that the effect of an event has happened.
    #[must_use]
    pub fn times(&self, id: &str) -> usize {
        self.count(id, Phase::Done)
    }

    /// Returns the number of attempts of an event.
    #[must_use]
    pub fn attempts(&self, id: &str) -> usize {
        self.count(id, Phase::Begin)
    }

    /// Returns all lines about an event, in order.
    #[must_use]
    pub fn of(&self, id: &str) -> &[Effect] {
        self.by_event.get(id).map_or(&[], Vec::as_slice)
    }

    /// Returns the number of effects of all events.
    #[must_use]
    pub fn total(&self) -> usize {
        self.by_event.keys().map(|id| self.times(id)).sum()
    }

    /// Asserts I2 on one machine: an attempt starts after the preceding one has ended, or its process has.
    ///
    /// # Panics
    ///
    /// If the invariant does not hold.
    pub fn assert_no_overlap(&self) {
        for (id, lines) in &self.by_event {
            // The fencing token of the running handler in each process. A killed process has one for ever.
            let mut running: BTreeMap<u32, u64> = BTreeMap::new();
            let mut highest = 0;
            for line in lines {
                if line.phase == Phase::Begin {
                    assert!(line.fence > highest, "{id}: the fencing token did not grow: {lines:#?}");
                    let other = running.insert(line.pid, line.fence);
                    assert_eq!(other, None, "{id}: two handlers at once: {lines:#?}");
                    highest = line.fence;
                    continue;
                }
                assert_eq!(running.remove(&line.pid), Some(line.fence), "{id}: {lines:#?}");
                // A process learns that another one has taken the event over only after that has begun.
                let is_late = line.fence < highest && line.phase != Phase::Cancelled;
                assert!(!is_late, "{id}: a result after another attempt has begun: {lines:#?}");
            }
        }
    }

    /// Asserts I5: two events of a key never run at the same time in a process, and with a store that writes one event after the
    /// other, none begins until the one that began before it is done. A store of several machines may get an earlier event later.
    ///
    /// # Panics
    ///
    /// If the invariant does not hold.
    pub fn assert_order(&self, keys: usize, writes_in_order: bool) {
        let mut running: BTreeMap<(String, u32), &str> = BTreeMap::new();
        let mut unfinished: BTreeMap<String, &str> = BTreeMap::new();
        for line in &self.lines {
            let Some(key) = key_of(&line.id, keys) else { continue };
            let id = line.id.as_str();
            let in_process = (key.clone(), line.pid);
            if line.phase != Phase::Begin {
                running.remove(&in_process);
                if line.phase == Phase::Done {
                    unfinished.remove(&key);
                }
                continue;
            }
            let other = running.insert(in_process, id);
            assert_eq!(other, None, "{id} runs beside another event with {key}: {:#?}", self.lines);
            let before = unfinished.insert(key.clone(), id).filter(|before| *before != id);
            assert!(
                before.is_none() || !writes_in_order,
                "{id} begins before {before:?} is done, with {key}: {:#?}",
                self.lines
            );
        }
    }

    fn count(&self, id: &str, phase: Phase) -> usize {
        self.by_event.get(id).map_or(0, |lines| lines.iter().filter(|line| line.phase == phase).count())
    }
}
