use countersign_inbox::Pause;
use serde::Serialize;

use crate::output::exact;

/// The pause of an endpoint.
#[derive(Clone, Debug, Serialize)]
pub(in crate::inbox) struct PauseView {
    since: String,
    until: Option<String>,
    actor: String,
    reason: Option<String>,
}

impl PauseView {
    pub(in crate::inbox) fn new(pause: &Pause) -> Self {
        let Pause { since, until, actor, reason, .. } = pause.clone();
        Self { since: exact(since), until: until.map(exact), actor, reason }
    }

    /// Returns the end of the pause, for people.
    pub(in crate::inbox) fn until(&self) -> String {
        match &self.until {
            Some(until) => format!("until {until}"),
            None => "until it is resumed".to_owned(),
        }
    }
}
