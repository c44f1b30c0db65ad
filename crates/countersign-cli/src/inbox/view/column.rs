use std::io::{self, IsTerminal};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Returns the text for a column: its beginning, if it is too long for one on a terminal. In a pipe or a file it is whole.
pub(in crate::inbox) fn cut(text: &str, columns: usize) -> String {
    let text = crate::output::printable(text);
    if io::stdout().is_terminal() { beginning(text, columns) } else { text }
}

/// Returns as much of the text as fits, with an ellipsis in the last column if it is cut. A letter keeps its accents.
fn beginning(text: String, columns: usize) -> String {
    if text.width() <= columns {
        return text;
    }
    let mut left = columns.saturating_sub(1);
    let fits = |letter: &char| {
        let rest = left.checked_sub(letter.width().unwrap_or(0));
        left = rest.unwrap_or(0);
        rest.is_some()
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_shows_the_beginning_of_a_long_text() {
        assert_eq!(beginning("abcdef".to_owned(), 4), "abc…");
        assert_eq!(beginning("abcd".to_owned(), 4), "abcd");
        assert_eq!(beginning("東京都".to_owned(), 5), "東京…");
        assert_eq!(beginning("東京都".to_owned(), 4), "東…");
        assert_eq!(beginning("e\u{301}e\u{301}e\u{301}".to_owned(), 3), "e\u{301}e\u{301}e\u{301}");
        assert_eq!(beginning("e\u{301}e\u{301}e\u{301}".to_owned(), 2), "e\u{301}…");
    }
}
