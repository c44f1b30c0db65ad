//! Reveals requests to operators, with an entry of the audit log.

use countersign_inbox::{Detail, Reveal, StoreError};

use crate::convert::storable_text;
use crate::inner::StoreInner;
use crate::session::{Purpose, prepare};

impl StoreInner {
    /// Records that an event is revealed, and reads it.
    pub(super) async fn reveal(&self, reveal: &Reveal) -> Result<Option<Detail>, StoreError> {
        let text = |text: &str| storable_text(text).into_owned();
        let (actor, detail) = (text(&reveal.actor), text(&reveal.detail()));
        let bind = || {
            prepare(&self.statements.reveal).bind(reveal.event.get()).bind(actor.clone()).bind(detail.clone())
        };
        if self.count(bind).await? > 0 { self.show(reveal.event, Purpose::Change).await } else { Ok(None) }
    }
}
