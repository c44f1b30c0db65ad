use countersign::UnixTime;
use countersign_inbox::{AuditEntry, Pause, PauseAction, PauseChange};

use super::rows::Rows;

/// Returns the beginning of what replaces something: its version is another one.
pub(super) fn after(before: UnixTime, now: UnixTime) -> UnixTime {
    now.max(UnixTime::from_millis(before.as_millis().saturating_add(1)))
}

impl Rows {
    /// Pauses or resumes an endpoint. Returns whether that changed anything.
    pub(super) fn set_pause(&mut self, change: &PauseChange, now: UnixTime) -> bool {
        let held = self.pauses.get(&change.source).filter(|pause| pause.is_active(now));
        if !change.precondition.allows(held.map(Pause::version)) {
            return false;
        }
        let since = held.map_or(now, |pause| after(pause.since, now));
        let is_changed = match change.action {
            PauseAction::Pause { duration } => {
                let pause = Pause {
                    source: change.source.clone(),
                    since,
                    until: duration.map(|duration| now.saturating_add(duration)),
                    actor: change.actor.clone(),
                    reason: change.reason.clone(),
                };
                self.pauses.insert(pause.source.clone(), pause);
                true
            }
            _ => self.pauses.remove(&change.source).is_some_and(|pause| pause.is_active(now)),
        };
        if is_changed {
            self.write_down(AuditEntry {
                id: 0,
                at: now,
                actor: change.actor.clone(),
                action: change.action.as_str().to_owned(),
                event: None,
                count: 0,
                detail: Some(change.detail()),
            });
        }
        is_changed
    }

    pub(super) fn is_paused(&self, source: &str, now: UnixTime) -> bool {
        Pause::names_for(source).filter_map(|name| self.pauses.get(name)).any(|pause| pause.is_active(now))
    }

    /// Returns all active pauses, by endpoint.
    pub(super) fn active_pauses(&self, now: UnixTime) -> Vec<Pause> {
        self.pauses.values().filter(|pause| pause.is_active(now)).cloned().collect()
    }
}
