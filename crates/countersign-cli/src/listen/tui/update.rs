use super::super::exchange::Forwarding;
use super::model::{Model, Row, RowVerdict};

/// A change of the state.
#[derive(Clone, Debug)]
pub(super) enum Message {
    /// A request arrived. It stands behind those of smaller numbers.
    Arrived(Box<Row>),
    /// The course of a delivery went on.
    Forwarded {
        number: u64,
        forwarding: Forwarding,
    },
    /// A replayed delivery has its result.
    Replayed {
        number: u64,
        forwarding: Forwarding,
    },
    /// A message about the command itself.
    Note(String),
    Key(Key),
    /// The terminal has another size.
    Resized,
}

/// A key that does something.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Key {
    Up,
    Down,
    First,
    Last,
    PageUp,
    PageDown,
    Reveal,
    Replay,
    Quit,
}

/// An action outside the state.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Effect {
    /// Send the delivery with this number to the app again.
    Replay(u64),
    Quit,
}

/// Returns the state after a message, and what is to be done.
pub(super) fn update(mut model: Model, message: Message) -> (Model, Option<Effect>) {
    let effect = match message {
        Message::Arrived(row) => {
            arrived(&mut model, *row);
            None
        }
        Message::Forwarded { number, forwarding } => {
            change(&mut model, number, |row| row.forwarding = Some(forwarding));
            None
        }
        Message::Replayed { number, forwarding } => {
            model.note = Some(format!("request {number} replayed: {forwarding}"));
            change(&mut model, number, |row| row.replays.push(forwarding));
            None
        }
        Message::Note(note) => {
            model.note = Some(note);
            None
        }
        Message::Key(key) => pressed(&mut model, key),
        Message::Resized => None,
    };
    (model, effect)
}

fn arrived(model: &mut Model, row: Row) {
    let behind = model.rows.iter().rposition(|other| other.number < row.number).map_or(0, |last| last + 1);
    model.rows.insert(behind, row);
    while model.rows.len() > MOST_ROWS {
        model.rows.pop_front();
    }
}

fn change(model: &mut Model, number: u64, change: impl FnOnce(&mut Row)) {
    if let Some(row) = model.rows.iter_mut().find(|row| row.number == number) {
        change(row);
    }
}

fn pressed(model: &mut Model, key: Key) -> Option<Effect> {
    match key {
        Key::Up => select(model, |position, _| position.saturating_sub(1)),
        Key::Down => select(model, |position, last| last.min(position + 1)),
        Key::First => select(model, |_, _| 0),
        Key::Last => select(model, |_, last| last),
        Key::PageUp => model.scroll = model.scroll.saturating_sub(PAGE),
        Key::PageDown => model.scroll = model.scroll.saturating_add(PAGE).min(last_line(model)),
        Key::Reveal => model.reveals = !model.reveals,
        Key::Replay => return replay(model),
        Key::Quit => return Some(Effect::Quit),
    }
    None
}

/// Selects another request. The newest one stays selected when others arrive. Values are hidden again.
fn select(model: &mut Model, to: impl FnOnce(usize, usize) -> usize) {
    let (Some(position), Some(last)) = (model.position(), model.rows.len().checked_sub(1)) else { return };
    let position = to(position, last);
    model.selected = model.rows.get(position).map(|row| row.number).filter(|_| position < last);
    model.reveals = false;
    model.scroll = 0;
}

fn replay(model: &mut Model) -> Option<Effect> {
    let (number, is_accepted) =
        model.row().map(|row| (row.number, matches!(row.verdict, RowVerdict::Accepted(_))))?;
    if !is_accepted {
        model.note = Some(format!("request {number} is no accepted delivery: the app does not get it"));
        return None;
    }
    // The selection stays with the delivery while its answer is awaited.
    model.selected = Some(number);
    model.note = Some(format!("request {number} is replayed …"));
    Some(Effect::Replay(number))
}

/// Returns the last line of the details that may be the first one shown.
fn last_line(model: &Model) -> u16 {
    let lines = model.row().map_or(0, |row| row.headers.len() + row.body.len() + row.replays.len());
    u16::try_from(lines).unwrap_or(u16::MAX)
}

/// The requests that are kept: older ones are forgotten.
pub(super) const MOST_ROWS: usize = 1000;
const PAGE: u16 = 10;
