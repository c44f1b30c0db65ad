use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Cell, Paragraph, Row as TableRow, Table, Wrap};

use crate::inbox::report::{HEADER, Level, Report, Row};
use crate::output::printable;

/// Draws a report. `problem` is the reason why there is no later one.
pub(super) fn view(report: &Report, problem: Option<&str>, frame: &mut Frame<'_>) {
    let causes: Vec<_> = report.causes.iter().map(|cause| Line::raw(cause.as_str())).collect();
    let height = u16::try_from(causes.len()).unwrap_or(u16::MAX).min(frame.area().height / 2);
    let [title, table, below, foot] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Min(2),
        Constraint::Length(height),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    frame.render_widget(Line::styled(format!("countersign inbox watch  {}", report.at), BOLD), title);
    if report.rows.is_empty() {
        frame.render_widget(Line::styled("no endpoint has received anything yet", DIM), table);
    } else {
        frame.render_widget(endpoints(report), table);
    }
    frame.render_widget(Paragraph::new(causes).wrap(Wrap { trim: false }), below);
    let keys = match problem {
        Some(problem) => Line::styled(format!("{}; asking again  q quit", printable(problem)), BAD),
        None => Line::styled("q quit", DIM),
    };
    frame.render_widget(keys, foot);
}

fn endpoints(report: &Report) -> Table<'_> {
    let widths = [
        Constraint::Fill(1),
        Constraint::Length(10),
        Constraint::Length(8),
        Constraint::Length(12),
        Constraint::Length(8),
        Constraint::Length(6),
        Constraint::Length(20),
        Constraint::Fill(1),
    ];
    let rows = report.rows.iter().map(|Row { cells, level }| {
        let mut cells = cells.each_ref().map(|text| Cell::new(text.as_str()));
        let [_, word, ..] = &mut cells;
        *word = std::mem::take(word).style(style(*level));
        TableRow::new(cells)
    });
    Table::new(rows, widths).header(TableRow::new(HEADER).style(DIM))
}

const fn style(level: Level) -> Style {
    match level {
        Level::Good => Style::new().fg(Color::Green),
        Level::Unsure => Style::new().fg(Color::Yellow),
        Level::Bad => BAD,
    }
}

const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const DIM: Style = Style::new().add_modifier(Modifier::DIM);
const BAD: Style = Style::new().fg(Color::Red);

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::args::Thresholds;
    use crate::inbox::fixture::NOW;
    use crate::inbox::report::tests::fixture;

    fn drawn(report: &Report, problem: Option<&str>) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(110, 12)).unwrap();
        terminal.draw(|frame| view(report, problem, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let lines = buffer.content().chunks(usize::from(buffer.area.width));
        lines
            .map(|cells| cells.iter().map(|cell| cell.symbol()).collect::<String>().trim_end().to_owned())
            .collect()
    }

    #[tokio::test]
    async fn the_screen_has_endpoints_reasons_and_the_way_out() {
        let report = Report::look(&fixture().await.store, NOW, &Thresholds::default()).await.unwrap();
        let lines = drawn(&report, None);
        assert_eq!(lines[0], "countersign inbox watch  2023-11-14T22:13:20Z");
        let words = |nth: usize| lines[nth].split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(
            words(2),
            "ENDPOINT STATE BACKLOG OLDEST DUE SUCCESS DEAD LAST DELIVERY PAUSED",
            "{lines:#?}"
        );
        assert_eq!(words(3), r"audits\u{1b}[2J healthy 0 100.0 % 0 2023-11-14T22:13:20Z");
        assert_eq!(words(4), "jobs failing 2 0s 0.0 % 1 2023-11-14T22:13:20Z");
        assert_eq!(words(5), "refunds paused 0 0 until it is resumed");
        assert!(words(9).starts_with(r"audits\u{1b}[2J: 2 deliveries to `audits"), "{lines:#?}");
        assert_eq!(words(11), "q quit");
        let lines = drawn(&report, Some("the store is\x1b gone"));
        assert!(
            lines[11].contains(r"the store is\u{1b} gone") && lines[11].ends_with("q quit"),
            "{lines:#?}"
        );
    }

    #[test]
    fn a_small_screen_and_an_empty_inbox_are_drawn() {
        let report = Report { at: "now".to_owned(), rows: Vec::new(), causes: vec!["a".to_owned(); 40] };
        let lines = drawn(&report, None);
        assert_eq!(lines[2], "no endpoint has received anything yet");
        assert_eq!((lines[5].as_str(), lines[11].as_str()), ("a", "q quit"), "{lines:#?}");
        Terminal::new(TestBackend::new(1, 1)).unwrap().draw(|frame| view(&report, None, frame)).unwrap();
    }
}
