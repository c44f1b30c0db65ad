use std::fmt;

use countersign_inbox::{Action, EventId, EventState, Summary};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::canary::Canary;
use super::plan::Plan;
use crate::inbox::view::{self, EventView};
use crate::output::{BAD, DIM, GOOD, UNSURE};

/// The result of a change or of a dry run.
#[derive(Debug)]
pub(super) struct Report {
    action: Action,
    is_dry: bool,
    /// The ids of the events, the oldest first.
    pub(super) ids: Vec<EventId>,
    /// The ids of events that were left alone, because another transaction holds them.
    pub(super) held: Vec<EventId>,
    /// The first events that a dry run found.
    pub(super) sample: Vec<Summary>,
    /// Events that were named by id but not changed, with their states.
    pub(super) unchanged: Vec<(EventId, Option<EventState>)>,
    /// The command for the remaining events.
    pub(super) rest: Option<String>,
    pub(super) canary: Option<Canary>,
}

impl Report {
    pub(super) const fn nothing(plan: &Plan) -> Self {
        let (action, is_dry) = (plan.action, plan.is_dry);
        Self {
            action,
            is_dry,
            ids: Vec::new(),
            held: Vec::new(),
            sample: Vec::new(),
            unchanged: Vec::new(),
            rest: None,
            canary: None,
        }
    }

    pub(super) fn is_ok(&self) -> bool {
        let is_whole = self.unchanged.is_empty() && self.held.is_empty();
        !self.ids.is_empty() && is_whole && self.canary.as_ref().is_none_or(Canary::is_ok)
    }

    fn headline(&self) -> String {
        let done = match (self.action, self.is_dry) {
            (Action::Replay, false) => "replayed",
            (Action::Discard, false) => "discarded",
            (Action::Purge, false) => "purged",
            (Action::Replay, true) => "would replay",
            (Action::Discard, true) => "would discard",
            (Action::Purge, true) => "would purge",
            (other, _) => other.as_str(),
        };
        match self.ids.as_slice() {
            [] => format!("{done} nothing"),
            [id] => format!("{done} event {id}"),
            ids => format!("{done} {} events", ids.len()),
        }
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 8)?;
        report.serialize_field("action", &self.action)?;
        report.serialize_field("dry_run", &self.is_dry)?;
        report.serialize_field("count", &self.ids.len())?;
        report.serialize_field("ids", &self.ids)?;
        report.serialize_field("unchanged", &self.unchanged.iter().map(|(id, _)| id).collect::<Vec<_>>())?;
        report.serialize_field("held", &self.held)?;
        report.serialize_field("rest", &self.rest)?;
        report.serialize_field("canary", &self.canary)?;
        report.end()
    }
}

impl Serialize for Canary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut canary = serializer.serialize_struct("Canary", 5)?;
        canary.serialize_field("done", &self.done())?;
        canary.serialize_field("dead", &self.dead())?;
        canary.serialize_field("unverified", &self.unverified())?;
        canary.serialize_field("waiting", &self.waiting())?;
        canary.serialize_field("events", &self.events.iter().map(EventView::new).collect::<Vec<_>>())?;
        canary.end()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = if self.ids.is_empty() { UNSURE } else { GOOD };
        write!(f, "{style}{}{style:#}", self.headline())?;
        if self.sample.is_empty() && (2..=SAMPLE).contains(&self.ids.len()) {
            let ids: Vec<_> = self.ids.iter().map(ToString::to_string).collect();
            write!(f, ": {}", ids.join(", "))?;
        }
        writeln!(f)?;
        if !self.sample.is_empty() {
            write!(f, "{}", view::table(&self.sample))?;
            match self.ids.len().saturating_sub(self.sample.len()) {
                0 => {}
                more => writeln!(f, "{DIM}and {more} more{DIM:#}")?,
            }
        }
        for (id, state) in &self.unchanged {
            writeln!(f, "{UNSURE}unchanged{UNSURE:#}: {id} {}", Reason(self.action, *state))?;
        }
        if !self.held.is_empty() {
            let ids: Vec<_> = self.held.iter().take(SAMPLE).map(ToString::to_string).collect();
            let ids = ids.join(" ");
            let count = self.held.len();
            let more = if count > SAMPLE { " …" } else { "" };
            writeln!(
                f,
                "{UNSURE}unchanged{UNSURE:#}: {ids}{more}: {count} held by another transaction: {} them later",
                self.action
            )?;
        }
        if let Some(canary) = &self.canary {
            write!(f, "{canary}")?;
        }
        self.rest.iter().try_for_each(|rest| writeln!(f, "{DIM}the others:{DIM:#} {rest}"))
    }
}

/// The reason why an event was not changed, and the cure.
struct Reason(Action, Option<EventState>);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            (_, None) => f.write_str("is not there"),
            (_, Some(EventState::Running)) => f.write_str("is running"),
            (Action::Replay, Some(EventState::Done)) => {
                f.write_str("is done: --state done replays it all the same")
            }
            (Action::Purge, Some(EventState::Ready)) => f.write_str("is ready: discard it first"),
            (Action::Purge, Some(EventState::Unverified)) => f.write_str("is unverified: discard it first"),
            (_, Some(state)) => write!(f, "is {state}"),
        }
    }
}

impl fmt::Display for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, dead, waiting) = (self.done(), self.dead(), self.waiting());
        let style = if self.is_ok() { GOOD } else { BAD };
        write!(f, "{style}{done} done, {dead} dead, ")?;
        match self.unverified() {
            0 => {}
            unverified => write!(f, "{unverified} unverified, ")?,
        }
        writeln!(f, "{waiting} still waiting{style:#}")?;
        let bad = |event: &&Summary| event.state != EventState::Done;
        let bad: Vec<_> = self.events.iter().filter(bad).cloned().collect();
        if bad.is_empty() { Ok(()) } else { write!(f, "{}", view::table(&bad)) }
    }
}

/// The number of events that a dry run shows.
pub(super) const SAMPLE: usize = 20;
