//! `countersign inbox watch`

#[cfg(feature = "tui")]
mod columns;
#[cfg(feature = "tui")]
mod screen;
#[cfg(feature = "tui")]
mod view;

use countersign::{Clock, SystemClock};
use countersign_inbox::OpsStore;
use tokio::time::{MissedTickBehavior, interval};

use super::cli::WatchArgs;
use super::report::Report;
use crate::Outcome;
use crate::args::Thresholds;
use crate::error::CliError;
#[cfg(feature = "tui")]
use crate::full_screen::is_terminal;
use crate::output;

pub(super) async fn run(store: &dyn OpsStore, args: &WatchArgs) -> Result<Outcome, CliError> {
    let thresholds = args.alerts.thresholds()?;
    #[cfg(feature = "tui")]
    if args.count.is_none() && is_terminal() {
        return screen::show(store, args.every, &thresholds).await.map(|()| Outcome::Fine);
    }
    tokio::select! {
        printed = print(store, args, &thresholds) => printed?,
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(Outcome::Fine)
}

/// Prints one report after the other.
async fn print(store: &dyn OpsStore, args: &WatchArgs, thresholds: &Thresholds) -> Result<(), CliError> {
    let mut due = interval(args.every);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut printed = 0;
    while args.count.is_none_or(|count| printed < count) {
        due.tick().await;
        output::text(&Report::look(store, SystemClock.now(), thresholds).await?)?;
        printed += 1;
    }
    Ok(())
}
