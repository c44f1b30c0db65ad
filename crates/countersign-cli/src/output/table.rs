//! Formats columns of text.

use std::fmt;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::print::DIM;

/// Text in a style.
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::new() }
    }

    pub(crate) fn in_style(self, style: Style) -> Self {
        Self { style, ..self }
    }

    fn width(&self) -> usize {
        self.text.width()
    }
}

/// Rows of `N` columns, as wide as their widest cell.
pub(crate) struct Table<const N: usize> {
    rows: Vec<[Cell; N]>,
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(header: [&str; N]) -> Self {
        Self { rows: vec![header.map(|title| Cell::new(title).in_style(DIM))] }
    }

    /// Creates a table without a header.
    pub(crate) fn list() -> Self {
        Self { rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: [Cell; N]) {
        self.rows.push(row);
    }

    fn widths(&self) -> [usize; N] {
        self.rows.iter().fold([0; N], |mut widths, row| {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
            widths
        })
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for row in &self.rows {
            let mut gap = 0;
            for (cell, width) in row.iter().zip(widths) {
                if cell.width() > 0 {
                    let Cell { text, style } = cell;
                    write!(f, "{:gap$}{style}{text}{style:#}", "")?;
                    gap = 0;
                }
                gap += width - cell.width() + 2;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_lines_end_with_text() {
        let mut table = Table::list();
        table.push(["a", "", "c"].map(Cell::new));
        table.push(["long", "b", ""].map(Cell::new));
        assert_eq!(table.to_string(), "a        c\nlong  b\n");
    }

    #[test]
    fn columns_of_wide_letters_and_accents_are_aligned() {
        let mut table = Table::list();
        for text in ["東京", "e\u{301}t", "नमस्ते", "❤\u{fe0f}"] {
            table.push([text, "|"].map(Cell::new));
        }
        let starts = table.to_string().lines().map(|line| line[..line.len() - 1].width()).collect::<Vec<_>>();
        assert!(starts.iter().all(|start| *start == starts[0]), "{starts:?}");
    }
}
