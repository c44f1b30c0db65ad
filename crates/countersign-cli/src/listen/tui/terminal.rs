//! The terminal: draws the state, and reads keys.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event as TerminalEvent, KeyCode, KeyEventKind, KeyModifiers};
use tokio::sync::mpsc::UnboundedReceiver;

use super::super::endpoint::Endpoint;
use super::super::exchange::{Exchange, Forwarding};
use super::model::Model;
use super::screen::{Event, Screen};
use super::update::{Effect, Key, MOST_ROWS, Message, update};
use super::view::view;
use crate::destination::SendError;
use crate::error::CliError;

/// Checks that there is a terminal.
pub(in crate::listen) fn check() -> Result<(), CliError> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    Err(CliError::Usage("--tui needs a terminal as standard input and output".to_owned()))
}

/// Shows the screen until it is left.
pub(in crate::listen) async fn show(
    title: String,
    screen: Screen,
    mut events: UnboundedReceiver<Event>,
    endpoint: Arc<Endpoint>,
) -> Result<(), CliError> {
    let failed = || CliError::io("cannot use the terminal");
    let mut terminal = Terminal::open().map_err(failed())?;
    let is_open = Arc::new(AtomicBool::new(true));
    let keys = thread::spawn({
        let (screen, is_open) = (screen.clone(), Arc::clone(&is_open));
        move || read_keys(&screen, &is_open)
    });
    let mut model = Model::new(title);
    let (mut deliveries, mut bytes) = (BTreeMap::<_, Arc<Exchange>>::new(), 0);
    let shown = loop {
        let drawn = terminal.inner.draw(|frame| view(&model, frame));
        if let Err(error) = drawn {
            break Err(failed()(error));
        }
        let Some(event) = events.recv().await else { break Ok(()) };
        let effect;
        (model, effect) = update(model, event.message);
        if let Some(delivery) = event.delivery {
            bytes += delivery.size();
            deliveries.insert(delivery.number, delivery);
            while deliveries.len() > MOST_ROWS || bytes > MOST_BYTES && deliveries.len() > 1 {
                bytes -= deliveries.pop_first().map_or(0, |(_, oldest)| oldest.size());
            }
        }
        match effect {
            Some(Effect::Quit) => break Ok(()),
            Some(Effect::Replay(number)) => {
                let replayed = deliveries.get(&number).map(Arc::clone);
                tokio::spawn(replay(replayed, Arc::clone(&endpoint), screen.clone()));
            }
            None => {}
        }
    };
    is_open.store(false, Ordering::Relaxed);
    // It looks for the end several times a second.
    let _ = keys.join();
    shown
}

/// Sends a delivery to the app again.
async fn replay(delivery: Option<Arc<Exchange>>, endpoint: Arc<Endpoint>, screen: Screen) {
    let (Some(delivery), Some(forwarder)) = (delivery, &endpoint.forwarder) else {
        return screen.note("there is no app: give --forward".to_owned());
    };
    let forwarding = match forwarder.send(&delivery).await {
        Ok(answer) => Forwarding::from(&answer),
        Err(error) => Forwarding::from(&error as &SendError),
    };
    screen.send(Message::Replayed { number: delivery.number, forwarding }, None);
}

fn read_keys(screen: &Screen, is_open: &AtomicBool) {
    while is_open.load(Ordering::Relaxed) {
        let message = match event::poll(KEY_PAUSE).and_then(|is_there| is_there.then(event::read).transpose())
        {
            Ok(None) => continue,
            Ok(Some(event)) => message(&event),
            // The terminal is gone.
            Err(_) => Some(Message::Key(Key::Quit)),
        };
        if let Some(message) = message {
            screen.send(message, None);
        }
    }
}

fn message(event: &TerminalEvent) -> Option<Message> {
    let TerminalEvent::Key(key) = event else {
        return matches!(event, TerminalEvent::Resize(..)).then_some(Message::Resized);
    };
    if key.kind == KeyEventKind::Release {
        return None;
    }
    Some(Message::Key(match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Key::Quit,
        KeyCode::Char('q') | KeyCode::Esc => Key::Quit,
        KeyCode::Up | KeyCode::Char('k') => Key::Up,
        KeyCode::Down | KeyCode::Char('j') => Key::Down,
        KeyCode::Home | KeyCode::Char('g') => Key::First,
        KeyCode::End | KeyCode::Char('G') => Key::Last,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Char('s') => Key::Reveal,
        KeyCode::Char('r') => Key::Replay,
        _ => return None,
    }))
}

/// The terminal on the alternate screen, restored on drop.
struct Terminal {
    inner: DefaultTerminal,
}

impl Terminal {
    fn open() -> io::Result<Self> {
        match ratatui::try_init() {
            Ok(inner) => Ok(Self { inner }),
            Err(error) => {
                ratatui::restore();
                Err(error)
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// The time between two looks for the end.
const KEY_PAUSE: Duration = Duration::from_millis(100);

/// The size of the deliveries that can be replayed: older ones are forgotten.
const MOST_BYTES: usize = 64 << 20;
