use countersign_inbox::Pause;
use serde::Serialize;

use crate::output::{exact, printable};

/// The pause that holds for an endpoint or a subscription.
#[derive(Clone, Debug, Serialize)]
pub(in crate::inbox) struct PauseView {
    /// The name that was paused.
    source: String,
    since: String,
    until: Option<String>,
    actor: String,
    reason: Option<String>,
}

impl PauseView {
    pub(in crate::inbox) fn new(pause: &Pause) -> Self {
        let Pause { source, since, until, actor, reason } = pause.clone();
        Self { source, since: exact(since), until: until.map(exact), actor, reason }
    }

    /// Returns the end of the pause of this endpoint or subscription, for people.
    pub(in crate::inbox) fn until(&self, source: &str) -> String {
        let paused = printable(&self.source);
        match &self.until {
            Some(until) if self.source == source => format!("until {until}"),
            Some(until) => format!("until {until}, with {paused}"),
            None if self.source == source => "until it is resumed".to_owned(),
            None => format!("until {paused} is resumed"),
        }
    }
}
