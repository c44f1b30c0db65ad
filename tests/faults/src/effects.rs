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
pub struct Effects(BTreeMap<String, Vec<Effect>>);

impl Effects {
    /// Reads the file. The last line may be incomplete if its writer was killed.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let text = fs::read(path).unwrap_or_default();
        let mut effects = Self::default();
        for line in text.split(|byte| *byte == b'\n') {
            if let Ok(effect) = serde_json::from_slice::<Effect>(line) {
                effects.0.entry(effect.id.clone()).or_default().push(effect);
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
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    /// Returns the number of effects of all events.
    #[must_use]
    pub fn total(&self) -> usize {
        self.0.keys().map(|id| self.times(id)).sum()
    }

    /// Asserts I2 on one machine: an attempt starts after the preceding one has ended, or its process has.
    ///
    /// # Panics
    ///
    /// If the invariant does not hold.
    pub fn assert_no_overlap(&self) {
        for (id, lines) in &self.0 {
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

    fn count(&self, id: &str, phase: Phase) -> usize {
        self.0.get(id).map_or(0, |lines| lines.iter().filter(|line| line.phase == phase).count())
    }
}
