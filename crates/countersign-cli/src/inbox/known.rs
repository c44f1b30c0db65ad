//! A note for a mistyped name: which endpoints have events.

use countersign_inbox::{OpsStore, Stats};

use crate::error::CliError;
use crate::output::{printable, stderr};

/// Prints on standard error that nothing was found because the store has no events of that endpoint, if that is so.
pub(super) async fn note(store: &dyn OpsStore, source: Option<&str>) -> Result<(), CliError> {
    let Some(source) = source else { return Ok(()) };
    let stats = store.stats().await.map_err(CliError::store("cannot count events"))?;
    if !stats.sources.iter().any(|of| of.source == source) {
        print(&stats, source);
    }
    Ok(())
}

/// Prints on standard error that this endpoint has no events, and which have some.
pub(super) fn print(stats: &Stats, source: &str) {
    let known: Vec<_> = stats.sources.iter().map(|of| format!("`{}`", printable(&of.source))).collect();
    let known = if known.is_empty() { "no endpoint has".to_owned() } else { known.join(", ") };
    stderr!("`{}` has no events; with events: {known}", printable(source));
}
