use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Cell, Paragraph, Row as TableRow, Table};
use unicode_width::UnicodeWidthStr;

use super::columns;
use crate::inbox::report::{HEADER, Level, Report, Row};
use crate::output::printable;

/// Draws a report, with its rows from `first` on, which becomes the last first row that leaves no line empty if there are too few behind it.
/// `problem` is the reason why there is no later report.
pub(super) fn view(report: &Report, first: &mut usize, problem: Option<&str>, frame: &mut Frame<'_>) {
    let area = frame.area();
    let causes = reasons(&report.causes, area);
    let [title, table, below, foot] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Min(2),
        Constraint::Length(u16::try_from(causes.len()).unwrap_or(u16::MAX)),
        Constraint::Length(1),
    ])
    .areas(area);
    frame.render_widget(Line::styled(format!("countersign inbox watch  {}", report.at), BOLD), title);
    if report.rows.is_empty() {
        frame.render_widget(Line::styled("no endpoint has received anything yet", DIM), table);
    } else {
        let window = Window::new(&report.rows, first, usize::from(table.height).saturating_sub(1));
        let [table, more] =
            Layout::vertical([Constraint::Min(0), Constraint::Length(u16::from(window.more.is_some()))])
                .areas(table);
        frame.render_widget(endpoints(report, window.rows, usize::from(table.width)), table);
        frame.render_widget(Line::styled(window.more.unwrap_or_default(), UNSURE), more);
    }
    frame.render_widget(Paragraph::new(causes), below);
    let keys = match problem {
        Some(problem) => Line::styled(format!("{}; asking again  q quit", printable(problem)), BAD),
        None => Line::styled("q quit", DIM),
    };
    frame.render_widget(keys, foot);
}

/// The rows that a screen has room for.
struct Window<'r> {
    rows: &'r [Row],
    /// Says how many others there are.
    more: Option<String>,
}

impl<'r> Window<'r> {
    fn new(all: &'r [Row], first: &mut usize, height: usize) -> Self {
        if all.len() <= height {
            *first = 0;
            return Self { rows: all, more: None };
        }
        // One line says that there are more.
        let height = height.saturating_sub(1);
        *first = (*first).min(all.len() - height);
        let rows = all.get(*first..*first + height).unwrap_or_default();
        let failing = |rows: &[Row]| rows.iter().filter(|of| of.level == Level::Bad).count();
        let (hidden, bad) = (all.len() - rows.len(), failing(all) - failing(rows));
        let bad = if bad == 0 { String::new() } else { format!(", {bad} failing") };
        Self { rows, more: Some(format!("… and {hidden} more{bad}  ↑↓ scroll")) }
    }
}

/// Returns the lines of the reasons, which have half of the screen at most.
fn reasons(causes: &[String], area: Rect) -> Vec<Line<'_>> {
    let most = usize::from(area.height / 2);
    let mut lines = Vec::new();
    for (nth, cause) in causes.iter().enumerate() {
        let wrapped = columns::wrapped(cause, usize::from(area.width));
        let left = causes.len() - nth;
        // The last line says how many are left out.
        if lines.len() + wrapped.len() + usize::from(left > 1) > most {
            if most > 0 {
                lines.truncate(most - 1);
                lines.push(Line::styled(format!("… and {left} more reasons"), UNSURE));
            }
            break;
        }
        lines.extend(wrapped.into_iter().map(Line::raw));
    }
    lines
}

fn endpoints<'r>(report: &Report, rows: &'r [Row], width: usize) -> Table<'r> {
    let longest = report.rows.iter().map(|Row { cells: [name, ..], .. }| name.width()).max().unwrap_or(0);
    let widths = columns::widths(longest, width);
    let shown = widths.len();
    let rows = rows.iter().map(|Row { cells, level }| {
        let cells = cells.iter().zip(&widths).enumerate().map(|(nth, (text, width))| {
            let cell = Cell::new(columns::fit(text, *width));
            if nth == 1 { cell.style(style(*level)) } else { cell }
        });
        TableRow::new(cells)
    });
    let header = TableRow::new(HEADER.into_iter().take(shown)).style(DIM);
    let widths = widths.iter().map(|width| Constraint::Length(u16::try_from(*width).unwrap_or(u16::MAX)));
    Table::new(rows, widths).header(header)
}

