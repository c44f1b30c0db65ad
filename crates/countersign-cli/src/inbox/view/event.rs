use countersign::UnixTime;
use countersign_inbox::{EventId, EventState, Summary};
use serde::Serialize;

use super::cut;
use crate::output::{BAD, Cell, DIM, GOOD, Table, UNSURE, exact, instant};

/// An event of a list, for machines.
#[derive(Debug, Serialize)]
pub(in crate::inbox) struct EventView {
    id: EventId,
    source: String,
    tenant: Option<String>,
    provider: String,
    external_id: Option<String>,
    event_type: Option<String>,
    state: EventState,
    attempt: u32,
    replays: u32,
    retries: u32,
    code: Option<u16>,
    received_at: String,
    stored_at: String,
    due_at: Option<String>,
    finished_at: Option<String>,
    error: Option<String>,
}

impl EventView {
    pub(in crate::inbox) fn new(summary: &Summary) -> Self {
        let event = summary.clone();
        Self {
            id: event.id,
            source: event.source,
            tenant: event.tenant,
            provider: event.provider,
            external_id: event.external_id,
            event_type: event.event_type,
            state: event.state,
            attempt: event.attempt,
            replays: event.replays,
            retries: summary.retries(),
            code: event.code,
            received_at: exact(event.received_at),
            stored_at: exact(event.stored_at),
            due_at: event.due_at.map(exact),
            finished_at: event.finished_at.map(exact),
            error: event.error,
        }
    }
}

/// Formats events for people.
pub(in crate::inbox) fn table(events: &[Summary]) -> Table<9> {
    let mut table =
        Table::new(["NUMBER", "STATE", "ENDPOINT", "TYPE", "ID", "CODE", "RETRIES", "STORED", "LAST ERROR"]);
    events.iter().for_each(|event| table.push(row(event)));
    table
}

fn row(event: &Summary) -> [Cell; 9] {
    let text = |text: &Option<String>, columns| Cell::new(cut(text.as_deref().unwrap_or_default(), columns));
    [
        Cell::new(event.id.to_string()),
        state(event.state),
        Cell::new(cut(&event.source, 24)),
        text(&event.event_type, 32),
        text(&event.external_id, 40),
        Cell::new(event.code.map(|code| code.to_string()).unwrap_or_default()),
        Cell::new(event.retries().to_string()),
        Cell::new(instant(UnixTime::from_secs(event.stored_at.as_secs()))),
        text(&event.error, 60),
    ]
}

/// Returns a state in its colour.
pub(in crate::inbox) fn state(state: EventState) -> Cell {
    let style = match state {
        EventState::Done => GOOD,
        EventState::Dead | EventState::Unverified => BAD,
        EventState::Running => UNSURE,
        _ => DIM,
    };
    Cell::new(state.as_str()).in_style(style)
}
