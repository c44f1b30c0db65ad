use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Cell, Paragraph, Row as TableRow, Table, TableState, Wrap};

use super::super::exchange::Forwarding;
use super::model::{Model, Row, RowVerdict};
use crate::output::printable;

/// Draws the state.
pub(super) fn view(model: &Model, frame: &mut Frame<'_>) {
    let [title, list, detail, footer] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Percentage(40),
        Constraint::Min(3),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    frame.render_widget(Line::styled(model.title.as_str(), BOLD), title);
    draw_list(model, frame, list);
    let lines = model.row().map(|row| details(row, model.reveals)).unwrap_or_default();
    let name = model.row().map_or_else(String::new, |row| format!(" request {} ", row.number));
    let block = Block::new().borders(Borders::TOP).title(name);
    frame.render_widget(
        Paragraph::new(lines).wrap(Wrap { trim: false }).scroll((model.scroll, 0)).block(block),
        detail,
    );
    frame.render_widget(Line::from_iter(foot(model)), footer);
}

fn draw_list(model: &Model, frame: &mut Frame<'_>, area: Rect) {
    let block = Block::new().borders(Borders::TOP).title(" requests ");
    if model.rows.is_empty() {
        let hint = Paragraph::new("no request yet: `countersign trigger` sends one").style(DIM);
        return frame.render_widget(hint.block(block), area);
    }
    let widths = [
        Constraint::Length(6),
        Constraint::Length(12),
        Constraint::Length(9),
        Constraint::Fill(2),
        Constraint::Fill(2),
        Constraint::Fill(2),
    ];
    let rows = model.rows.iter().map(table_row);
    let table = Table::new(rows, widths).row_highlight_style(Modifier::REVERSED).block(block);
    let mut state = TableState::default().with_selected(model.position());
    frame.render_stateful_widget(table, area, &mut state);
}

fn table_row(row: &Row) -> TableRow<'_> {
    let time = row.at.split_once('T').map_or("", |(_, time)| time.trim_end_matches('Z'));
    let (verdict, style) = match &row.verdict {
        RowVerdict::Accepted(_) => ("accepted", GOOD),
        RowVerdict::Rejected { .. } => ("rejected", BAD),
        RowVerdict::Handshake(_) => ("handshake", DIM),
    };
    let about = match &row.verdict {
        RowVerdict::Accepted(_) => row.event_type.clone().unwrap_or_else(|| "no type".to_owned()),
        RowVerdict::Rejected { reason, .. } => reason.clone(),
        RowVerdict::Handshake(name) => name.clone(),
    };
    let (course, course_style) = match &row.verdict {
        RowVerdict::Accepted(_) => course(row.replays.last().or(row.forwarding.as_ref())),
        _ => (String::new(), DIM),
    };
    TableRow::new([
        Cell::new(row.number.to_string()),
        Cell::new(time.to_owned()),
        Cell::new(Span::styled(verdict, style)),
        Cell::new(printable(&about)),
        Cell::new(printable(row.id.as_deref().unwrap_or_default())),
        Cell::new(Span::styled(course, course_style)),
    ])
}

/// Returns the lines about the selected request.
fn details(row: &Row, reveals: bool) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    match &row.verdict {
        RowVerdict::Accepted(sentence) => lines.push(Line::styled(printable(sentence), GOOD)),
        RowVerdict::Rejected { reason, explanation } => {
            lines.push(Line::styled(format!("rejected: {}", printable(reason)), BAD));
            lines.extend(explanation.as_deref().map(|text| Line::raw(printable(text))));
        }
        RowVerdict::Handshake(name) => lines.push(Line::raw(format!("handshake: {}", printable(name)))),
    }
    if matches!(row.verdict, RowVerdict::Accepted(_)) {
        let (text, style) = course(row.forwarding.as_ref());
        lines.push(Line::styled(text, style));
    }
    for replay in &row.replays {
        let (text, style) = course(Some(replay));
        lines.push(Line::from_iter([Span::raw("replayed: "), Span::styled(text, style)]));
    }
    lines.extend(row.recorded.as_deref().map(|file| Line::styled(format!("file: {}", printable(file)), DIM)));
    lines.push(Line::default());
    let (path, query) = row.target.split_once('?').unwrap_or((&row.target, ""));
    let target = match (query, reveals) {
        ("", _) => path.to_owned(),
        (query, true) => format!("{path}?{query}"),
        (_, false) => format!("{path}?{HIDDEN}"),
    };
    lines.push(Line::raw(format!("{} {}", row.method, printable(&target))));
    for (name, value) in &row.headers {
        let value =
            if reveals || PLAIN.contains(&name.as_str()) { printable(value) } else { HIDDEN.to_owned() };
        lines.push(Line::from_iter([Span::styled(format!("{name}: "), DIM), Span::raw(value)]));
    }
    lines.push(Line::default());
    lines.extend(row.body.iter().map(|line| Line::raw(line.as_str())));
    lines
}

fn course(forwarding: Option<&Forwarding>) -> (String, Style) {
    let Some(forwarding) = forwarding else { return ("waiting for the app …".to_owned(), DIM) };
    let style = match forwarding {
        Forwarding::Answered { status, .. } if status.is_success() => GOOD,
        Forwarding::Off | Forwarding::Skipped => DIM,
        Forwarding::Queued { .. } => UNSURE,
        Forwarding::Answered { .. } | Forwarding::Failed { .. } | Forwarding::Dropped(_) => BAD,
    };
    (plain(&forwarding.to_string()), style)
}

fn foot(model: &Model) -> Vec<Span<'_>> {
    let keys = if model.reveals { "s hide values" } else { "s show values" };
    let keys = format!("↑↓ select  r replay  {keys}  PgUp PgDn scroll  q quit");
    let note = model.note.as_deref().map(|note| Span::styled(format!("  {}", plain(note)), UNSURE));
    std::iter::once(Span::styled(keys, DIM)).chain(note).collect()
}

/// Returns text without the colours of a terminal, and with nothing that controls one.
pub(super) fn plain(text: &str) -> String {
    printable(&anstream::adapter::strip_str(text).to_string())
}

/// The headers whose values are never hidden.
const PLAIN: [&str; 4] = ["content-length", "content-type", "host", "user-agent"];
const HIDDEN: &str = "(hidden)";

const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const DIM: Style = Style::new().add_modifier(Modifier::DIM);
const GOOD: Style = Style::new().fg(Color::Green);
const BAD: Style = Style::new().fg(Color::Red);
const UNSURE: Style = Style::new().fg(Color::Yellow);
