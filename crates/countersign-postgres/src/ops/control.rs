//! Rate limits and circuits of endpoints.

use std::collections::BTreeMap;

use countersign::UnixTime;
use countersign_inbox::{
    CircuitCommand, CircuitReport, ControlAction, ControlChange, Controls, Limit, OpenCircuit, RateLimit,
    StoreError,
};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use super::pause::condition;
use crate::convert::{duration, millis, storable_text};
use crate::error::unavailable;
use crate::inner::StoreInner;
use crate::session::prepare;

impl StoreInner {
    /// Changes the limit or the circuits of an endpoint. Returns whether that changed anything.
    pub(super) async fn set_control(&self, change: &ControlChange) -> Result<bool, StoreError> {
        let (kind, opening, limit) = match change.action {
            ControlAction::Limit(limit) => (LIMIT, None, Some(limit)),
            ControlAction::OpenCircuit { duration } => (CIRCUIT, Some(millis(duration)), None),
            ControlAction::CloseCircuit => (CIRCUIT, None, None),
            _ => return self.remove_limit(change).await,
        };
        let (is_conditional, version) = condition(change.precondition);
        let attempts = limit.map(|limit| i32::try_from(limit.attempts()).unwrap_or(i32::MAX));
        let bind = || {
            prepare(&self.statements.control_set)
                .bind(text(&change.source))
                .bind(kind)
                .bind(opening)
                .bind(attempts)
                .bind(limit.map(|limit| millis(limit.per())))
                .bind(text(&change.actor))
                .bind(change.reason.as_deref().map(text))
                .bind(change.action.as_str())
                .bind(text(&change.detail()))
                .bind(is_conditional)
                .bind(version)
        };
        self.changes(bind).await
    }

    async fn remove_limit(&self, change: &ControlChange) -> Result<bool, StoreError> {
        let (is_conditional, version) = condition(change.precondition);
        let bind = || {
            prepare(&self.statements.control_remove)
                .bind(text(&change.source))
                .bind(LIMIT)
                .bind(text(&change.actor))
                .bind(change.action.as_str())
                .bind(text(&change.detail()))
                .bind(is_conditional)
                .bind(version)
        };
        self.changes(bind).await
    }

    /// Returns the limits, the latest operations on circuits, and the circuits that were reported within the last minute. Workers read
    /// them every five seconds, and do not wait for operators.
    pub(super) async fn controls(&self) -> Result<Controls, StoreError> {
        let mut controls = Controls::default();
        for row in self.session.rows(|| prepare(&self.statements.controls).bind(SHOWN)).await? {
            add(&mut controls, &row).map_err(unavailable)?;
        }
        // Not in the order of the database's language.
        controls.limits.sort_by(|one, other| one.source.cmp(&other.source));
        controls.commands.sort_by(|one, other| one.source.cmp(&other.source));
        controls.circuits.sort_by(|one, other| {
            (&one.report.source, &one.worker).cmp(&(&other.report.source, &other.worker))
        });
        Ok(controls)
    }

    /// Replaces what a worker has reported, and deletes reports that are no longer shown.
    pub(crate) async fn report_circuits(
        &self,
        worker: &str,
        open: &[CircuitReport],
    ) -> Result<(), StoreError> {
        // Each once, and in the same order for all processes.
        let open: BTreeMap<_, _> = open.iter().map(|report| (text(&report.source), report)).collect();
        let bind = || {
            prepare(&self.statements.circuit_report)
                .bind(text(worker))
                .bind(open.keys().cloned().collect::<Vec<_>>())
                .bind(open.values().map(|report| millis(report.left)).collect::<Vec<_>>())
                .bind(open.values().map(|report| report.is_half_open).collect::<Vec<_>>())
                .bind(open.values().map(|report| report.pattern.as_deref().map(text)).collect::<Vec<_>>())
                .bind(SHOWN)
        };
        self.session.rows(bind).await.map(|_| ())
    }
}

fn add(controls: &mut Controls, row: &PgRow) -> Result<(), Error> {
    let (source, kind): (String, &str) = (row.try_get(0)?, row.try_get(1)?);
    let since = UnixTime::from_millis(row.try_get(3)?);
    let left = row.try_get::<Option<i64>, _>(4)?.map(duration);
    let attempts: Option<i32> = row.try_get(5)?;
    let (actor, reason): (String, Option<String>) = (row.try_get(7)?, row.try_get(8)?);
    match kind {
        LIMIT => {
            let attempts = attempts.and_then(|attempts| u32::try_from(attempts).ok()).unwrap_or(0);
            let per = duration(row.try_get::<Option<i64>, _>(6)?.unwrap_or(0));
            // One that this version does not accept is left out.
            let limit = RateLimit::new(attempts, per).ok();
            controls.limits.extend(limit.map(|limit| Limit { source, limit, since, actor, reason }));
        }
        CIRCUIT => controls.commands.push(CircuitCommand { id: row.try_get(2)?, source, left }),
        _ => {
            let (left, is_half_open) = (left.unwrap_or_default(), attempts == Some(1));
            let report = CircuitReport { source, left, is_half_open, pattern: reason };
            controls.circuits.push(OpenCircuit { worker: actor, seen_at: since, report });
        }
    }
    Ok(())
}

fn text(text: &str) -> String {
    storable_text(text).into_owned()
}

const LIMIT: &str = "limit";
const CIRCUIT: &str = "circuit";
/// The age in milliseconds up to which a report is shown.
const SHOWN: i64 = 60_000;
