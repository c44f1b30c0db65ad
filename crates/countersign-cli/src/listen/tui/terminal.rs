//! The terminal: draws the state, and reads keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use ratatui::crossterm::event::{Event as TerminalEvent, KeyCode, KeyEventKind};
use tokio::sync::mpsc::UnboundedReceiver;

use super::super::endpoint::Endpoint;
use super::super::exchange::{Exchange, Forwarding};
use super::model::Model;
use super::screen::{Event, Screen};
use super::update::{Effect, Key, MOST_ROWS, Message, update};
use super::view::view;
use crate::destination::SendError;
use crate::error::CliError;
use crate::full_screen::{Events, FullScreen, is_quit, is_terminal};

/// Checks that there is a terminal.
pub(in crate::listen) fn check() -> Result<(), CliError> {
    if is_terminal() {
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
    let mut full_screen = FullScreen::open().map_err(failed())?;
    let _events = Events::read({
        let screen = screen.clone();
        move |event| {
            // Without a terminal there is nothing left to do.
            let message = event.map_or(Some(Message::Key(Key::Quit)), |event| message(&event));
            message.into_iter().for_each(|message| screen.send(message, None));
        }
    });
    let mut model = Model::new(title);
    let (mut deliveries, mut bytes) = (BTreeMap::<_, Arc<Exchange>>::new(), 0);
    loop {
        let drawn = full_screen.terminal.draw(|frame| view(&model, frame));
        if let Err(error) = drawn {
            return Err(failed()(error));
        }
        let Some(event) = events.recv().await else { return Ok(()) };
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
            Some(Effect::Quit) => return Ok(()),
            Some(Effect::Replay(number)) => {
                let replayed = deliveries.get(&number).map(Arc::clone);
                tokio::spawn(replay(replayed, Arc::clone(&endpoint), screen.clone()));
            }
            None => {}
        }
    }
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

fn message(event: &TerminalEvent) -> Option<Message> {
    let TerminalEvent::Key(key) = event else {
        return matches!(event, TerminalEvent::Resize(..)).then_some(Message::Resized);
    };
    if key.kind == KeyEventKind::Release {
        return None;
    }
    if is_quit(key) {
        return Some(Message::Key(Key::Quit));
    }
    Some(Message::Key(match key.code {
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

/// The size of the deliveries that can be replayed: older ones are forgotten.
const MOST_BYTES: usize = 64 << 20;
