//! The terminal as a full screen, and its keys.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// The alternate screen, left on drop.
pub(crate) struct FullScreen {
    pub(crate) terminal: DefaultTerminal,
}

/// A thread that reads the events of the terminal, ended on drop.
pub(crate) struct Events {
    is_open: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Returns whether both ends are a terminal.
pub(crate) fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Returns whether a key leaves the screen. In this mode ctrl-c is a key.
pub(crate) fn is_quit(key: &KeyEvent) -> bool {
    key.kind != KeyEventKind::Release
        && match key.code {
            KeyCode::Char('c') => key.modifiers.contains(KeyModifiers::CONTROL),
            KeyCode::Char('q') | KeyCode::Esc => true,
            _ => false,
        }
}

impl FullScreen {
    pub(crate) fn open() -> io::Result<Self> {
        match ratatui::try_init() {
            Ok(terminal) => Ok(Self { terminal }),
            Err(error) => {
                ratatui::restore();
                Err(error)
            }
        }
    }
}

impl Drop for FullScreen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

impl Events {
    /// Passes events on; `None` if the terminal is gone.
    pub(crate) fn read(mut pass_on: impl FnMut(Option<Event>) + Send + 'static) -> Self {
        let is_open = Arc::new(AtomicBool::new(true));
        let thread = thread::spawn({
            let is_open = Arc::clone(&is_open);
            move || {
                while is_open.load(Ordering::Relaxed) {
                    match event::poll(PAUSE).and_then(|is_there| is_there.then(event::read).transpose()) {
                        Ok(None) => {}
                        Ok(event) => pass_on(event),
                        Err(_) => return pass_on(None),
                    }
                }
            }
        });
        Self { is_open, thread: Some(thread) }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.is_open.store(false, Ordering::Relaxed);
        // It looks for the end several times a second.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// The time between two looks for the end.
const PAUSE: Duration = Duration::from_millis(100);
