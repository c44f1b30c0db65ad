//! Pauses of endpoints.

use countersign_inbox::{PauseAction, PauseChange, Precondition, StoreError};
use sqlx::Row;

use crate::convert::{millis, storable_text};
use crate::error::unavailable;
use crate::inner::StoreInner;
use crate::session::{Prepared, prepare};

impl StoreInner {
    /// Pauses or resumes an endpoint. Returns whether that changed anything.
    pub(super) async fn set_pause(&self, change: &PauseChange) -> Result<bool, StoreError> {
        let text = |text: &str| storable_text(text).into_owned();
        let (source, actor, detail) = (text(&change.source), text(&change.actor), text(&change.detail()));
        let reason = change.reason.as_deref().map(text);
        let (is_conditional, version) = condition(change.precondition);
        match change.action {
            PauseAction::Pause { duration } => {
                let bind = || {
                    prepare(&self.statements.pause)
                        .bind(source.clone())
                        .bind(duration.map(millis))
                        .bind(actor.clone())
                        .bind(reason.clone())
                        .bind(detail.clone())
                        .bind(is_conditional)
                        .bind(version)
                };
                self.changes(bind).await
            }
            _ => {
                let bind = || {
                    prepare(&self.statements.unpause)
                        .bind(source.clone())
                        .bind(actor.clone())
                        .bind(detail.clone())
                        .bind(is_conditional)
                        .bind(version)
                };
                let is_resumed = self.changes(bind).await?;
                if is_resumed {
                    // The pause held for names below this one, too.
                    self.wake.wake_all();
                }
                Ok(is_resumed)
            }
        }
    }

    /// Runs a statement that returns the number of rows that it has changed, at most once. Returns whether there are any.
    pub(super) async fn changes<'q>(
        &self,
        make: impl Fn() -> Prepared<'q> + Send + Sync,
    ) -> Result<bool, StoreError> {
        let rows = self.session.rows_once(make).await?;
        let count: i64 = rows.first().map_or(Ok(0), |row| row.try_get(0)).map_err(unavailable)?;
        Ok(count > 0)
    }
}

/// Returns whether there is a condition, and the version that it names.
pub(super) const fn condition(precondition: Precondition) -> (bool, Option<i64>) {
    match precondition {
        Precondition::Any => (false, None),
        Precondition::Version(version) => (true, Some(version)),
        _ => (true, None),
    }
}
