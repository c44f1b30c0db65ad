//! Pauses of endpoints.

use countersign::UnixTime;
use countersign_inbox::{Pause, PauseAction, PauseChange, StoreError};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use super::read::all;
use crate::convert::{millis, storable_text};
use crate::inner::StoreInner;
use crate::session::prepare;

impl StoreInner {
    /// Pauses or resumes an endpoint. Returns whether that changed anything.
    pub(super) async fn set_pause(&self, change: &PauseChange) -> Result<bool, StoreError> {
        let text = |text: &str| storable_text(text).into_owned();
        let (source, actor, detail) = (text(&change.source), text(&change.actor), text(&change.detail()));
        let reason = change.reason.as_deref().map(text);
        match change.action {
            PauseAction::Pause { duration } => {
                let bind = || {
                    prepare(&self.statements.pause)
                        .bind(source.clone())
                        .bind(duration.map(millis))
                        .bind(actor.clone())
                        .bind(reason.clone())
                        .bind(detail.clone())
                };
                Ok(self.count(bind).await? > 0)
            }
            _ => {
                let bind = || {
                    prepare(&self.statements.unpause)
                        .bind(source.clone())
                        .bind(actor.clone())
                        .bind(detail.clone())
                };
                let is_resumed = self.count(bind).await? > 0;
                if is_resumed {
                    // The pause held for names below this one, too.
                    self.wake.wake_all();
                }
                Ok(is_resumed)
            }
        }
    }

    /// Returns all active pauses, by endpoint.
    pub(super) async fn pauses(&self) -> Result<Vec<Pause>, StoreError> {
        all(&self.session.rows(|| prepare(&self.statements.pauses)).await?, pause)
    }
}

fn pause(row: &PgRow) -> Result<Pause, Error> {
    Ok(Pause {
        source: row.try_get(0)?,
        since: UnixTime::from_millis(row.try_get(1)?),
        until: row.try_get::<Option<i64>, _>(2)?.map(UnixTime::from_millis),
        actor: row.try_get(3)?,
        reason: row.try_get(4)?,
    })
}
