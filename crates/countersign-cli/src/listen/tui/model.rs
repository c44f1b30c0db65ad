//! The state of the screen.

use std::collections::VecDeque;

use super::super::exchange::Forwarding;

/// Everything that the screen shows.
#[derive(Clone, Debug)]
pub(super) struct Model {
    /// The endpoint and the app.
    pub(super) title: String,
    /// The newest requests, in the order of their arrival.
    pub(super) rows: VecDeque<Row>,
    /// The number of the selected request; `None` selects the newest one.
    pub(super) selected: Option<u64>,
    /// Whether the values of headers and query are shown.
    pub(super) reveals: bool,
    /// The first line of the details that is shown.
    pub(super) scroll: u16,
    /// The last message.
    pub(super) note: Option<String>,
}

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) number: u64,
    /// The time of arrival, in RFC 3339.
    pub(super) at: String,
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    /// The lines of the body, laid out.
    pub(super) body: Vec<String>,
    pub(super) verdict: RowVerdict,
    pub(super) event_type: Option<String>,
    pub(super) id: Option<String>,
    /// The end of its course. `None` while the app is working on it.
    pub(super) forwarding: Option<Forwarding>,
    /// The results of the replays.
    pub(super) replays: Vec<Forwarding>,
    /// The file of the request.
    pub(super) recorded: Option<String>,
}

/// The result of the verification, in words.
#[derive(Clone, Debug)]
pub(super) enum RowVerdict {
    Accepted(String),
    Rejected { reason: String, explanation: Option<String> },
    Handshake(String),
}

impl Model {
    pub(super) const fn new(title: String) -> Self {
        let rows = VecDeque::new();
        Self { title, rows, selected: None, reveals: false, scroll: 0, note: None }
    }

    /// Returns the position of the selected request.
    pub(super) fn position(&self) -> Option<usize> {
        let last = self.rows.len().checked_sub(1)?;
        let selected = self.selected.and_then(|number| self.rows.iter().position(|row| row.number == number));
        Some(selected.unwrap_or(last))
    }

    /// Returns the selected request.
    pub(super) fn row(&self) -> Option<&Row> {
        self.rows.get(self.position()?)
    }
}
