use countersign_inbox::{EventId, Filter, OpsStore, Page, Summary};

use crate::error::CliError;

/// Returns these events, the oldest first.
pub(super) async fn rows(store: &dyn OpsStore, ids: &[EventId]) -> Result<Vec<Summary>, CliError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let filter = Filter::ids(ids.iter().copied());
    let rows = store.list(&filter, Page::first(ids.len())).await;
    let mut rows = rows.map_err(CliError::store("cannot list events"))?.events;
    rows.reverse();
    Ok(rows)
}

/// The number of events that a dry run shows.
pub(super) const SAMPLE: usize = 20;
