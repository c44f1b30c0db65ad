//! The full screen.

use std::time::Duration;

use countersign::__private::Causes;
use countersign::{Clock, SystemClock};
use countersign_inbox::OpsStore;
use ratatui::crossterm::event::{Event, KeyCode, KeyEventKind};
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
    let mut first = 0;
    loop {
        let drawn = full_screen.terminal.draw(|frame| view(&report, &mut first, problem.as_deref(), frame));
        drawn.map_err(CliError::io("cannot use the terminal"))?;
        tokio::select! {
            event = events.recv() => match event.flatten() {
                Some(Event::Key(key)) if is_quit(&key) => return Ok(()),
                Some(Event::Key(key)) if key.kind != KeyEventKind::Release => first = scrolled(first, key.code),
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

/// Returns the first row after a key. The view knows how many there are.
const fn scrolled(first: usize, key: KeyCode) -> usize {
    match key {
        KeyCode::Up => first.saturating_sub(1),
        KeyCode::Down => first.saturating_add(1),
        KeyCode::PageUp => first.saturating_sub(PAGE),
        KeyCode::PageDown => first.saturating_add(PAGE),
        KeyCode::Home => 0,
        KeyCode::End => usize::MAX,
        _ => first,
    }
}

/// The rows of a page, on a screen of usual height.
const PAGE: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_scroll_by_a_row_a_page_and_to_the_ends() {
        let keys =
            [KeyCode::Up, KeyCode::Down, KeyCode::PageUp, KeyCode::PageDown, KeyCode::Home, KeyCode::Tab];
        assert_eq!(keys.map(|key| scrolled(12, key)), [11, 13, 2, 22, 0, 12]);
        assert_eq!(scrolled(scrolled(12, KeyCode::End), KeyCode::Down), usize::MAX);
        assert_eq!(scrolled(0, KeyCode::Up), 0);
    }
}