const fn style(level: Level) -> Style {
    match level {
        Level::Good => Style::new().fg(Color::Green),
        Level::Unsure => UNSURE,
        Level::Bad => BAD,
    }
}

const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const DIM: Style = Style::new().add_modifier(Modifier::DIM);
const BAD: Style = Style::new().fg(Color::Red);
const UNSURE: Style = Style::new().fg(Color::Yellow);

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::args::Thresholds;
    use crate::inbox::fixture::NOW;
    use crate::inbox::report::tests::fixture;

    fn drawn(report: &Report, problem: Option<&str>) -> Vec<String> {
        drawn_on(110, 12, report, &mut 0, problem)
    }

    fn drawn_on(
        width: u16,
        height: u16,
        report: &Report,
        first: &mut usize,
        problem: Option<&str>,
    ) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| view(report, first, problem, frame)).unwrap();
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
        assert_eq!(words(3), "jobs failing 2 0s 0.0 % 1 2023-11-14T22:13:20Z");
        assert_eq!(words(4), "refunds paused 0 0 until it is resumed");
        assert_eq!(words(5), r"audits\u{1b}[2J healthy 0 100.0 % 0 2023-11-14T22:13:20Z");
        assert!(words(9).starts_with("jobs: an event of `jobs` became"), "{lines:#?}");
        assert!(words(10).starts_with(r"audits\u{1b}[2J: 2 deliveries to `audits"), "{lines:#?}");
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
        assert_eq!(
            [5, 9, 10, 11].map(|nth| lines[nth].as_str()),
            ["a", "a", "… and 35 more reasons", "q quit"],
            "{lines:#?}"
        );
        drawn_on(1, 1, &report, &mut 0, None);
        drawn_on(1, 1, &many(), &mut 7, None);
    }

    /// Returns 29 endpoints, in the order of a report: three fail.
    fn many() -> Report {
        let row = |nth: usize, state: &str, level| {
            let name = format!("shop-{nth:02}-orders-of-europe");
            let cells = [&name, state, "0", "", "", "0", "", ""].map(str::to_owned);
            Row { cells, level }
        };
        let bad = (27..=29).map(|nth| row(nth, "failing", Level::Bad));
        let rows = bad.chain((1..=26).map(|nth| row(nth, "healthy", Level::Good))).collect();
        Report { at: "now".to_owned(), rows, causes: Vec::new() }
    }

    #[test]
    fn a_terminal_of_usual_size_has_whole_names_the_failing_ones_first_and_says_how_many_are_missing() {
        let (report, mut first) = (many(), 0);
        let lines = drawn_on(80, 24, &report, &mut first, None);
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&lines[2]), "ENDPOINT STATE BACKLOG OLDEST DUE SUCCESS DEAD");
        assert_eq!(words(&lines[3]), "shop-27-orders-of-europe failing 0 0", "{lines:#?}");
        assert_eq!(words(&lines[6]), "shop-01-orders-of-europe healthy 0 0");
        assert_eq!(lines[22], "… and 10 more  ↑↓ scroll", "{lines:#?}");
        first = usize::MAX;
        let lines = drawn_on(80, 24, &report, &mut first, None);
        assert_eq!(first, 10);
        assert_eq!(words(&lines[21]), "shop-26-orders-of-europe healthy 0 0", "{lines:#?}");
        assert_eq!(lines[22], "… and 10 more, 3 failing  ↑↓ scroll");
    }

    #[test]
    fn a_narrow_terminal_has_names_and_states() {
        for (width, header, row) in [
            (60, "ENDPOINT STATE BACKLOG OLDEST DUE", "shop-27-orders-of-europe failing 0"),
            (40, "ENDPOINT STATE BACKLOG", "shop-27-orders-of-e… failing 0"),
            (24, "ENDPOINT STATE", "shop-27-orde… failing"),
        ] {
            let lines = drawn_on(width, 24, &many(), &mut 0, None);
            let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!([words(&lines[2]), words(&lines[3])], [header, row], "{lines:#?}");
        }
    }
}
