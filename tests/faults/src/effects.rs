use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A line in the file of effects, written and synced by the victim's handler.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Effect {
    /// The provider's id of the event.
    pub id: String,
    /// What the handler was doing.
    pub phase: Phase,
    /// The fencing token of the attempt.
    pub fence: u64,
    /// Which attempt.
    pub attempt: u32,
    /// The process.
    pub pid: u32,
}

/// What a handler says of itself.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It begins.
    Begin,
    /// It has failed on purpose.
    Failed,
    /// Its effect is there.
    Done,
}

/// The file of effects, read.
#[derive(Debug, Default)]
pub struct Effects(BTreeMap<String, Vec<Effect>>);

impl Effects {
    /// Reads the file. The last line may be torn: whoever wrote it was killed.
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

    /// How often the effect of an event has happened.
    #[must_use]
    pub fn times(&self, id: &str) -> usize {
        self.count(id, Phase::Done)
    }

    /// How often the handler has begun.
    #[must_use]
    pub fn attempts(&self, id: &str) -> usize {
        self.count(id, Phase::Begin)
    }

    /// Everything that is said of an event, in its order.
    #[must_use]
    pub fn of(&self, id: &str) -> &[Effect] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    /// Effects that have happened, of all events.
    #[must_use]
    pub fn total(&self) -> usize {
        self.0.keys().map(|id| self.times(id)).sum()
    }

    /// I2, in one machine: an attempt begins after the one before it has ended, or its process has.
    ///
    /// # Panics
    ///
    /// When it is not so.
    pub fn assert_no_overlap(&self) {
        for (id, lines) in &self.0 {
            let mut open: Option<&Effect> = None;
            let mut highest = 0;
            for line in lines {
                if line.phase == Phase::Begin {
                    assert!(line.fence > highest, "{id}: the fencing token did not grow: {lines:#?}");
                    if let Some(open) = open {
                        assert_ne!(open.pid, line.pid, "{id}: two handlers at once: {lines:#?}");
                    }
                    highest = line.fence;
                    open = Some(line);
                } else {
                    let begun = open.take().map(|open| (open.pid, open.fence));
                    assert_eq!(begun, Some((line.pid, line.fence)), "{id}: {lines:#?}");
                }
            }
        }
    }

    fn count(&self, id: &str, phase: Phase) -> usize {
        self.0.get(id).map_or(0, |lines| lines.iter().filter(|line| line.phase == phase).count())
    }
}
