use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{
    AuditEntry, CircuitCommand, CircuitReport, ControlAction, ControlChange, Controls, Limit, OpenCircuit,
};

use super::pauses::after;
use super::rows::Rows;

impl Rows {
    /// Changes the limit or the circuits of an endpoint. Returns whether that changed anything.
    pub(super) fn set_control(&mut self, change: &ControlChange, now: UnixTime) -> bool {
        let source = change.source.clone();
        let held = match change.action {
            ControlAction::Limit(_) | ControlAction::Unlimit => self.limits.get(&source).map(Limit::version),
            _ => {
                let held = self.commands.get(&source);
                held.filter(|(_, until)| until.is_none_or(|until| until > now)).map(|(id, _)| *id)
            }
        };
        if !change.precondition.allows(held) {
            return false;
        }
        match change.action {
            ControlAction::Limit(limit) => {
                let (actor, reason) = (change.actor.clone(), change.reason.clone());
                let since = self.limits.get(&source).map_or(now, |limit| after(limit.since, now));
                let limit = Limit { source: source.clone(), limit, since, actor, reason };
                self.limits.insert(source, limit);
            }
            ControlAction::OpenCircuit { duration } => {
                self.command(source, Some(now.saturating_add(duration)))
            }
            ControlAction::CloseCircuit => self.command(source, None),
            _ => {
                if self.limits.remove(&source).is_none() {
                    return false;
                }
            }
        }
        self.write_down(AuditEntry {
            id: 0,
            at: now,
            actor: change.actor.clone(),
            action: change.action.as_str().to_owned(),
            event: None,
            count: 0,
            detail: Some(change.detail()),
        });
        true
    }

    fn command(&mut self, source: String, until: Option<UnixTime>) {
        let id = self.commands.values().map(|(id, _)| *id).max().unwrap_or(0) + 1;
        self.commands.insert(source, (id, until));
    }

    pub(super) fn controls(&self, now: UnixTime) -> Controls {
        let is_over = |until: &Option<UnixTime>| until.is_some_and(|until| until <= now);
        let commands = self.commands.iter().filter(|(_, (_, until))| !is_over(until));
        let commands = commands.map(|(source, (id, until))| CircuitCommand {
            id: *id,
            source: source.clone(),
            left: until.map(|until| until.saturating_duration_since(now)),
        });
        let circuits =
            self.circuits.values().filter(|(_, of)| now.saturating_duration_since(of.seen_at) < SHOWN);
        let circuits = circuits.map(|(until, of)| {
            let mut of = of.clone();
            of.report.left = until.saturating_duration_since(now);
            of
        });
        Controls {
            limits: self.limits.values().cloned().collect(),
            commands: commands.collect(),
            circuits: circuits.collect(),
        }
    }

    /// Replaces what a worker has reported.
    pub(super) fn report_circuits(&mut self, worker: &str, open: &[CircuitReport], now: UnixTime) {
        self.circuits.retain(|(_, of), _| of != worker);
        for report in open {
            let place = (report.source.clone(), worker.to_owned());
            let circuit = OpenCircuit { worker: worker.to_owned(), seen_at: now, report: report.clone() };
            self.circuits.insert(place, (now.saturating_add(report.left), circuit));
        }
    }
}

/// The age up to which a report is shown.
const SHOWN: Duration = Duration::from_secs(60);
