//! The full screen.

use std::time::Duration;

use countersign::__private::Causes;
use countersign::{Clock, SystemClock};
use countersign_inbox::OpsStore;
use ratatui::crossterm::event::Event;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{MissedTickBehavior, interval};

use super::view::view;
use crate::args::Thresholds;
use crate::error::CliError;
use crate::full_screen::{Events, FullScreen, is_quit};
use crate::inbox::report::Report;

/// Shows reports until a key ends it. A store that does not answer is asked again.
pub(super) async fn show(
    store: &dyn OpsStore,
    every: Duration,
    thresholds: &Thresholds,
) -> Result<(), CliError> {
    // Before the screen: the error of a store that cannot be read stays on the terminal.
    let mut report = Report::look(store, SystemClock.now(), thresholds).await?;
    let mut problem = None;
    let mut full_screen = FullScreen::open().map_err(CliError::io("cannot use the terminal"))?;
    let (sender, mut events) = unbounded_channel();
    let _events = Events::read(move |event| {
        // The screen may be closed already.
        let _ = sender.send(event);
    });
    let mut due = interval(every);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    due.reset();
    loop {
        let drawn = full_screen.terminal.draw(|frame| view(&report, problem.as_deref(), frame));
        drawn.map_err(CliError::io("cannot use the terminal"))?;
        tokio::select! {
            event = events.recv() => match event.flatten() {
                Some(Event::Key(key)) if is_quit(&key) => return Ok(()),
                Some(_) => {}
                None => return Ok(()),
            },
            _ = due.tick() => match Report::look(store, SystemClock.now(), thresholds).await {
                Ok(latest) => (report, problem) = (latest, None),
                Err(error) => problem = Some(Causes::of(&error).to_string()),
            },
        }
    }
}
