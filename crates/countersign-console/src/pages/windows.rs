//! Windows of time.

use countersign_inbox::{Observation, Statistics, Window};

use crate::problem::Problem;
use crate::visit::Visit;

/// Returns the window that a query asks for.
pub(super) fn window(visit: &Visit<'_>, otherwise: Window) -> Result<Window, Problem> {
    Ok(visit.fields.parsed("window", "a window: 1h, 24h and 7d are")?.unwrap_or(otherwise))
}

/// Returns the statistics of a window.
pub(super) async fn statistics(
    visit: &Visit<'_>,
    observation: &Observation,
    window: Window,
) -> Result<Statistics, Problem> {
    Ok(match window {
        Window::Hour => observation.hour.clone(),
        Window::Week => observation.week.clone(),
        window => visit.store.statistics(window).await?,
    })
}
